/**
 * Function names as the kernel lists them, one a line: `available_filter_functions` (those that can
 * be probed) and `kallsyms` (all of them). A list has about 50,000 lines and only a few names are looked up,
 * so the text is searched instead of being parsed.
 */
export interface ListedFunction {
  readonly name: string;
  readonly module?: string;
}

export class SymbolList {
  private readonly text: string;

  /** `before` lists what may precede a name: the start of a line, or a symbol's type and a space. */
  private constructor(
    text: string,
    private readonly before: readonly string[],
    private readonly line: RegExp,
  ) {
    this.text = `\n${text}\n`;
  }

  /** Reads lines of `name` or `name [module]`. */
  static traceable(text: string): SymbolList {
    return new SymbolList(text, ["\n"], /^(\S+)(?:[ \t]+\[(\S+)\])?$/gm);
  }

  /** Reads lines of `address type name` or `address type name\t[module]`; functions have type t, T, w or W. */
  static symbols(text: string): SymbolList {
    return new SymbolList(text, [" t ", " T ", " w ", " W "], /^\S+ [tTwW] (\S+)(?:[ \t]+\[(\S+)\])?$/gm);
  }

  find(name: string): ListedFunction | undefined {
    if (!/^[\w.$]+$/.test(name)) return undefined;
    for (const before of this.before) {
      if (this.text.includes(`${before}${name}\n`)) return { name };
      for (const gap of [" [", "\t["]) {
        const at = this.text.indexOf(before + name + gap);
        if (at < 0) continue;
        const from = at + before.length + name.length + gap.length;
        return { name, module: this.text.slice(from, this.text.indexOf("]", from)) };
      }
    }
    return undefined;
  }

  /** Returns the name that the compiler gave a split or specialized copy of this function: `name.isra.0`. */
  variantOf(name: string): string | undefined {
    if (!/^\w+$/.test(name)) return undefined;
    for (const before of this.before) {
      const at = this.text.indexOf(`${before}${name}.`);
      if (at >= 0) return /^[\w.$]+/.exec(this.text.slice(at + before.length, at + before.length + 200))?.[0];
    }
    return undefined;
  }

  names(): string[] {
    const names = new Set<string>();
    for (const [, name = ""] of this.text.matchAll(this.line)) {
      // ftrace's placeholder for a function that no longer exists.
      if (!name.startsWith("__ftrace_invalid_address_")) names.add(name);
    }
    return [...names];
  }
}
