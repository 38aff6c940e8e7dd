/** Calls a command in this process, which is much faster than to start one. */
import { Command } from "commander";
import { vi } from "vitest";
import { reportFailure } from "../../src/cli/failure.js";
import type { Ran } from "./faultline.js";

/** For actions that do not look at where they were given. */
export const NOWHERE = { program: new Command(), command: new Command() };

export async function called(command: () => Promise<number>): Promise<Ran> {
  const written = { out: "", err: "" };
  const keep =
    (stream: "out" | "err") =>
    (text: string | Uint8Array): boolean => {
      written[stream] += String(text);
      return true;
    };
  const spies = [
    vi.spyOn(process.stdout, "write").mockImplementation(keep("out")),
    vi.spyOn(process.stderr, "write").mockImplementation(keep("err")),
  ];
  try {
    const code = await command().catch(reportFailure);
    return { code, ...written };
  } finally {
    for (const spy of spies) spy.mockRestore();
  }
}
