/** The types of the language. A unit is part of the type, so that `size + latency` can be refused. */
import type { CType } from "../kernel/kernel.js";
import { UNITS, type Unit } from "./units.js";

export type Type =
  | {
      readonly kind: "number";
      readonly unit: Unit;
      readonly signed: boolean;
      /** Whether it is a rate per second instead of an amount. */
      readonly per?: "second";
    }
  | { readonly kind: "bool" }
  /** `most`: the greatest number of bytes that it can have, where that is known. */
  | {
      readonly kind: "string";
      readonly most?: number;
      /** It is an IP address, of which tracers have the bytes. */
      readonly isInet?: true;
    }
  /** An address in kernel or user space. */
  | {
      readonly kind: "address";
      /** It is where a function was called from, which scripts for people show by its name. */
      readonly isCaller?: true;
    }
  /** A function's address, displayed as its symbol. */
  | { readonly kind: "symbol"; readonly space: "kernel" | "user" }
  /** `depth`: it has so many frames at most. */
  | { readonly kind: "stack"; readonly space: "kernel" | "user"; readonly depth?: number }
  /** One value of a set of names; `signed` says how the kernel stores it. */
  | { readonly kind: "enum"; readonly of: string; readonly signed: boolean }
  /** A set of named bits. */
  | { readonly kind: "flags"; readonly of: string }
  /** A value of a C type with members to access with `.`: a struct, or a pointer to one. */
  | { readonly kind: "c"; readonly ctype: CType }
  | { readonly kind: "histogram"; readonly unit: Unit }
  | { readonly kind: "stats"; readonly unit: Unit }
  /** The lower and upper bound of a value. */
  | { readonly kind: "bounds"; readonly unit: Unit }
  /** The type of an expression in which an error was reported; it is accepted everywhere. */
  | { readonly kind: "error" };

export const INT: Type = { kind: "number", unit: "none", signed: true };
export const UNSIGNED: Type = { kind: "number", unit: "none", signed: false };
export const RESULT: Type = { kind: "number", unit: "result", signed: true };
export const BYTES: Type = { kind: "number", unit: "bytes", signed: false };
export const DURATION: Type = { kind: "number", unit: "duration", signed: false };
export const TIMESTAMP: Type = { kind: "number", unit: "timestamp", signed: false };
export const BOOL: Type = { kind: "bool" };
export const STRING: Type = { kind: "string" };
/** An IP address. */
export const INET: Type = { kind: "string", isInet: true };
export const ADDRESS: Type = { kind: "address" };
export const ERROR: Type = { kind: "error" };

/** Whether a value is a number that may be negative. */
export function isSigned({ type }: { readonly type: Type }): boolean {
  return (type.kind === "number" || type.kind === "enum") && type.signed;
}

export function isInet(type: Type): boolean {
  return type.kind === "string" && type.isInet === true;
}

/** Whether it is a number without a unit; the result of a call is one with names for some of its values. */
export function isPlain(
  type: Type,
): type is Type & { readonly kind: "number"; readonly unit: "none" | "result" } {
  return type.kind === "number" && (type.unit === "none" || UNITS[type.unit].display.as === "result");
}

/** The set of names that values of a type are shown by. */
export function setShownBy(type: Type): { readonly kind: "enum" | "flags"; readonly of: string } | undefined {
  if (type.kind === "enum" || type.kind === "flags") return type;
  const display = type.kind === "number" ? UNITS[type.unit].display : undefined;
  return display?.as === "result" ? { kind: "enum", of: display.errors } : undefined;
}

/** A text of so many bytes at most. */
export function textOfAtMost(most: number): Type {
  return { kind: "string", most };
}

export function numberOf(unit: Unit, signed: boolean): Type {
  return { kind: "number", unit, signed };
}

/** Describes a type for messages. */
export function describeType(type: Type): string {
  switch (type.kind) {
    case "number":
      return UNITS[type.unit].described;
    case "bool":
      return "true or false";
    case "string":
      return type.isInet ? "an IP address" : "a string";
    case "address":
      return "an address";
    case "symbol":
      return "a function's address";
    case "stack":
      return `a ${type.space} stack`;
    case "enum":
      return `one of the ${type.of} names`;
    case "flags":
      return `a set of ${type.of} flags`;
    case "c":
      return `a value of type ${describeCType(type.ctype)}`;
    case "histogram":
      return "a histogram";
    case "stats":
      return "a summary";
    case "bounds":
      return "a value between two bounds";
    case "error":
      return "unknown";
  }
}

/** Spells a C type as in C. */
export function describeCType(type: CType): string {
  switch (type.kind) {
    case "int":
    case "other":
      return type.name;
    case "bool":
      return "bool";
    case "char":
      return "char";
    case "enum":
      return `enum ${type.name}`;
    case "pointer":
      return `${describeCType(type.to)} *`;
    case "struct":
    case "union":
      return type.name === "" ? `an unnamed ${type.kind}` : `${type.kind} ${type.name}`;
    case "array":
      return `${describeCType(type.of)}[${type.length}]`;
    case "function":
      return "a function";
    case "void":
      return "void";
  }
}

/** Spells a type as in a definition: `bytes`, `flags gfp_t`. */
export function typeName(type: Type): string {
  switch (type.kind) {
    case "number":
      return `${UNITS[type.unit].typeName ?? type.unit}${type.per ? `/${type.per}` : ""}`;
    case "address":
      return "addr";
    case "symbol":
      return type.space === "kernel" ? "ksym" : "usym";
    case "stack":
      return type.space === "kernel" ? "kstack" : "ustack";
    case "enum":
      return `enum ${type.of}`;
    case "flags":
      return `flags ${type.of}`;
    case "c":
      return describeCType(type.ctype);
    case "bool":
    case "bounds":
    case "error":
    case "histogram":
    case "stats":
      return type.kind;
    case "string":
      return type.isInet ? "inet" : type.kind;
  }
}
