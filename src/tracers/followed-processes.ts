/** The probes that follow the traced command, which scripts have besides those of the plan: where they are, and for what. */

export const FORK = {
  point: "sched:sched_process_fork",
  purpose: "also trace the processes that the traced command starts",
} as const;

/** The kernel renames a process when it executes a program, before it loads that. */
export const RENAME = {
  point: "task:task_rename",
  purpose: "trace a process from when it executes the command",
} as const;
