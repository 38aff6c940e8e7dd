/** Bundled ahead of the command line for tests of its own faults: `FAULT` says what of it is made to fail. */
import type { LineDecoder } from "../../src/tracers/line-decoder.js";
import { RecordingWriter } from "../../src/recording/writer.js";
import { Decoder } from "../../src/tracers/bpftrace/read/decode.js";
import { textOfLine } from "../../src/results/lines.js";
import { FlameChart } from "../../src/view/chart/flame-chart.js";
import { CsvWriter } from "../../src/view/formats/csv.js";
import { Screen } from "../../src/view/live/screen.js";
import { SpeedscopeWriter } from "../../src/view/formats/speedscope.js";
import { TextWriter } from "../../src/view/formats/text.js";

const MESSAGE = "made to fail";

const FAULTS: Readonly<Record<string, () => void>> = {
  decoder() {
    const read: LineDecoder["read"] = Decoder.prototype.read;
    Decoder.prototype.read = function (line) {
      if (textOfLine(line).includes("fault")) throw new Error(MESSAGE);
      return read.call(this, line);
    };
  },
  format() {
    const row = CsvWriter.prototype.row;
    CsvWriter.prototype.row = function (event) {
      if (event.values[1] === "fault") throw new Error(MESSAGE);
      row.call(this, event);
    };
  },
  /** After the last row. */
  end() {
    CsvWriter.prototype.end = function () {
      throw new Error(MESSAGE);
    };
  },
  /** In its last line. */
  recording() {
    RecordingWriter.prototype.end = function () {
      throw new Error(MESSAGE);
    };
  },
  picture() {
    FlameChart.prototype.draw = function () {
      throw new Error(MESSAGE);
    };
  },
  /** Before anything of it is written. */
  document() {
    SpeedscopeWriter.prototype.end = function () {
      throw new Error(MESSAGE);
    };
  },
  table() {
    TextWriter.prototype.groups = function () {
      throw new Error(MESSAGE);
    };
  },
  /** Of which most come from timers, where nobody catches. */
  drawing() {
    const draw = Screen.prototype.draw;
    Screen.prototype.draw = function (lines) {
      draw.call(this, lines);
      if (lines.some((line) => line.includes("proc29"))) throw new Error(MESSAGE);
    };
  },
};

FAULTS[process.env["FAULT"] ?? ""]?.();
