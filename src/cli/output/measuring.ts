/** Work of minutes that a signal calls off: how far it is, on a terminal, and warnings between. */
import { untilSignal } from "../signals.js";
import { escapeText } from "../../view/value/escape.js";

/** Measures until a signal calls it off, and removes the line that shows how far it is. */
export function measuring(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  return untilSignal((signal) => work(signal).finally(clearProgress));
}

export function showProgress(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${escapeText(text)}`);
}

export function clearProgress(): void {
  if (process.stderr.isTTY) process.stderr.write("\r\u001b[K");
}

export function say(text: string): void {
  clearProgress();
  process.stderr.write(`warning: ${escapeText(text)}\n`);
}
