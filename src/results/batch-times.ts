/** Computes the period that a batch of a result covers, from the timestamps of the trace. */

export class BatchTimes {
  private began: bigint | undefined;
  private ended: bigint | undefined;
  private readonly last = new Map<number, bigint>();

  /** `nsecs`: when the probes were attached, in nanoseconds since boot. */
  begin(nsecs: bigint): void {
    this.began ??= nsecs;
  }

  /** `nsecs`: when what is traced had ended, in nanoseconds since boot. The tracer still waits for its last events then. */
  end(nsecs: bigint): void {
    this.ended ??= nsecs;
  }

  /** The seconds from the previous batch to the one at `nsecs`; undefined if either time is unknown. */
  secondsTo(result: number, nsecs: number | bigint): number | undefined {
    const now = BigInt(nsecs);
    if (now === 0n) return undefined;
    const since = this.last.get(result) ?? this.began;
    this.last.set(result, now);
    if (since === undefined) return undefined;
    const { ended } = this;
    const until = ended !== undefined && since < ended && ended < now ? ended : now;
    return until <= since ? undefined : Number(until - since) / 1e9;
  }
}
