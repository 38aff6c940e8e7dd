/** Explains syntax errors: a message and a hint for each `ERR_MSG` of the grammar. */
import { EOF, type TokenType } from "chevrotain";
import { needsOf } from "../clauses.js";
import { M, NumberToken, Operator, W } from "../grammar/tokens.js";
import type { Token } from "../lexer/docs.js";
import { spanOf, TokenStream, type SyntaxFinding } from "./token-stream.js";

/** Keys at which a name is expected: what it names, and an example. */
const NAMES: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  "event name": ["the name of an event", "as in `event faults { … }`"],
  "span name": ["the name of a span", "as in `span direct_reclaim on tid { … }`"],
  "tool name": ["the name of a tool", "as in `tool vmscan(interval: duration = 1s) { … }`"],
  "set name": ["the name of a set", "as in `enum color { RED = 1 }`"],
  "set member": ["a name and its number", "as in `RED = 1`"],
  key: ["a key", "as in `on tid` or `on pid, address`"],
  range: ["a field of a range", "as in `range(address, size)`: where it starts, and how long it is"],
  member: ["the name of an event", "as in `event allocation = malloc | calloc`"],
  parameter: ["the name of a parameter", "as in `size: bytes`"],
  argument: ["the name of an argument", "as in `size: bytes`"],
  field: ["the name of a field", "as in `size: bytes`"],
  source: ["a source", "a source is a name such as `faults`, or a probe such as `kprobe:vfs_read`"],
  type: ["a type", "types are, for example, `int`, `bytes`, `duration`, `string`, `flags gfp_t`"],
  index: ["the name of the number of each event", "as in `times nr as i`"],
};

/** Keys at which another token is expected. */
const TOKENS: Readonly<Record<string, readonly [what: string, hint: string]>> = {
  import: ["the name of a file", 'as in `import "lib.fl"`'],
  note: ["the text of the note", 'as in `note "user pages only"`'],
  members: ["`=`", "`outermost` is said of a union: `event allocation outermost = malloc | calloc`"],
  "no number": ["`=` and a number", "as in `RED = 1`"],
  rate: ["the usual number of events a second", "as in `rate 10_000`"],
};

export abstract class Explaining extends TokenStream {
  protected explain(key: string, rules: readonly string[]): SyntaxFinding {
    const name = NAMES[key];
    if (name !== undefined) return this.nameExpected(...name);
    const token = TOKENS[key];
    if (token !== undefined) return this.expected(...token);
    switch (key) {
      case "kernel type":
        return this.nameExpected(
          `the name of a kernel type after \`${this.LA(0).image}\``,
          "as in `struct page` or `flags gfp_t`",
        );
      case "body":
        return this.expected("`{`", `${this.ownerOf(rules)} goes on with a body: \`{ … }\``);
      case "unclosed body":
        return this.unclosedBody(this.ownerOf(rules));
      case "no type":
        return this.missingType();
      case "no value":
        return this.missingValue();
      case "incomplete":
        return this.incomplete(this.LA(0), rules);
      case "list":
        return {
          code: "missing-list",
          message: "`not in` needs a list",
          hint: "write the values in parentheses: `not in (1, 2)`",
          span: spanOf(this.LA(0)),
        };
      case "close":
        return this.unclosed(rules);
      case "no colon":
        return this.missingColon();
      case "no field":
        return {
          code: "missing-name",
          message: "a `.` needs the name of a field behind it",
          hint: "as in `args.order`",
          span: spanOf(this.LA(0)),
        };
      case "value":
        return this.valueExpected(rules);
      default:
        throw new Error(`nothing explains ${key} in ${rules.join(" > ")}`);
    }
  }

  nameExpected(what: string, hint: string): SyntaxFinding {
    if (!this.isReserved) return this.expected(what, hint);
    const message = `\`${this.LA(1).image}\` is a word of the language and cannot be ${what}`;
    return { code: "reserved-word", message, hint };
  }

  // -------------------------------------------------------------- bodies

  /** Returns what the innermost body belongs to. */
  private ownerOf(rules: readonly string[]): string {
    const rule = rules.findLast((name) => OWNERS.includes(name)) ?? "";
    return this.ownerText(rule);
  }

