import { gunzipSync } from "node:zlib";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, it } from "vitest";
import { fromVersion1 } from "../../src/recording/version-1.js";
import { readHeader } from "../../src/recording/read-header.js";

/** As its first line has it: made before spans kept records. */
function header(name: string): string {
  const text = gunzipSync(readFileSync(join("recordings", `${name}.flrec.gz`))).toString();
  return text.slice(0, text.indexOf("\n"));
}

it("reads what is open, whose fields were maps of their own", () => {
  const line = header("memleak");
  expect(line).toContain('"version":1');
  const { version, plan, maps } = readHeader(line);
  expect(version).toBe(2);
  const [result] = plan.results;
  if (result?.kind !== "openGroups") throw new Error("it is of what is open, in groups");
  expect(plan.states.find(({ name }) => name === result.state)).toMatchObject({
    fields: [{ name: "value", type: { kind: "number", unit: "timestamp" } }],
  });
  expect(result.aggregates[0]?.value).toMatchObject({ op: "state", field: "value" });
  for (const [, role] of maps) if (role.holds === "state") expect(role.members).toEqual(["value"]);
});

it("leaves what is no header of version 1 for the check", () => {
  for (const odd of [
    {},
    { maps: 1, plan: null },
    { maps: [1], plan: { states: [1], results: [null], notes: {} } },
  ])
    expect(fromVersion1(odd)).toMatchObject({ version: 2 });
  expect(() => readHeader('{"format":"faultline-recording","version":1}')).toThrow();
});
