/** The tracers that the targets ship. */
import type { Target } from "./guest/guest.js";

interface Tracers {
  readonly bpftrace: string;
  /** What has bpftrace check a script, load it and not run it. */
  readonly dryRun: string;
  readonly bcc: string;
}

export const TRACERS: Readonly<Record<Target, Tracers>> = {
  debian12: { bpftrace: "0.17.0", dryRun: "-d", bcc: "0.26.0" },
  debian13: { bpftrace: "0.23.2", dryRun: "--dry-run", bcc: "0.31.0" },
  sid: { bpftrace: "0.27.1", dryRun: "--dry-run", bcc: "0.37.0" },
};
