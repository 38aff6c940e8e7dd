/** What the doctor found, a finding for each thing that was looked at. */

export type Verdict = "yes" | "no" | "warning";

export interface Finding {
  /** For programs: `tracefs`. */
  readonly id: string;
  readonly verdict: Verdict;
  /** What was found, and what that means. */
  readonly says: string;
  /** What to do about it. */
  readonly mend?: string;
  /** Nothing can be traced where this is `no`. */
  readonly essential?: true;
}

export type Check = (id: string, verdict: Verdict, says: string, mend?: string) => Finding;

export const found: Check = (id, verdict, says, mend) => ({
  id,
  verdict,
  says,
  ...(mend === undefined ? {} : { mend }),
});

export const essential: Check = (...finding) => ({ ...found(...finding), essential: true });
