/** The tracer versions of each bundled target, by back end. */
export const SHIPPED = {
  debian12: { bpftrace: "0.17.0", bcc: "0.26.0" },
  debian13: { bpftrace: "0.23.2", bcc: "0.31.0" },
  sid: { bpftrace: "0.27.1", bcc: "0.37.0" },
} as const satisfies Readonly<Record<string, Readonly<Record<string, string>>>>;

/** Empty if it is not a bundled target. */
export function shippedWith(target: string): Readonly<Record<string, string>> {
  return Object.entries(SHIPPED).find(([name]) => name === target)?.[1] ?? {};
}
