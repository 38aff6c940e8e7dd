/** Work of minutes that a signal calls off: how far it is, on a terminal, and warnings between. */
import { escapeText } from "../../view/value/escape.js";

/** Does something that a signal calls off, and removes the line that shows how far it is. */
export async function untilSignal(work: (signal: AbortSignal) => Promise<number>): Promise<number> {
  const ending = new AbortController();
  const stop = (): void => ending.abort();
  const signals = ["SIGINT", "SIGTERM", "SIGHUP"] as const;
  for (const signal of signals) process.on(signal, stop);
  try {
    return await work(ending.signal);
  } finally {
    clearProgress();
    for (const signal of signals) process.off(signal, stop);
  }
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
