/** Computes the period that a batch of a result covers, from the timestamps of the trace. */

export class BatchTimes {
  private began: bigint | undefined;
  private readonly last = new Map<number, bigint>();

  /** `nsecs`: when the probes were attached, in nanoseconds since boot. */
  begin(nsecs: bigint): void {
    this.began ??= nsecs;
  }

  /** The seconds from the previous batch to the one at `nsecs`; undefined if either time is unknown. */
  secondsTo(result: number, nsecs: number | bigint): number | undefined {
    const now = BigInt(nsecs);
    if (now === 0n) return undefined;
    const since = this.last.get(result) ?? this.began;
    this.last.set(result, now);
    return since === undefined || now <= since ? undefined : Number(now - since) / 1e9;
  }
}
