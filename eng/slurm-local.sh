#!/usr/bin/env bash
# Slurm on this machine alone, for tests: two virtual nodes, n1 and n2, as two daemons of one host. Needs root and Debian's
# slurm-wlm and munge (eng/install-oracles.sh); touches nothing outside FOLDER but munge's socket and key.
#
#   eng/slurm-local.sh start FOLDER    then: export SLURM_CONF=FOLDER/slurm.conf
#   eng/slurm-local.sh lose FOLDER NODE    the node's daemon dies, as if the node was lost; its tasks go on
#   eng/slurm-local.sh back FOLDER NODE    the node comes back
#   eng/slurm-local.sh stop FOLDER
set -euo pipefail
usage() { sed -n '2,9s/^# \{0,1\}//p' "$0" >&2 && exit 2; }
[ $# -ge 2 ] || usage
verb=$1
mkdir -p "$2"
folder=$(cd "$2" && pwd)
conf=$folder/slurm.conf
export SLURM_CONF=$conf

configure() {
  local host port
  host=$(hostname -s)
  port=$((20000 + $$ % 10000))
  cat >"$conf" <<EOF
ClusterName=fanin
SlurmctldHost=$host(127.0.0.1)
SlurmctldPort=$port
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# The shorter a credential lives, the sooner a lost node's job starts again.
AuthInfo=cred_expire=5
StateSaveLocation=$folder/state
SlurmdSpoolDir=$folder/spool.%n
SlurmctldPidFile=$folder/slurmctld.pid
SlurmdPidFile=$folder/slurmd.%n.pid
SlurmctldLogFile=$folder/slurmctld.log
SlurmdLogFile=$folder/slurmd.%n.log
ProctrackType=proctrack/pgid
TaskPlugin=task/none
MpiDefault=none
SchedulerType=sched/backfill
SchedulerParameters=bf_interval=1,sched_interval=1
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
AccountingStorageType=accounting_storage/none
JobCompType=jobcomp/none
SlurmdParameters=config_overrides
SlurmdTimeout=10
JobRequeue=1
ReturnToService=2
MessageTimeout=10
NodeName=n1 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 1)) CPUs=4 State=UNKNOWN
NodeName=n2 NodeHostname=$host NodeAddr=127.0.0.1 Port=$((port + 2)) CPUs=4 State=UNKNOWN
PartitionName=test Nodes=n1,n2 Default=YES MaxTime=INFINITE State=UP
EOF
}

munge_up() {
  munge -n >/dev/null 2>&1 && return
  mkdir -p /run/munge /var/log/munge /var/lib/munge /etc/munge
  [ -s /etc/munge/munge.key ] || { mungekey --create 2>/dev/null || dd if=/dev/urandom of=/etc/munge/munge.key bs=1024 count=1 status=none; }
  chown -R munge: /run/munge /var/log/munge /var/lib/munge /etc/munge
  chmod 700 /etc/munge /var/log/munge
  chmod 600 /etc/munge/munge.key
  setpriv --reuid munge --regid munge --clear-groups munged
  touch "$folder/munge.ours"
}

node_up() { slurmd -N "$1"; }

# The daemon alone, never the steps that it started: those are what goes on when a node is lost.
node_down() { [ ! -s "$folder/slurmd.$1.pid" ] || kill -9 "$(cat "$folder/slurmd.$1.pid")" 2>/dev/null || true; }

# Returns once it is gone, so that the folder can go too.
stop_daemon() {
  kill "$1" 2>/dev/null || return 0
  for _ in $(seq 100); do
    kill -0 "$1" 2>/dev/null || return 0
    sleep 0.1
  done
  kill -9 "$1" 2>/dev/null || true
}

case $verb in
  start)
    [ "$(id -u)" -eq 0 ] || { echo "Slurm's daemons take root." >&2 && exit 1; }
    for program in slurmctld slurmd srun munged; do
      command -v "$program" >/dev/null || { echo "There is no $program: install slurm-wlm and munge." >&2 && exit 1; }
    done
    mkdir -p "$folder/state" "$folder/spool.n1" "$folder/spool.n2"
    configure
    munge_up
    slurmctld -c
    node_up n1
    node_up n2
    for _ in $(seq 100); do
      [ "$(sinfo --noheader --states=idle --format=%D 2>/dev/null)" = 2 ] && exit 0
      sleep 0.1
    done
    echo "The nodes didn't come up: see $folder/*.log." >&2
    sinfo >&2 || true
    exit 1
    ;;
  lose) node_down "${3:?a node}" ;;
  back) node_up "${3:?a node}" ;;
  stop)
    scancel --user root 2>/dev/null || true
    for daemon in "$folder"/slurmctld.pid "$folder"/slurmd.*.pid; do
      [ -s "$daemon" ] && stop_daemon "$(cat "$daemon")"
    done
    [ -e "$folder/munge.ours" ] && pkill -x -u munge munged || true
    ;;
  *) usage ;;
esac