  protected ownerText(rule: string): string {
    if (rule === "branch") return "this `when`";
    if (!Object.hasOwn(DEFINING, rule)) return `this \`${rule}\``;
    const word = DEFINING[rule];
    const distance = this.lastWhere((at) => this.LA(at).tokenType === word && this.isName(at + 1));
    return `${rule} \`${this.LA(distance + 1).image}\``;
  }

  protected unclosedBody(owner: string): SyntaxFinding {
    const message = `the \`{\` of ${owner} is not closed`;
    const { opening } = this;
    const finding = {
      code: "unclosed",
      message,
      hint: "write `}` at its end",
      fix: { span: { start: this.here.start, end: this.here.start }, text: "}" },
    };
    return opening ? { ...finding, span: spanOf(opening) } : finding;
  }

  // -------------------------------------------------------------- fields and parameters

  private missingType(): SyntaxFinding {
    const { image } = this.LA(0);
    const message = `\`${image}\` has no type`;
    const span = spanOf(this.LA(0));
    const fix = { span: { start: span.end, end: span.end }, text: ": int" };
    return { code: "missing-type", message, hint: `write \`${image}: int\``, fix, span };
  }

  /** Returns the name and the type that end at the token at `distance`. */
  private typedNameAt(distance: number): readonly [name: string, type: string] {
    const type = this.is(M.Colon, distance - 1) ? distance : distance - 1;
    return [this.LA(type - 2).image, this.LA(type).image];
  }

  private missingValue(): SyntaxFinding {
    const [name, type] = this.typedNameAt(0);
    return this.expected("`=`", `say where the field comes from: \`${name}: ${type} = args.${name}\``);
  }

  /** Explains a missing value after the `=` of a field or a parameter. */
  private noValue(rules: readonly string[]): SyntaxFinding {
    const [name] = this.typedNameAt(-1);
    const isField = rules.includes("field");
    return {
      code: "missing-operand",
      message: isField ? `\`${name}\` has no value` : `\`${name}\` has no default after the \`=\``,
      hint: isField ? `as in \`${name}: int = args.${name}\`` : "as in `interval: duration = 1s`",
      span: spanOf(this.LA(0)),
    };
  }

  // -------------------------------------------------------------- clauses

  private incomplete(word: Token, rules: readonly string[]): SyntaxFinding {
    const isRank = word.tokenType === W.By && rules.includes("top");
    const [what, example] = isRank ? ["a column", "top 10 by total"] : needsOf(word.image);
    const message = `\`${word.image}\` needs ${what}, for example \`${example}\``;
    return {
      code: "incomplete-clause",
      message: this.is(EOF) ? message : `${message}; ${this.found} stands there`,
      hint: `go on as in \`${example}\``,
      ...(this.is(EOF) && example.includes(`${word.image} `)
        ? {
            fix: {
              span: this.here,
              text: example.slice(example.lastIndexOf(`${word.image} `) + word.image.length),
            },
          }
        : {}),
    };
  }

  /** The tokens at which a list of columns can end. */
  private get isListEnd(): boolean {
    const { tokenType } = this.LA(1);
    return LIST_ENDS.has(tokenType) || this.isClauseWord() || this.startsDefinition();
  }

  private columnExpected(rules: readonly string[]): SyntaxFinding {
    if (!this.isListEnd) return this.noValueHere();
    if (!this.is(M.Comma, 0)) return this.incomplete(this.LA(0), rules);
    const message = `a column is expected after the comma, and ${this.found} stands there`;
    return {
      code: "missing-column",
      message,
      hint: "write it, or delete the comma",
      fix: { span: spanOf(this.LA(0)), text: "" },
    };
  }

  // -------------------------------------------------------------- values

  private valueExpected(rules: readonly string[]): SyntaxFinding {
    const before = this.LA(0);
    const { tokenType: type } = before;
    const after = this.LA(2);
    if (this.is(M.Dot) && after.tokenType === NumberToken)
      return {
        code: "bad-number",
        message: "a number does not start with a `.`",
        hint: `write \`0.${after.image}\``,
        fix: "0.",
      };
    if (this.atColumnStart) return this.columnExpected(rules);
    if (type === W.When)
      return {
        code: "missing-operand",
        message: "`when` has no condition",
        hint: "as in `when each { … }`",
        span: spanOf(before),
      };
    if (type === M.Assign) return this.noValue(rules);
    if (VALUE_WORDS.has(type)) return this.incomplete(before, rules);
    return this.missingOperand(before);
  }

