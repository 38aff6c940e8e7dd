/** Parses messages about the code that processes map: see `tracers/script.ts`. */
import { MARKS } from "./script.js";
import type { Json } from "./tracer-json.js";
import { textOf } from "../results/bytes.js";
import { numberOf } from "./column-values.js";

/** Addresses, and lengths in bytes. */
export type CodeMessage =
  | { readonly what: "process"; readonly pid: number }
  | {
      readonly what: "program";
      readonly pid: number;
      readonly name: string;
      readonly inode: number;
      readonly start: number;
      readonly end: number;
      /** The address of its interpreter; 0 if it has none. */
      readonly base: number;
      /** Its root directory: the inode, and the kernel's number of its file system. */
      readonly root: { readonly inode: number; readonly device: number };
    }
  | { readonly what: "directory"; readonly pid: number; readonly name: string }
  | {
      readonly what: "library";
      readonly pid: number;
      readonly name: string;
      readonly inode: number;
      readonly start: number;
      readonly length: number;
      readonly offset: number;
    };

/** Returns undefined if it is not such a tuple. */
export function readCode(mark: number, rest: readonly Json[]): CodeMessage | undefined {
  const [pid] = numbers(rest.slice(0, 1));
  if (pid === undefined) return undefined;
  if (mark === MARKS.process && rest.length === 1) return { what: "process", pid };
  const name = typeof rest[1] === "string" ? textOf(rest[1]) : undefined;
  if (name === undefined) return undefined;
  if (mark === MARKS.directory && rest.length === 2) return { what: "directory", pid, name };
  const [inode, start, third, fourth, rootInode, device] = numbers(rest.slice(2));
  if (fourth === undefined || inode === undefined || start === undefined || third === undefined)
    return undefined;
  if (mark === MARKS.program && rootInode !== undefined && device !== undefined)
    return {
      what: "program",
      pid,
      name,
      inode,
      start,
      end: third,
      base: fourth,
      root: { inode: rootInode, device },
    };
  if (mark === MARKS.library)
    return { what: "library", pid, name, inode, start, length: third, offset: fourth };
  return undefined;
}

/** User addresses are below 2^53. */
function numbers(json: readonly Json[]): (number | undefined)[] {
  return json.map((each) => {
    const number = numberOf(each, false);
    return number === undefined ? undefined : Number(number);
  });
}
