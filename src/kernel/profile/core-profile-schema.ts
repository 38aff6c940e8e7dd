/** Checks that data is a kernel profile; reports the first fault with its path. */
import * as v from "valibot";
import { checkedData, count, DataError } from "../../files/checked-data.js";
import { KernelError } from "../error.js";
import {
  profileVersion,
  type KernelProfile,
  type ProfileMember,
  type ProfileType,
} from "./core-profile-data.js";

const text = v.string();
const truth = v.boolean();

/** To valibot a list has members as well, so it would pass for one. */
function recordOf<const S extends v.GenericSchema>(of: S) {
  const isNoList = (value: unknown): boolean => !Array.isArray(value);
  return v.pipe(v.custom<unknown>(isNoList, "is not an object"), v.record(text, of));
}

const A_NUMBER = "is not a whole number";
const values = recordOf(
  v.union(
    [
      v.pipe(v.number(A_NUMBER), v.safeInteger(A_NUMBER)),
      v.pipe(v.string(A_NUMBER), v.regex(/^-?[0-9]{1,20}$/, A_NUMBER)),
    ],
    A_NUMBER,
  ),
);

const plainMember = v.strictTuple([text, count, count]);
const bitField = v.strictTuple([text, count, count, count]);
const member: v.GenericSchema<unknown, ProfileMember> = v.lazy((value) =>
  Array.isArray(value) && value.length > 3 ? bitField : plainMember,
);

const named = { name: text, typedef: v.exactOptional(text) };
const integer = { ...named, bytes: count, signed: truth };
const members = v.exactOptional(v.array(member));

/** A type refers to others by number, so that none is nested. */
const type: v.GenericSchema<unknown, ProfileType> = v.variant("kind", [
  v.object({ kind: v.literal("int"), ...integer }),
  v.object({ kind: v.literal("enum"), ...integer }),
  v.object({ kind: v.literal("bool") }),
  v.object({ kind: v.literal("char"), signed: truth }),
  v.object({ kind: v.literal("pointer"), to: count }),
  v.object({ kind: v.literal("array"), of: count, length: count }),
  v.object({ kind: v.literal("struct"), ...named, members }),
  v.object({ kind: v.literal("union"), ...named, members }),
  v.object({ kind: v.literal("function") }),
  v.object({ kind: v.literal("void") }),
  v.object({ kind: v.literal("other"), name: text }),
]);

const profile: v.GenericSchema<unknown, KernelProfile> = v.object({
  version: v.literal(profileVersion),
  id: text,
  release: text,
  arch: text,
  pageSize: count,
  attach: v.object({ kprobe: truth, fentry: truth, uprobe: truth, tracepoint: truth }),
  complete: truth,
  tracepointNames: recordOf(text),
  tracepoints: recordOf(
    v.array(
      v.strictTuple([
        text,
        text,
        count,
        v.picklist([0, 1]),
        v.picklist(["number", "pointer", "char_array", "array", "data_loc"]),
      ]),
    ),
  ),
  functions: recordOf(
    v.object({
      parameters: v.exactOptional(v.array(v.strictTuple([text, count]))),
      returns: v.exactOptional(count),
      module: v.exactOptional(text),
    }),
  ),
  functionGaps: recordOf(text),
  absentFunctions: v.array(text),
  structs: recordOf(count),
  types: v.array(type),
  enums: recordOf(values),
  enumsByMember: v.array(values),
  flags: recordOf(values),
  fieldValues: recordOf(v.object({ kind: v.picklist(["flags", "enum"]), values })),
});

/**
 * Parses and checks a profile; throws a `KernelError` that says what is wrong with it. References to missing types, and
 * cycles, are found when they are followed.
 */
export function parseProfile(json: string): KernelProfile {
  let data: unknown;
  try {
    data = JSON.parse(json);
  } catch (error) {
    throw new KernelError(
      `this profile is not JSON: ${error instanceof Error ? error.message : String(error)}`,
    );
  }
  try {
    const { version } = checkedData(v.looseObject({ version: v.optional(v.unknown()) }), data);
    if (version !== profileVersion)
      throw new KernelError(
        `this program cannot read this profile: its version is ${JSON.stringify(version) ?? "missing"}, not ${profileVersion}`,
      );
    return checkedData(profile, data);
  } catch (error) {
    if (error instanceof DataError) throw new KernelError(`this profile is damaged: ${error.message}`);
    throw error;
  }
}
