/** A bar beside a number, with a length in proportion to it, in eighths of a column. */
const EIGHTHS = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];
const WIDEST = 16;
/** The narrowest terminal with bars, in columns: on a narrower one a bar is not worth its space. */
const NARROWEST_TERMINAL = 40;

/** Returns the length of the longest bar; 0 where there is no room for bars. */
export function barWidth(terminalWidth: number): number {
  return terminalWidth < NARROWEST_TERMINAL ? 0 : Math.min(WIDEST, Math.floor(terminalWidth / 6));
}

/** Draws a bar. `share`: of the longest, from 0 to 1; any share above 0 is visible. */
export function bar(share: number, width: number): string {
  if (!(share > 0)) return "";
  const eighths = Math.max(1, Math.round(Math.min(1, share) * width * 8));
  return "█".repeat(Math.floor(eighths / 8)) + (EIGHTHS[eighths % 8] ?? "");
}
