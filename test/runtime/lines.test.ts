import { expect, it } from "vitest";
import { LineSplitter, splitLines, textOfLine, whyCut, type Line } from "../../src/results/lines.js";

async function split(chunks: readonly string[], limit?: number): Promise<string[]> {
  async function* stream(): AsyncGenerator<Uint8Array> {
    for (const chunk of chunks) yield Buffer.from(chunk);
  }
  const lines: string[] = [];
  for await (const line of splitLines(stream(), limit)) lines.push(line);
  return lines;
}

it("puts lines together again, however they were cut", async () => {
  const text = "one\n\ntwo, the long one\nthree";
  const expected = text.split("\n");
  for (let size = 1; size <= text.length; size++) {
    const chunks = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
      text.slice(i * size, (i + 1) * size),
    );
    expect(await split(chunks)).toEqual(expected);
  }
});

it("keeps no more of a line than the limit and a chunk", async () => {
  const [long, next] = await split([...Array.from({ length: 100 }, () => "x".repeat(10)), "\nnext\n"], 25);
  expect(long?.length).toBeLessThanOrEqual(35);
  expect(next).toBe("next");
});

it("never puts the beginning and the end of a long line together", async () => {
  // What is left of it would be a whole message, if what is in between were only left out.
  for (const middle of [["x".repeat(50)], ["x".repeat(10), "y".repeat(50), "z"], [" ".repeat(100)]]) {
    const splitter = new LineSplitter(25);
    const lines: Line[] = [];
    for (const chunk of ['{"lost": 1', ...middle, "234}\nnext\n"]) {
      splitter.push(Buffer.from(chunk));
      for (let line = splitter.next(); line; line = splitter.next()) lines.push({ ...line });
    }
    const [long, next] = lines;
    expect(long && whyCut(long)).toBe("it is longer than any line may be");
    expect(() => JSON.parse(long ? textOfLine(long) : "{}") as unknown).toThrow(SyntaxError);
    expect(long && textOfLine(long)).not.toContain("234");
    expect(next && [whyCut(next), textOfLine(next)]).toEqual([undefined, "next"]);
  }
});

it("has a limit for a line that comes in one piece, too, and for the last", async () => {
  const splitter = new LineSplitter(25);
  splitter.push(Buffer.from(`${"1".repeat(26)}\n${"2".repeat(25)}\n${"3".repeat(26)}`));
  const whys = [1, 2].map(() => {
    const line = splitter.next();
    return line && whyCut(line);
  });
  expect(splitter.next()).toBe(undefined);
  const last = splitter.end();
  expect([...whys, last && whyCut(last)]).toEqual([
    "it is longer than any line may be",
    undefined,
    "it is longer than any line may be",
  ]);
});
