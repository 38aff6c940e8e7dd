/** Why the kernel's verifier refuses a program: one line of a log of thousands, which a tracer prints when it must. */

/** What comes after the cause. */
const AFTER = /^(?:processed \d+ insns|verification time |stack depth |(?:cur|old) state: |\s*$)/;
/** What it follows: instructions, their source, and what is known of registers. */
const BEFORE = /^(?:\d+: |from \d+ to \d+|;|(?:frame\d+: )?\s*R\d+\S*=|-- )/;

/** `text`: what the tracer said, with a log in it or without. */
export function verifierCause(text: string): string | undefined {
  const lines = text.split("\n");
  const end = lines.findLastIndex((line) => /^processed \d+ insns/.test(line));
  // A log that is cut off ends as it can.
  const last = lines.findLastIndex((line) => /^\d+: \(/.test(line));
  const cause = end === -1 ? lines[last + 1] : lines.slice(0, end).findLast((line) => !AFTER.test(line));
  if (last === -1 || cause === undefined || BEFORE.test(cause) || /ERROR: /.test(cause)) return undefined;
  return cause.trim();
}
