/** Hints that several causes of failure share. */

export const MOUNT_TRACEFS = "mount it: `mount -t tracefs tracefs /sys/kernel/tracing`";
export const BECOME_ROOT = "run it as root: `sudo faultline …`";
export const LOOK_AROUND =
  "`faultline doctor` says what this machine has, `faultline explain QUERY` which probes the query may use";
export const OUR_FAULT =
  "this is a fault in faultline: `faultline compile QUERY` shows the script, please report both";
