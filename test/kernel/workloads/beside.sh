#!/bin/bash
# Runs another tracer while a command runs, for their figures to be compared.  usage: beside.sh TRACER COMMAND...
# TRACER is a line for the shell. COMMAND starts when TRACER has attached its probes (or has ended), and when it is
# done TRACER gets SIGINT; then what TRACER printed goes to standard error, below a line that says so.
set -uo pipefail
# Else what runs in the background would ignore SIGINT.
set -m
said=$(mktemp) tracer=$1
shift
trap 'rm -f "$said"' EXIT
PYTHONUNBUFFERED=1 bash -c "exec $tracer" >"$said" 2>&1 </dev/null &
pid=$!
attached() { find "/proc/$pid/fd" -lname 'anon_inode:*bpf*' -o -lname 'anon_inode:*perf_event*' 2>/dev/null | wc -l; }
last=-1
for ((i = 0; i < 120; i++)); do
  sleep 1
  kill -0 "$pid" 2>/dev/null || break
  now=$(attached)
  # All are there when there are no more than two seconds ago.
  ((now > 0 && now == last && ++same >= 2)) && break
  ((now == last)) || same=0
  last=$now
done
"$@"
status=$?
sleep 2
# One that has ended by now has seen none or not all of it.
kill -0 "$pid" 2>/dev/null && state='ran' || state='did not run'
kill -INT "$pid" 2>/dev/null
# It may have to read the symbols of large programs.
for ((i = 0; i < 100; i++)); do
  kill -0 "$pid" 2>/dev/null || break
  sleep 1
done
kill -KILL "$pid" 2>/dev/null
wait "$pid"
{
  echo "beside: the other tracer $state"
  # The largest counts are the last.
  tail -c 60000 "$said"
} >&2
exit "$status"
