/** The destination of results: stdout, or a file that is renamed when it is complete. */
import type { Writable } from "node:stream";
import { finished } from "node:stream/promises";
import { ownFault, type TracerError } from "../../tracers/tracer-error.js";
import { escapeText } from "../../view/value/escape.js";
import type { ViewSummary } from "../../view/types.js";
import type { Output } from "../../view/streams.js";
import type { View } from "../../view/view.js";
import { PartFile } from "./part-file.js";
import { RoomyFile } from "./roomy-file.js";

export class Sink {
  private constructor(
    readonly stream: Output,
    /** Emits an error when nothing more can be written. */
    readonly target: Writable,
    /** Absent for stdout. */
    private readonly file?: { readonly roomy: RoomyFile; readonly part: PartFile },
  ) {}

  /** Throws a `CliError` if the file cannot be created. */
  static async open(path: string | undefined): Promise<Sink> {
    if (path === undefined) return new Sink(process.stdout, process.stdout);
    const part = await PartFile.open(path);
    const roomy = new RoomyFile(part.stream);
    return new Sink(roomy, part.stream, { roomy, part });
  }

  /**
   * Writes the end of the results. Returns an error that the view throws; what has been written is kept under the
   * file's name, and an empty file is removed. Throws a `CliError` if the file cannot be written;
   * the rest of the results has then been printed.
   */
  async finish(
    view: Pick<View, "end" | "showInstead">,
    summary: ViewSummary,
  ): Promise<TracerError | undefined> {
    try {
      view.end(summary);
    } catch (error) {
      const isEmpty = this.file?.part.stream.bytesWritten === 0 && this.file.roomy.writableLength === 0;
      if (isEmpty) await this.discard();
      else await this.close(view);
      const became = isEmpty ? "was not written: there was nothing of it yet" : "is incomplete";
      if (this.file) process.stderr.write(`warning: ${escapeText(this.file.part.path)} ${became}\n`);
      return ownFault(error, !isEmpty);
    }
    await this.close(view);
    return undefined;
  }

  private async close({ showInstead }: Pick<View, "showInstead">): Promise<void> {
    if (!this.file) return;
    const { roomy, part } = this.file;
    roomy.end();
    await finished(roomy);
    if (await part.settle()) return;
    if (part.isWhole && !part.isNameless) throw part.error(part.whereabouts);
    if (showInstead) {
      await part.cut(0);
      const missing = showInstead(process.stdout);
      const without = missing === 0 ? "" : `, without ${missing} rows that were not kept`;
      throw part.error(`the results are printed as a table instead${without}`);
    }
    if (part.isNameless) {
      for await (const piece of part.pieces()) process.stdout.write(piece);
      throw part.error("the results are printed instead");
    }
    // The printed output continues exactly where the file ends.
    await part.cut(roomy.written);
    for (const piece of roomy.rest) process.stdout.write(piece);
    throw part.error(
      roomy.written === 0 ? "the results are printed instead" : `${part.whereabouts}; the rest is printed`,
    );
  }

  /** Removes the file unless it has been finished. */
  async discard(): Promise<void> {
    if (!this.file) return;
    this.file.roomy.destroy();
    await this.file.part.discard();
  }
}
