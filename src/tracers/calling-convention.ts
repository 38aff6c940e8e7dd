/** Where a function finds its arguments, for the calls that are not as C has them on 64 bits. */
import type { CallingConvention } from "../semantics/typed.js";
import { BackendError } from "./error.js";

/** In the order in which Go uses them, by the names of the kernel's `pt_regs`. */
const GO_REGISTERS = ["ax", "bx", "cx", "di", "si", "r8", "r9", "r10", "r11"] as const;

export type ArgumentPlace =
  | { readonly in: "register"; readonly register: (typeof GO_REGISTERS)[number] }
  /** Four bytes, as far above the stack pointer. */
  | { readonly in: "stack"; readonly offset: number };

export function argumentPlace(convention: CallingConvention, index: number): ArgumentPlace {
  switch (convention) {
    // The address to return to comes first.
    case "ia32":
      return { in: "stack", offset: 4 * (index + 1) };
    case "go": {
      const register = GO_REGISTERS[index];
      if (register === undefined)
        throw new BackendError(
          `Go gives ${GO_REGISTERS.length} arguments in registers; others are not known`,
        );
      return { in: "register", register };
    }
    case "old go":
      throw new BackendError("where a program made by Go before 1.18 has its arguments is not known");
  }
}
