/** Reads machine code from files, by their own addresses: a piece at a time, since stacks lead to few places of a large file. */
import type { UntrustedFile } from "../files/untrusted-file.js";
import type { Segment } from "./elf.js";

/** In bytes: more than any function that matters, and little to read. */
const PIECE = 4096;
/** The limit on pieces of one file that are kept. */
const MOST_PIECES = 2048;
const NONE = Buffer.alloc(0);

export class CodeReader {
  private readonly pieces = new Map<number, Buffer>();

  /** `file` stays open until `close`. */
  constructor(
    private readonly file: UntrustedFile,
    private readonly segments: readonly Segment[],
  ) {}

  /** The bytes at an address; fewer, or none, where the file has no more code. */
  read(address: number, length: number): Buffer {
    const segment = this.segments.find(
      (each) => each.executable && address >= each.address && address < each.address + each.fileSize,
    );
    if (!segment) return NONE;
    const size = Math.min(length, segment.address + segment.fileSize - address);
    return this.bytes(address - segment.address + segment.offset, size);
  }

  private bytes(offset: number, length: number): Buffer {
    const first = Math.floor(offset / PIECE);
    const at = offset - first * PIECE;
    const piece = this.piece(first);
    if (at + length <= piece.length) return piece.subarray(at, at + length);
    const parts: Buffer[] = [piece.subarray(at)];
    for (let have = piece.length - at, next = first + 1; have < length; next++) {
      const more = this.piece(next);
      if (more.length === 0) break;
      parts.push(more);
      have += more.length;
    }
    return Buffer.concat(parts).subarray(0, length);
  }

  private piece(number: number): Buffer {
    let piece = this.pieces.get(number);
    if (!piece) {
      if (this.pieces.size >= MOST_PIECES) this.pieces.clear();
      this.pieces.set(number, (piece = this.readPiece(number)));
    }
    return piece;
  }

  private readPiece(number: number): Buffer {
    const offset = number * PIECE;
    try {
      return this.file.read(offset, Math.max(0, Math.min(PIECE, this.file.size - offset)));
    } catch {
      return NONE;
    }
  }
}
