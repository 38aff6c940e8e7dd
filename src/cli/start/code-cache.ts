/**
 * Where the code is kept that V8 made of a file. V8 takes what another patch level of it made, although it cannot run it:
 * Node 20.19 dies of a cache that 20.20 wrote. So each Node has its own.
 */
export function cacheOf(file: string): string {
  return `${file}.${process.version}-${process.arch}.cache`;
}
