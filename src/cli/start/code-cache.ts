/**
 * The path of V8's code cache of a file. V8 accepts a cache written by another patch level although it cannot run it:
 * Node 20.19 crashes with a cache that 20.20 wrote. So each version of Node has its own.
 */
export function cacheOf(file: string): string {
  return `${file}.${process.version}-${process.arch}.cache`;
}
