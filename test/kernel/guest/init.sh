#!/bin/bash
# PID 1 of a test guest: mounts what tracing needs, unpacks the job from /dev/vdb, runs it,
# and powers off. It must never hang: a watchdog powers off when the time is up.
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LC_ALL=C.UTF-8 TERM=dumb

power_off() {
  echo o >/proc/sysrq-trigger
  sleep 10
  echo b >/proc/sysrq-trigger
}

# One process for (almost) all mounts: every start of one costs 0.1 s under emulation.
# (/dev is mounted already, by the initrd.)
mkdir -p /dev/pts /dev/shm
mount -t proc proc /proc
cat >/dev/fstab <<'FSTAB'
sysfs    /sys                sysfs    defaults  0 0
devpts   /dev/pts            devpts   defaults  0 0
tmpfs    /dev/shm            tmpfs    defaults  0 0
tmpfs    /tmp                tmpfs    defaults  0 0
tmpfs    /run                tmpfs    defaults  0 0
tmpfs    /job                tmpfs    size=75%  0 0
tracefs  /sys/kernel/tracing tracefs  defaults  0 0
debugfs  /sys/kernel/debug   debugfs  defaults  0 0
bpf      /sys/fs/bpf         bpf      defaults  0 0
cgroup2  /sys/fs/cgroup      cgroup2  defaults  0 0
FSTAB
mount --all --fstab /dev/fstab
read -r uptime _ </proc/uptime
echo "faultline-guest: init at $uptime s"

read -r arguments </proc/cmdline
[[ $arguments =~ faultline\.timeout=([0-9]+) ]] && seconds=${BASH_REMATCH[1]}
(sleep "${seconds:-600}"; echo 'faultline-guest: time is up'; power_off) &

ln -sf /proc/self/fd /dev/fd
echo '+memory +cpu +io +pids' >/sys/fs/cgroup/cgroup.subtree_control 2>/dev/null
echo 1 >/proc/sys/kernel/sysrq
echo 0 >/proc/sys/kernel/kptr_restrict
ip link set lo up
echo faultline-guest >/proc/sys/kernel/hostname
[[ -d /sys/class/virtio-ports ]] || modprobe -q virtio_console
ulimit -l unlimited
ulimit -c 0
# Under memory pressure the kernel is to kill a workload, not the harness. (run-checks.py gives its checks 0.)
echo -1000 >/proc/self/oom_score_adj

if tar --extract --blocking-factor=2048 --file /dev/vdb --directory /job; then
  read -r uptime _ </proc/uptime
  echo "faultline-guest: job at $uptime s"
  cd /job && /job/run-checks.py
  echo "faultline-guest: run-checks.py ended with $?"
else
  echo 'faultline-guest: no job on /dev/vdb'
fi
sync
power_off
