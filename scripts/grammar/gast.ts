/** Types of chevrotain's serialized rules, as far as the grammar uses them; its own types do not form a union. */

export interface SerializedGastTerminal {
  readonly type: "Terminal";
  readonly name: string;
  readonly label: string;
}

export type SerializedGastAlternative =
  | SerializedGastTerminal
  | { readonly type: "NonTerminal"; readonly name: string }
  | {
      readonly type: "Alternative" | "Option" | "Repetition" | "RepetitionMandatory" | "Alternation";
      readonly definition: readonly SerializedGastAlternative[];
    };

export interface ISerializedGast {
  readonly type: "Rule";
  readonly name: string;
  readonly definition: readonly SerializedGastAlternative[];
}
