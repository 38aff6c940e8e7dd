/** Changes of a text that leave most of it alone. */
import type { Chance } from "./chance.js";
import { hostile, literal } from "./hostile.js";

const NUMBERS = [
  "0", "-1", "1", "0.5", "1e300", "1e999", "-0", "2147483648", "9007199254740993", "18446744073709551615", "18446744073709551616",
  "null", "true", "[]", "{}", '""', '"x"', '{"#":"1"}', "1e-7", "-9223372036854775809",
]; // prettier-ignore

/** Words, signs and blanks. */
export function tokensOf(text: string): string[] {
  return text.match(/\w+|"(?:[^"\\\n]|\\.)*"|\s+|[^\w\s]/g) ?? [];
}

/** A token less, twice, elsewhere, exchanged for one of another text, or for something hostile. */
export function mutateTokens(text: string, other: string, chance: Chance): string {
  const tokens = tokensOf(text);
  const donors = tokensOf(other);
  for (let left = 1 + chance.below(4); left > 0; left--) {
    const at = chance.below(tokens.length + 1);
    switch (chance.below(8)) {
      case 0:
        tokens.splice(at, 1 + chance.below(3));
        break;
      case 1:
        tokens.splice(at, 0, tokens[at] ?? " ");
        break;
      case 2:
      case 3:
        tokens.splice(at, 1, donors[chance.below(donors.length)] ?? "");
        break;
      case 4: {
        const from = chance.below(donors.length + 1);
        tokens.splice(at, 0, " ", donors.slice(from, from + 1 + chance.below(12)).join(""), " ");
        break;
      }
      case 5:
        tokens.splice(at, 1, chance.pick(NUMBERS));
        break;
      case 6:
        tokens.splice(at, 1, literal(hostile(chance)));
        break;
      default:
        tokens.splice(at, 0, hostile(chance));
    }
  }
  return tokens.join("");
}

/** Bytes (a character each) changed, lost, doubled or cut off. */
export function mutateBytes(text: string, chance: Chance): string {
  let changed = text;
  for (let left = 1 + chance.below(4); left > 0; left--) {
    const at = chance.below(changed.length + 1);
    const [before, after] = [changed.slice(0, at), changed.slice(at)];
    const random = String.fromCharCode(chance.below(256));
    const ways = [
      before + random + after.slice(1),
      before + after.slice(1 + chance.below(8)),
      before + random + after,
      before + after.slice(0, chance.below(40)) + after,
      before,
      before + Buffer.from(JSON.stringify(hostile(chance)).slice(1, -1)).toString("latin1") + after,
    ];
    changed = chance.pick(ways);
  }
  return changed;
}

/** A value of some JSON exchanged for another. */
export function mutateValue(json: string, chance: Chance): string {
  const values = [...json.matchAll(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?|true|false|null/g)];
  const found = values.length === 0 ? undefined : chance.pick(values);
  if (!found) return json;
  const isKey = json.slice(found.index + found[0].length).startsWith(":");
  const instead = isKey || chance.is(0.3) ? JSON.stringify(hostile(chance)) : chance.pick(NUMBERS);
  return json.slice(0, found.index) + instead + json.slice(found.index + found[0].length);
}
