/** Replaces the fields in an expression by their values in the chosen provider. */
import type { Typed } from "../semantics/typed.js";
import { arithmeticOf, choiceOf, hasBitsOf, logic, opposite } from "../semantics/expression/fold.js";
import { bounded } from "./limits.js";
import { signedBy } from "./signs.js";
import { comparisonOf, globOf } from "./distribute.js";

export type FieldReference = Typed & { readonly op: "field" };

/** Replaces each field by what `replace` returns, which is not substituted again. */
export function substitute(value: Typed, replace: (field: FieldReference) => Typed): Typed {
  return bounded(substituted(value, replace));
}

function substituted(value: Typed, replace: (field: FieldReference) => Typed): Typed {
  const go = (v: Typed): Typed => substitute(v, replace);
  switch (value.op) {
    case "field": {
      const found = replace(value);
      if (found.op === "field") return found;
      // The result has the type that the field was declared with, but the kernel's sign.
      const signed = found.type.kind === "number" && found.type.signed;
      return {
        ...found,
        type:
          value.type.kind === "number" ? { ...value.type, signed: signed || value.type.signed } : value.type,
      };
    }
    case "member":
      return { ...value, object: go(value.object) };
    case "element":
      return { ...value, object: go(value.object), index: go(value.index) };
    case "text":
      return { ...value, pointer: go(value.pointer), ...(value.length ? { length: go(value.length) } : {}) };
    case "userWord":
      return { ...value, address: go(value.address) };
    case "inet":
      return { ...value, bytes: go(value.bytes) };
    case "cast":
    case "negate":
    case "complement":
      return { ...value, operand: go(value.operand) };
    case "not":
      return opposite(go(value.operand));
    case "arithmetic": {
      const [left, right] = [go(value.left), go(value.right)];
      return arithmeticOf(value.operator, left, right, signedBy(value.type, [left, right]));
    }
    case "compare":
      return comparisonOf(value, go(value.left), go(value.right));
    case "logic":
      return logic(value.operator, value.operands.map(go));
    case "glob":
      return globOf(value, go(value.subject));
    case "hasBits":
      return hasBitsOf(go(value.subject), value.mask, value.names);
    case "choose": {
      const [then, otherwise] = [go(value.then), go(value.otherwise)];
      return choiceOf(go(value.condition), then, otherwise, signedBy(value.type, [then, otherwise]));
    }
    case "state":
    case "begun":
      return { ...value, key: value.key.map(go) };
    case "followed":
      return { ...value, pid: go(value.pid) };
    case "argument":
    case "common":
    case "currentTask":
    case "global":
    case "integer":
    case "local":
    case "register":
    case "returnValue":
    case "string":
    case "tracepointArgument":
      return value;
  }
}
