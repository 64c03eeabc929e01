#!/bin/bash
# A fresh checkpoint by the processes of torchrun, which is told of nothing but a number and starts the tool as it is:
#   deploy/torchrun.sh PROCESSES CONFIG FOLDER [OPTION ...]
# On several machines give torchrun its --nnodes and --rdzv options as usual; all processes together are one world.
exec torchrun --nproc-per-node "$1" --max-restarts 3 --no-python fanin init "$2" --out "$3" "${@:4}"
