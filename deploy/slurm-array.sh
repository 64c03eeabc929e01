#!/bin/bash
# A fresh checkpoint by the independent tasks of a Slurm array, each of which may start whenever there is room:
#   sbatch --array=0-15 deploy/slurm-array.sh CONFIG FOLDER [OPTION ...]
# No srun here: the array's index is the rank. A task that failed is repeated alone with --array=N only if the whole work
# may be looked through once more: of an array of one task that task is all ranks, and keeps the files that are done.
#SBATCH --job-name=fanin-init
#SBATCH --ntasks=1
#SBATCH --cpus-per-task=8
#SBATCH --requeue
#SBATCH --open-mode=append
set -u
fanin init "$1" --out "$2" "${@:3}"
code=$?
# 3 is worth trying again, and so is a task that was killed (128 and the signal): its memory. What is refused never is.
if { [ $code -eq 3 ] || [ $code -gt 128 ]; } && [ "${SLURM_RESTART_COUNT:-0}" -lt 3 ]; then
  scontrol requeue "${SLURM_ARRAY_JOB_ID}_${SLURM_ARRAY_TASK_ID}"
fi
exit $code
