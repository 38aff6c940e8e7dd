/** Writes expressions for people: as in C, and conditions in words. */
import { quoteText } from "../types/text.js";
import { FOLLOWED } from "../plan/plan.js";
import { describeCType } from "../types/types.js";
import { OPPOSITES } from "../semantics/expression/fold.js";
import { isTest, type ComparisonOperator, type Typed } from "../semantics/typed.js";
import { quantityText } from "./quantity.js";

/** Writes an expression as in C; patterns are written as in the language, and entries of state maps as in bpftrace. */
export function cText(value: Typed): string {
  switch (value.op) {
    case "integer":
      return quantityText(value.value, value.type);
    case "string":
      return quoteText(value.value);
    case "field":
      return value.side === undefined ? value.name : `${value.side}.${value.name}`;
    case "common":
      return commonText(value);
    case "local":
      return value.name;
    case "argument":
      return value.name ?? `arg${value.index}`;
    case "tracepointArgument":
      return `args.${value.field.name}`;
    case "returnValue":
      return "retval";
    case "currentTask":
      return "current";
    case "member":
      return `${operand(value.object)}${value.through ? "->" : "."}${value.name}`;
    case "element":
      return `${operand(value.object)}[${cText(value.index)}]`;
    case "text":
      return cText(value.pointer);
    case "global":
      return value.name;
    case "register":
      return `the ${value.name}`;
    case "userWord":
      return `*(long *)${operand(value.address)}`;
    case "inet":
      return `${cText(value.bytes)}, as an address`;
    case "cast":
      return `(${describeCType(value.to)}${value.pointer ? " *" : ""})${operand(value.operand)}`;
    case "negate":
      return `-${operand(value.operand)}`;
    case "complement":
      return `~${operand(value.operand)}`;
    case "not":
      return `!${operand(value.operand)}`;
    case "arithmetic":
      if (["&", "|", "^"].includes(value.operator))
        return `${bits(value.left)} ${value.operator} ${bits(value.right)}`;
      return `${operand(value.left)} ${value.operator} ${operand(value.right)}`;
    case "compare":
      return `${operand(value.left)} ${value.operator} ${operand(value.right)}`;
    case "logic":
      return value.operands.map(operand).join(value.operator === "and" ? " && " : " || ");
    case "glob":
      return `${operand(value.subject)} ~ ${quoteText(value.glob.text)}`;
    case "hasBits":
      return hasBits(value);
    case "choose":
      return `${operand(value.condition)} ? ${operand(value.then)} : ${operand(value.otherwise)}`;
    case "state":
      return `${entryText(value)}.${value.field}`;
    case "begun":
      return entryText(value);
    case "followed":
      return `@${FOLLOWED}[${cText(value.pid)}]`;
  }
}

function commonText({ name, depth }: Typed & { op: "common" }): string {
  return depth === undefined ? name : `${name}(${depth})`;
}

function entryText({ state, key }: Typed & { op: "state" | "begun" }): string {
  return `@${state}[${key.map(cText).join(", ")}]`;
}

function hasBits({ subject, mask, names }: Typed & { op: "hasBits" }): string {
  const bits = names.length > 0 ? names : [`0x${mask.toString(16)}`];
  if ((mask & (mask - 1n)) === 0n) return `${operand(subject)} & ${bits.join(" | ")}`;
  const all = bits.length === 1 ? bits[0] : `(${bits.join(" | ")})`;
  return `(${operand(subject)} & ${all}) == ${all}`;
}

const OPERATIONS = ["arithmetic", "compare", "logic", "glob", "hasBits", "choose"];

function operand(value: Typed): string {
  return OPERATIONS.includes(value.op) ? `(${cText(value)})` : cText(value);
}

/** Writes a mask in hexadecimal. */
function bits(value: Typed): string {
  return value.op === "integer" && value.value >= 0n ? `0x${value.value.toString(16)}` : operand(value);
}

const COMPARISONS: Readonly<Record<ComparisonOperator, string>> = {
  "==": "is",
  "!=": "is not",
  "<": "is below",
  "<=": "is at most",
  ">": "is above",
  ">=": "is at least",
};

/** Writes a condition in words: `size is above 4KB and comm matches "x*"`. */
export function conditionText(value: Typed): string {
  if (value.op === "integer") return value.value === 0n ? "never" : "always";
  if (!isTest(value)) return `${cText(value)} is true`;
  switch (value.op) {
    case "compare":
      return `${cText(value.left)} ${COMPARISONS[value.operator]} ${cText(value.right)}`;
    case "glob":
      return `${cText(value.subject)} matches ${quoteText(value.glob.text)}`;
    case "hasBits":
      return `${cText(value.subject)} has ${bitNames(value)}`;
    case "begun":
    case "followed":
      return `there is an entry ${cText(value)}`;
    case "logic":
      return value.operands
        .map((each) => (each.op === "logic" ? `(${conditionText(each)})` : conditionText(each)))
        .join(` ${value.operator} `);
    case "not":
      return negated(value.operand);
  }
}

function negated(value: Typed): string {
  if (!isTest(value)) return `${cText(value)} is false`;
  switch (value.op) {
    case "glob":
      return `${cText(value.subject)} does not match ${quoteText(value.glob.text)}`;
    case "hasBits":
      return `${cText(value.subject)} has not ${bitNames(value)}`;
    case "compare":
      return conditionText({ ...value, operator: OPPOSITES[value.operator] });
    case "not":
      return conditionText(value.operand);
    case "logic":
      return `not (${conditionText(value)})`;
    case "begun":
    case "followed":
      return `there is no entry ${cText(value)}`;
  }
}

function bitNames({ names, mask }: Typed & { op: "hasBits" }): string {
  return names.length > 0 ? names.join(" and ") : `the bits 0x${mask.toString(16)}`;
}
