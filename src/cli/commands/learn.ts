/** `faultline learn`: the way through the concepts, the recordings and the exercises, in ten sessions. */
import { defineCommand } from "../command.js";
import { readSessions } from "../exercises/course.js";
import { titleOf } from "../exercises/exercises.js";
import { printMarkdown, withCommands } from "../exercises/show.js";
import { EXIT } from "../exit.js";
import { CliError } from "../failure.js";
import { argument } from "../request/options.js";

export const learnCommand = defineCommand({
  arguments: [argument("[session]", "text", "the number of a session")],
  options: {},
  action: ([which]) => learn(which),
});

export async function learn(which: string | undefined): Promise<number> {
  const sessions = readSessions();
  if (which === undefined) {
    const lines = sessions.map(({ number, text }) => `${String(number).padStart(2)}  ${titleOf(text)}`);
    process.stdout.write(`${[...lines, "", ...AFTER].join("\n")}\n`);
    return EXIT.done;
  }
  const session = sessions.find(({ number }) => String(number) === which);
  if (!session)
    throw new CliError(
      `there is no session \`${which}\``,
      EXIT.usage,
      `there are 1 to ${sessions.length}: \`faultline learn\` lists them`,
    );
  await printMarkdown(withCommands(session.text));
  return EXIT.done;
}

const AFTER = [
  "Each takes 45 minutes, and needs neither root nor Linux. `faultline learn 1` shows the first.",
  "Beside it: `faultline explain --concept` lists what BPF is made of, `faultline replay` the recordings,",
  "and `faultline exercise` what can be tried on a machine of your own.",
];