  private noValueHere(): SyntaxFinding {
    if (this.isReserved)
      return {
        code: "unexpected-token",
        message: `\`${this.LA(1).image}\` stands where a value is expected`,
        hint: "write the value before it",
      };
    return this.expected("a value", 'a value is a field, a number such as `4KB`, or a string such as `"sh"`');
  }

  /** Explains a missing value on the right of an operator, a bracket or a comma, which the message names. */
  private missingOperand(before: Token): SyntaxFinding {
    const { image, tokenType: type } = before;
    if (type === M.LParen && this.is(M.RParen) && this.is(W.In, -1))
      return {
        code: "missing-list",
        message: "this list is empty",
        hint: "write the values: `in (1, 2)`",
        span: { start: spanOf(before).start, end: this.here.end },
      };
    const isOperator = this.is(Operator, 0) || LEADS_TO_VALUE.has(type);
    if (!isOperator) return this.noValueHere();
    const example = type === W.Not ? "not pid == 1" : `${image} 1`;
    const message = `\`${image}\` needs a value on its right`;
    if (!this.is(EOF))
      return {
        code: "missing-operand",
        message: `${message}, and ${this.found} stands there`,
        hint: `write a value, as in \`${example}\``,
      };
    const place = type === M.Comma ? (this.opening ?? before) : before;
    return {
      code: "missing-operand",
      message,
      hint: `write what it is compared or computed with, as in \`${example}\``,
      span: spanOf(place),
    };
  }

  // -------------------------------------------------------------- brackets and conditions

  /** Explains a missing closing bracket; at the end of the text the opening one is underlined. */
  private unclosed(rules: readonly string[]): SyntaxFinding {
    const { opening } = this;
    if (opening === undefined) return this.expected("another word", "");
    const isEmpty = opening === this.LA(0);
    const rule = rules.at(-1);
    if (isEmpty && rule === "arguments") return this.explain("argument", rules);
    if (isEmpty && rule === "parameters") return this.explain("parameter", rules);
    if (isEmpty) return this.valueExpected(rules);
    const closing = opening.tokenType === M.LSquare ? "]" : ")";
    if (this.is(EOF))
      return {
        code: "unclosed",
        message: `this \`${opening.image}\` is not closed`,
        hint: `write \`${closing}\``,
        fix: { span: this.here, text: closing },
        span: spanOf(opening),
      };
    return {
      code: "unclosed",
      message: `${this.found} stands where \`${closing}\` is expected`,
      hint: `close the \`${opening.image}\` before it, or write \`,\``,
    };
  }

  private missingColon(): SyntaxFinding {
    let [brackets, colons] = [0, 0];
    const distance = this.lastWhere((at) => {
      const { tokenType: type } = this.LA(at);
      if (type === M.RParen || type === M.RSquare) brackets++;
      else if (type === M.LParen || type === M.LSquare) brackets--;
      else if (type === M.Colon && brackets === 0) colons++;
      return type === M.Question && brackets === 0 && colons-- === 0;
    });
    const mark = spanOf(this.LA(distance));
    const between = this.text.slice(mark.end, spanOf(this.LA(0)).end);
    return {
      code: "missing-colon",
      message: "this `?` has no `:`",
      hint: between.includes(":")
        ? "write blanks around the `:`, or it is read as a probe"
        : "write `condition ? one : other`",
      span: mark,
    };
  }
}

const DEFINING: Readonly<Record<string, TokenType>> = { event: W.Event, span: W.Span, tool: W.Tool };

/** The rules that have a body. */
const OWNERS: readonly string[] = [...Object.keys(DEFINING), "branch", "provider", "begin", "during", "end"];

const LIST_ENDS: ReadonlySet<TokenType> = new Set([EOF, M.Semicolon, M.RCurly]);

/** The words that must be followed by a value. */
const VALUE_WORDS: ReadonlySet<TokenType> = new Set([W.Where, W.Every, W.Top, W.For, W.Header, W.By]);

/** The other tokens that must be followed by a value. */
const LEADS_TO_VALUE: ReadonlySet<TokenType> = new Set([
  M.LParen,
  M.LSquare,
  M.Comma,
  M.Question,
  M.Colon,
  W.Not,
]);
