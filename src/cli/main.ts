/** Starts the command line. */
import { leaveWhenClosed } from "./output/closed-output.js";
import { reportUncaught } from "./failure.js";
import { createProgram } from "./program.js";
import { runWords } from "./run-words.js";

leaveWhenClosed();
reportUncaught();

const words = process.argv.slice(2);
// Not awaited: the bundle is a CommonJS file, whose start costs half of that of a module.
if (words[0] === "complete")
  void import("./commands/complete.js").then(({ answer }) => answer(createProgram(), words.slice(1)));
else {
  const program = createProgram();
  runWords(program, words).catch(async (error: unknown) => {
    process.exitCode = await (await import("./request/usage-error.js")).reportRefusal(error, program, words);
  });
}
