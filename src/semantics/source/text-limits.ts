/** How long the texts are that a source's providers give: the kernel keeps no more than n - 1 bytes in a `char[n]`. */
import { bytesOfText } from "../../types/text.js";
import type { Alternative, CheckedSource, Side, Typed } from "../typed.js";

/** A limit in bytes for each way in which a text may be had; undefined stands for one that has no known limit. */
export type TextLimits = readonly (number | undefined)[];

/** `ofField`: the limits of a field of the source that the text is in terms of. */
export function textLimits(text: Typed, ofField: (name: string, side?: Side) => TextLimits): TextLimits {
  if (text.op === "string") return [byteLength(text.value)];
  if (text.op === "choose") return [text.then, text.otherwise].flatMap((each) => textLimits(each, ofField));
  if (text.type.kind === "string" && text.type.most !== undefined) return [text.type.most];
  return text.op === "field" ? ofField(text.name, text.side) : [undefined];
}

/** The limits of a field, whichever of the source's providers is chosen. */
export function fieldLimits(source: CheckedSource, name: string, side?: Side): TextLimits {
  switch (source.kind) {
    case "event":
      return givenLimits(source.alternatives, name);
    case "union":
      return source.members.flatMap((member) => fieldLimits(member.source, name));
    case "span": {
      if (side !== undefined) return givenLimits(source[side], name);
      const own = source.fields.get(name);
      if (own) return textLimits(own, (field, of) => fieldLimits(source, field, of));
      return givenLimits([...source.begin, ...source.during, ...source.end], name);
    }
  }
}

function givenLimits(alternatives: readonly Alternative[], name: string): TextLimits {
  return alternatives.flatMap(({ unavailable, trigger, fields }): TextLimits => {
    if (unavailable !== undefined) return [];
    const inner = (field: string, side?: Side): TextLimits =>
      trigger.kind === "source" ? fieldLimits(trigger.source, field, side) : [undefined];
    const value = fields.get(name);
    if (typeof value === "object") return textLimits(value, inner);
    return value === undefined && trigger.kind === "source" ? inner(name) : [];
  });
}

export function byteLength(text: string): number {
  return bytesOfText(text).length;
}
