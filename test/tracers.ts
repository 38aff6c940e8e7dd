/** The tracers that the targets ship: a new version is a change of its row. */
export const TRACERS = {
  debian12: { bpftrace: "0.17.0", bcc: "0.26.0" },
  debian13: { bpftrace: "0.23.2", bcc: "0.31.0" },
  sid: { bpftrace: "0.27.1", bcc: "0.37.0" },
} as const;

export const SHIPPED = Object.entries(TRACERS).map(([target, tracers]) => ({ target, ...tracers }));
