/** Text as one word of a shell; it must have no unprintable characters. */
export function shellWord(text: string): string {
  return /^[\w.:/+=,@%-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`;
}
