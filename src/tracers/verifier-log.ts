/** Finds the reason for a rejection in the kernel verifier's log, which has thousands of lines. */

/** Lines that follow the reason. */
const AFTER = /^(?:processed \d+ insns|verification time |stack depth |(?:cur|old) state: |\s*$)/;
/** Lines that precede it: instructions, their source, and register states. */
const BEFORE = /^(?:\d+: |from \d+ to \d+|;|(?:frame\d+: )?\s*R\d+\S*=|-- )/;

/** `text`: the tracer's output, with or without a log. */
export function verifierCause(text: string): string | undefined {
  const lines = text.split("\n");
  const end = lines.findLastIndex((line) => /^processed \d+ insns/.test(line));
  // A truncated log may end with any line.
  const last = lines.findLastIndex((line) => /^\d+: \(/.test(line));
  const cause = end === -1 ? lines[last + 1] : lines.slice(0, end).findLast((line) => !AFTER.test(line));
  if (last === -1 || cause === undefined || BEFORE.test(cause) || /ERROR: /.test(cause)) return undefined;
  return cause.trim();
}
