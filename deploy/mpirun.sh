#!/bin/bash
# A fresh checkpoint by the ranks of Open MPI, on the hosts that mpirun knows:   deploy/mpirun.sh RANKS CONFIG FOLDER [OPTION ...]
# A rank that fails ends them all; the same line again goes on with what is missing.
exec mpirun -n "$1" --bind-to none fanin init "$2" --out "$3" "${@:4}"
