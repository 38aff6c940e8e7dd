/** A bar beside a number: as long as the number is large, in eighths of a column. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const WIDEST = 16;
/** In columns of the terminal: on a narrower one a bar takes more than it tells. */
const NARROWEST_TERMINAL = 40;

/** How long the longest is; 0: there is no room for any. */
export function barWidth(terminalWidth: number): number {
  return terminalWidth < NARROWEST_TERMINAL ? 0 : Math.min(WIDEST, Math.floor(terminalWidth / 6));
}

/** `share`: of the longest, 0 to 1. What is not nothing is seen. */
export function bar(share: number, width: number): string {
  if (!(share > 0)) return "";
  const eighths = Math.max(1, Math.round(Math.min(1, share) * width * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}
