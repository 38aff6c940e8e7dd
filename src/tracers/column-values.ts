/** Decodes a printed value by the type of its column. */
import { textOfByteString } from "../types/text.js";
import { addressText } from "../types/addresses.js";
import { isInet, type Type } from "../types/types.js";
import { integerOf, type Json } from "./tracer-json.js";
import { textOf } from "../results/bytes.js";
import { fit } from "../integers.js";
import type { Value } from "../results/events.js";

/** Undefined if the value does not fit the type, so that the line is damaged. */
export function decodeValue(json: Json, type: Type): Value | undefined {
  switch (type.kind) {
    case "number":
      return numberOf(json, type.signed);
    case "address":
    case "flags":
      return numberOf(json, false);
    case "bool": {
      if (typeof json === "boolean") return json;
      if (json === "true" || json === "false") return json === "true";
      const number = numberOf(json, true);
      return number === undefined ? undefined : number !== 0;
    }
    case "enum": {
      const number = numberOf(json, type.signed);
      // Some versions print the name of the member.
      return number ?? (typeof json === "string" && /^[A-Za-z_]\w*$/.test(json) ? json : undefined);
    }
    case "stack":
      return typeof json === "string" ? framesOf(json) : undefined;
    case "string":
      return typeof json === "string" ? textValue(json, type) : undefined;
    case "bounds":
    case "c":
    case "error":
    case "histogram":
    case "stats":
    case "symbol":
      if (typeof json === "string") return textOf(json);
      return typeof json === "number" || typeof json === "bigint" || typeof json === "boolean"
        ? json
        : undefined;
  }
}

/** A text, or an address, from the bytes of its text. */
export function textValue(bytes: string, type: Type): string {
  const text = textOfByteString(bytes);
  return isInet(type) ? addressText(text) : text;
}

const LEAST = -(2n ** 63n);
const MOST = 2n ** 64n - 1n;

/**
 * Old versions print unsigned numbers as signed; new ones quote numbers that JSON parsers would round;
 * pointers are hexadecimal. Undefined if it is not a 64-bit integer, as the kernel has no others.
 */
export function numberOf(json: Json, signed: boolean): number | bigint | undefined {
  if (typeof json === "boolean") return json ? 1 : 0;
  if (typeof json === "string") {
    if (/^-?\d+$/.test(json)) return numberOf(integerOf(json), signed);
    return /^0x[0-9a-fA-F]{1,16}$/.test(json) ? numberOf(fit(BigInt(json)), signed) : undefined;
  }
  if (typeof json === "number") {
    if (!Number.isSafeInteger(json)) return undefined;
    return json < 0 && !signed ? fit(BigInt.asUintN(64, BigInt(json))) : json;
  }
  if (typeof json !== "bigint" || json < LEAST || json > MOST) return undefined;
  return fit(signed ? BigInt.asIntN(64, json) : BigInt.asUintN(64, json));
}

/** An address that was requested as such; a name would include its offset. */
const RAW_FRAME = /^[0-9a-f]{1,16}$/;

/** A stack as its frames, the innermost first, one a line. */
function framesOf(bytes: string): string {
  return (
    textOf(bytes)
      .split("\n")
      .map((frame) => frame.trim())
      // A frame-pointer walk ends at zero, which some versions print.
      .filter((frame) => frame !== "" && frame !== "0")
      .map((frame) => (RAW_FRAME.test(frame) ? `0x${frame}` : frame))
      .join("\n")
  );
}
