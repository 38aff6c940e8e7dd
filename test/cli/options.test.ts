/** Options with types: what commander hands to an action, and what is refused before it is called. */
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { defineCommand, LazyCommand, loaded } from "../../src/cli/command.js";
import { CliError } from "../../src/cli/failure.js";
import { argument, choice, choiceOr, flag, OptionGroup, optionalText, text, texts, wholeNumber } from "../../src/cli/request/options.js"; // prettier-ignore

const options = {
  pairs: wholeNumber("-n, --pairs <n>", "how many", 2),
  format: choice("--format <format>", "format", ["svg", "csv"], "which"),
  colour: choiceOr("--colour <colour>", "colour", ["red", "blue"], "blue", "which"),
  concept: optionalText("--concept [name]", "concept", "which"),
  maxEntries: text("--max-entries <n>", "text", "how many"),
  set: texts("--set <option...>", "set", "what"),
  quiet: flag("--quiet", "say nothing"),
  both: new OptionGroup([text("--one <x>", "text", ""), text("--two <x>", "text", "")], ({ one, two }) => [one, two]),
}; // prettier-ignore

/** What the action is called with. */
async function given(...words: readonly string[]): Promise<unknown> {
  let seen: unknown;
  const definition = defineCommand({
    arguments: [argument("<first>", "text", ""), argument("[more...]", "text", "")],
    options,
    action(values, its) {
      seen = [values, its];
      return 0;
    },
  });
  const program = new Command("x").exitOverride();
  program.addCommand(
    new LazyCommand("y", program, () => Promise.resolve(definition)).copyInheritedSettings(program),
  );
  program.hook("preSubcommand", async (_, chosen) => void (await loaded(chosen)));
  await program.parseAsync(["y", ...words], { from: "user" });
  return seen;
}

const NOTHING = { pairs: undefined, format: undefined, colour: "blue", both: [undefined, undefined] };

describe("an action is given", () => {
  it("what was left out as nothing, or as what it is without the option", async () => {
    expect(await given("a")).toMatchObject([["a", []], NOTHING]);
  });

  it("numbers, words, lists and groups as what they are", async () => {
    const words = "a b c -n 7 --format csv --colour red --max-entries 9 --quiet --two 2 --set x=1 y=2".split(" ");
    expect(await given(...words)).toEqual([
      ["a", ["b", "c"]],
      {
        pairs: 7,
        format: "csv",
        colour: "red",
        concept: undefined,
        maxEntries: "9",
        set: ["x=1", "y=2"],
        quiet: true,
        both: [undefined, "2"],
      },
    ]);
  }); // prettier-ignore

  it("an option whose value may be left out with it or as true", async () => {
    expect(await given("a", "--concept")).toMatchObject({ 1: { concept: true } });
    expect(await given("a", "--concept=map")).toMatchObject({ 1: { concept: "map" } });
  }); // prettier-ignore
});

describe("refused before the action is called:", () => {
  it.each([
    [["--pairs", "1"], "--pairs needs a whole number of 2 or more, not `1`", undefined],
    [["-n", "2.5"], "--pairs needs a whole number of 2 or more, not `2.5`", undefined],
    [["--pairs", "99999999999"], "--pairs needs a whole number of 2 or more, not `99999999999`", undefined],
    [["--format", "xml"], "there is no format `xml`", "there are svg, csv"],
    [["--colour", "constructor"], "there is no colour `constructor`", "there are red, blue"],
  ])("%j", async (words, message, hint) => {
    const refused = await given("a", ...words).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(CliError);
    expect(refused).toMatchObject({ message, exitCode: 2, hint });
  });
});

it("an option stands under the name that commander keeps it by, which is checked", () => {
  const wrong = defineCommand({ arguments: [], options: { limit: options.maxEntries }, action: () => 0 });
  expect(() => wrong.addTo(new Command(), new Command())).toThrow("is kept as `maxEntries`, and not as `limit`");
}); // prettier-ignore
