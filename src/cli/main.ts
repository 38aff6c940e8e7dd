/** Starts the command line, or leaves it ready in a start-up snapshot. */
import { startupSnapshot } from "node:v8";
import { nameCodePlace } from "../code-place.js";
import { leaveWhenClosed } from "./output/closed-output.js";
import { reportUncaught } from "./failure.js";
import { createProgram } from "./program.js";
import { runWords } from "./run-words.js";
import { restoreHidden } from "./start/hidden-variable.js";

const program = createProgram();

function start(): void {
  restoreHidden(process.env);
  leaveWhenClosed();
  reportUncaught();
  const words = process.argv.slice(2);
  // Not awaited: the bundle is a CommonJS module, which starts in half the time of an ES module.
  if (words[0] === "complete")
    void import("./commands/complete.js").then(({ answer }) => answer(program, words.slice(1)));
  else
    runWords(program, words).catch(async (error: unknown) => {
      process.exitCode = await (
        await import("./request/usage-error.js")
      ).reportRefusal(error, program, words);
    });
}

// The environment is checked first because asking V8 takes a millisecond.
if (process.env["FAULTLINE_MAKE_SNAPSHOT"] !== undefined && startupSnapshot.isBuildingSnapshot()) {
  void import("./start/warm.js").then(({ warm }) => {
    warm();
    // Node sets it again in each process; a value kept here would make every snapshot different.
    Object.defineProperty(process, "pid", { value: 0, configurable: true, enumerable: true });
    startupSnapshot.setDeserializeMainFunction(() => {
      nameCodePlace(process.argv[1] ?? process.execPath);
      start();
    });
  });
} else start();
