#!/bin/bash
# Page faults in control groups with the paths of pods and services.  usage: cgroups.sh   (root, cgroup2)
# Needs touch_anon in the PATH or the current directory.
# Causes: exactly 300 faults of "toucher" in /faultline.slice/burst1, 500 in /faultline.slice/burst2, 200 in
# /faultline.slice/other, and of one pod 700 in container aaaaaaaaaaaa and 900 in container bbbbbbbbbbbb. All groups are
# made while it runs, and removed at its end.
set -euo pipefail
PATH=$PWD:$PATH
top=/sys/fs/cgroup
pod=kubepods.slice/kubepods-burstable-pod0a1b2c3d_1111_2222_3333_444455556666.slice
a=cri-containerd-$(printf 'a%.0s' {1..64}).scope
b=cri-containerd-$(printf 'b%.0s' {1..64}).scope
touch_in() {
  mkdir -p "$top/$1"
  (echo 0 >"$top/$1/cgroup.procs"; exec touch_anon "$2" toucher)
}
touch_in faultline.slice/burst1 300
touch_in faultline.slice/burst2 500
touch_in faultline.slice/other 200
touch_in "$pod/$a" 700
touch_in "$pod/$b" 900
# A new group of the same path is another one.
rmdir "$top/faultline.slice/burst1"
touch_in faultline.slice/burst1 300
rmdir "$top"/faultline.slice/{burst1,burst2,other} "$top/faultline.slice" "$top/$pod/$a" "$top/$pod/$b" "$top/$pod" "$top/kubepods.slice"
