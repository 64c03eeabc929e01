#!/bin/bash
# A fresh checkpoint by many processes of one Slurm job:   sbatch deploy/slurm-srun.sh CONFIG FOLDER [OPTION ...]
# Each task writes its share of the files; all write the same bytes whichever task of whichever try it is, so that a
# requeued job goes on with what is missing and an old task that still runs does no harm.
#SBATCH --job-name=fanin-init
#SBATCH --nodes=4
#SBATCH --ntasks-per-node=1
#SBATCH --cpus-per-task=8
#SBATCH --requeue
#SBATCH --open-mode=append
set -u
# Without srun this script is one process of which Slurm says that it were task 0 of many: fanin refuses to run so. srun
# answers the highest code of all tasks, and a killed one has 128 and the signal: so that a refusal isn't lost beside it, a
# task answers 200 for 1 and 2.
srun --kill-on-bad-exit=0 bash -c 'fanin init "$@"; code=$?; case $code in 1 | 2) code=200 ;; esac; exit $code' \
  fanin "$1" --out "$2" "${@:3}"
code=$?
[ $code -eq 200 ] && exit 2
# 3 is worth trying again: a full disk that somebody frees, a file system that was away. So is a task that was killed: its
# memory, its node. What is refused never is.
if { [ $code -eq 3 ] || [ $code -gt 128 ]; } && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
  scontrol requeue "$SLURM_JOB_ID"
fi
exit $code
