import { expect, it } from "vitest";
import { splitLines } from "../../src/runtime/lines.js";

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
