/** Sources, with the types and the arguments that go with them. */
import type { Cursor } from "./cursor.js";
import { decodeProbe } from "../lexer/literals.js";
import { close } from "./parse-expression.js";
import { nearest } from "../../diagnostics/suggest.js";
import { PROBE_TYPES, TYPE_PREFIXES, type Token } from "../lexer/tokens.js";
import type { Name, NamedSource, ProbeParameter, ProbeSource, TypeName } from "../tree.js";

export function parseType(c: Cursor): TypeName {
  const word = c.name(
    "a type",
    "types are, for example, `int`, `bytes`, `duration`, `string`, `flags gfp_t`",
  );
  return finishType(c, word);
}

/** What follows the word of a type; `word` was read. */
function finishType(c: Cursor, word: Name): TypeName {
  const of = TYPE_PREFIXES.includes(word.text)
    ? c.name(`the name of a kernel type after \`${word.text}\``, "as in `struct page` or `flags gfp_t`")
    : undefined;
  if (c.is("*"))
    c.fail("pointer-type", "types are written without `*`", "leave it out: pointers are followed for you");
  return { kind: "type", span: c.spanFrom(word.span.start), word, ...(of === undefined ? {} : { of }) };
}

/** A name and its type. */
export function parseTypedName(c: Cursor, what: string): { name: Name; type: TypeName } {
  const { name, type } = parseArgument(c, what);
  if (type !== undefined) return { name, type };
  return c.fail("missing-type", `\`${name.text}\` has no type`, `write \`${name.text}: int\``, name.span);
}

/** A name, perhaps with a type; `p:int` looks like a probe to the lexer and is none here. */
function parseArgument(c: Cursor, what: string): { name: Name; type?: TypeName } {
  if (c.is("probe") && /^[a-z]+:[a-z]+$/.test(c.token.text)) {
    const { type: name, parts } = decodeProbe(c.next(), c.reporter);
    const [part] = parts;
    if (part !== undefined) {
      return { name, type: finishType(c, { kind: "name", span: part.span, text: part.value }) };
    }
  }
  const name = c.name(what, "as in `size: bytes`");
  return c.accept(":") ? { name, type: parseType(c) } : { name };
}

export function parseProbeSource(c: Cursor): ProbeSource {
  const probe = decodeProbe(c.next(), c.reporter);
  const parameters: ProbeParameter[] = [];
  if (c.is("(")) {
    const open = c.next();
    if (!c.is(")")) {
      do {
        const { start } = c.token;
        const { name, type } = parseArgument(c, "the name of an argument");
        parameters.push({
          kind: "parameter",
          span: c.spanFrom(start),
          name,
          ...(type === undefined ? {} : { type }),
        });
      } while (c.accept(","));
    }
    close(c, ")", open);
  }
  return { kind: "probeSource", span: c.spanFrom(probe.span.start), probe, parameters };
}

/** A probe or the name of a source; a probe type that is none is named. */
export function parseTrigger(c: Cursor): ProbeSource | NamedSource {
  if (c.is("probe")) return parseProbeSource(c);
  const { token } = c;
  const name = c.name(
    "a source",
    "a source is a name such as `faults`, or a probe such as `kprobe:vfs_read`",
  );
  if (c.is(":") && c.token.start === token.end) reportProbeType(c, token);
  return { kind: "namedSource", span: name.span, name };
}

export function reportProbeType(c: Cursor, type: Token): never {
  if (PROBE_TYPES.includes(type.text)) {
    c.fail(
      "bad-probe",
      "a probe has its name right behind the `:`",
      `write \`${type.text}:name\`, without blanks`,
      type,
    );
  }
  const near = nearest(type.text, PROBE_TYPES)[0];
  c.fail(
    "unknown-probe-type",
    `\`${type.text}\` is not a type of probe`,
    near === undefined
      ? "the types are tracepoint, kprobe, kretprobe, fentry, fexit, uprobe, uretprobe, usdt, software, hardware, …"
      : `did you mean \`${near}\`?`,
    type,
  );
}
