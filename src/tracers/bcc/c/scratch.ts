/** Space of a probe for what does not fit on its stack, which has 512 bytes: an entry of a table, one for each CPU. */
import { isOfBinary } from "../../../plan/binaries.js";
import type { ProbePoint } from "../../../semantics/typed.js";
import { struct } from "../layout/fields.js";
import type { Program } from "./program.js";

/** For structs and arrays; numbers, pointers and what is called take the rest of the stack. */
export const MOST_ON_STACK = 352;

export class Scratch {
  readonly members: string[] = [];
  /**
   * Newer kernels may interrupt the code at a user function for another thread, which would use the same space. All
   * other probes are run one at a time on a CPU.
   */
  private readonly isShared: boolean;

  constructor(
    private readonly name: string,
    point: ProbePoint,
    private readonly program: Program,
  ) {
    this.isShared = isOfBinary(point);
  }

  /** The statement that leaves the function early. */
  get leave(): string {
    return this.isShared ? "goto leave;" : "return 0;";
  }

  declaration(): string {
    const members = [...(this.isShared ? ["u32 busy;"] : []), ...this.members];
    return [
      struct(`${this.name}_scratch`, members),
      `BPF_PERCPU_ARRAY(${this.name}_space, struct ${this.name}_scratch, 1);`,
    ].join("\n");
  }

  around(lines: readonly string[]): readonly string[] {
    const found = [
      "u32 only = 0;",
      `struct ${this.name}_scratch *scratch = ${this.name}_space.lookup(&only);`,
      "if (!scratch)",
      "    return 0;",
    ];
    if (!this.isShared) return [...found, ...lines, "return 0;"];
    return [
      ...found,
      "if (scratch->busy) {",
      `    ${this.program.count("BUSY_CPU")}`,
      "    return 0;",
      "}",
      "scratch->busy = 1;",
      ...lines,
      "leave:",
      "scratch->busy = 0;",
      "return 0;",
    ];
  }
}
