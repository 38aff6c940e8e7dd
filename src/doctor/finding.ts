/** The results of the doctor's checks. */

export type Verdict = "yes" | "no" | "warning";

export interface Finding {
  /** A name for programs: `tracefs`. */
  readonly id: string;
  readonly verdict: Verdict;
  /** What was found and what it means. */
  readonly says: string;
  /** How to fix it. */
  readonly mend?: string;
  /** Whether nothing can be traced if this is `no`. */
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
