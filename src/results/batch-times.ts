/** In how many seconds a batch of a result was counted, by the time stamps of the trace. */

export class BatchTimes {
  private began: bigint | undefined;
  private readonly last = new Map<number, bigint>();

  /** `nsecs`: since boot, when the probes had been attached. */
  begin(nsecs: bigint): void {
    this.began ??= nsecs;
  }

  /** Of the batch that ended then, since the one before it. Undefined: one of the two times is not known. */
  secondsTo(result: number, nsecs: number | bigint): number | undefined {
    const now = BigInt(nsecs);
    if (now === 0n) return undefined;
    const since = this.last.get(result) ?? this.began;
    this.last.set(result, now);
    return since === undefined || now <= since ? undefined : Number(now - since) / 1e9;
  }
}
