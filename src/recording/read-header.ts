/** The header of a recording, checked: it may come from anyone. */
import * as v from "valibot";
import { checkedData, count, DataError } from "../files/checked-data.js";
import { RUNNERS } from "../tracers/runners.js";
import type { MapRole } from "../tracers/script.js";
import { fromExactJson } from "./exact-json.js";
import { FORMAT, VERSION, type RecordingHeader } from "./format.js";
import { milliseconds } from "./line-schemas.js";
import { list, recordedPlan } from "./plan-schema.js";
import { fromVersion1 } from "./version-1.js";

const text = v.string();

const role: v.GenericSchema<unknown, MapRole> = v.variant("holds", [
  v.object({
    holds: v.literal("aggregate"),
    result: count,
    aggregate: count,
    set: v.exactOptional(v.picklist(["turn", "end"])),
  }),
  v.object({
    holds: v.literal("change"),
    result: count,
    sum: count,
    set: v.exactOptional(v.picklist(["turn", "end"])),
  }),
  v.object({ holds: v.literal("net"), result: count }),
  v.object({ holds: v.literal("sent"), result: count }),
  v.object({ holds: v.literal("seen"), result: count, aggregate: v.exactOptional(count) }),
  v.object({ holds: v.literal("state"), state: text, members: list(v.nullable(text)) }),
  v.object({ holds: v.literal("refused") }),
  v.object({ holds: v.literal("replaced") }),
  v.object({ holds: v.literal("beyond") }),
  v.object({ holds: v.literal("unmatched") }),
  v.object({ holds: v.literal("unseen") }),
  v.object({ holds: v.literal("unknown"), why: v.picklist(["cut", "unread"]) }),
]);

const headerSchema: v.GenericSchema<unknown, RecordingHeader> = v.object({
  format: v.literal(FORMAT),
  version: v.literal(VERSION),
  faultline: text,
  query: text,
  explanation: v.exactOptional(text),
  started: text,
  clock: milliseconds,
  kernel: v.object({ id: text, release: text, arch: text }),
  tracer: v.object({ name: v.picklist(Object.values(RUNNERS).map(({ title }) => title)), version: text }),
  script: v.object({ text, ran: text }),
  maps: list(v.strictTuple([text, role])),
  environment: list(v.strictTuple([text, text])),
  endsWithMaps: v.exactOptional(v.boolean()),
  names: list(
    v.object({
      kind: v.picklist(["enum", "flags"]),
      of: text,
      members: list(v.strictTuple([text, v.bigint()])),
    }),
  ),
  plan: recordedPlan,
});

/** Throws a `DataError` that says what is wrong with it. */
export function readHeader(line: string): RecordingHeader {
  let value: unknown;
  try {
    value = fromExactJson(line);
  } catch {
    throw new DataError("", "is not a recording: it does not begin with a header in JSON");
  }
  const given = checkedData(v.looseObject({}), value);
  const { format, version } = given;
  if (format !== FORMAT)
    throw new DataError("", "is not a recording: its header does not say that it is one");
  if (version === 1) return checkedData(headerSchema, fromVersion1(given));
  if (version !== VERSION)
    throw new DataError(
      "",
      `is not one that can be read here: it has ${typeof version === "number" ? `version ${version}` : "no version"}, and this is for ${VERSION}`,
    );
  return checkedData(headerSchema, value);
}
