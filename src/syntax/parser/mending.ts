/**
 * Decides for the grammar which alternative comes next, and where to resume after a mistake. Text that is nearly right
 * is corrected, so that the rest is read as intended: files and definitions here, queries in `mend-queries.ts`.
 */
import { EOF, type TokenType } from "chevrotain";
import { nearest } from "../../diagnostics/suggest.js";
import { M, Probe, W, Word } from "../grammar/tokens.js";
import { DEFINITION_WORDS } from "../words.js";
import { QueryMending } from "./mend-queries.js";
import type { SyntaxFinding, Recovery } from "./token-stream.js";

type Body = "event" | "span" | "set" | "tool" | "branch" | "fields";

export abstract class Mending extends QueryMending {
  // -------------------------------------------------------------- recovery

  protected recoveryOf(rule: string, parent: string | undefined): Recovery | undefined {
    switch (rule) {
      case "item":
        return { stops: () => this.endsItem, passesBlock: true };
      case "source":
        return parent === "query" ? { stops: () => this.endsClause, passesBlock: false } : undefined;
      case "clause":
        return { stops: () => this.endsClause, passesBlock: true };
      case "column":
      case "firstColumn":
        return { stops: () => this.isCommaOfColumns || this.endsClause, passesBlock: false };
      case "parameter":
        return { stops: () => PARAMETER_ENDS.has(this.LA(1).tokenType), passesBlock: false };
      case "field":
        // In the body of a span it belongs to a part.
        if (parent !== "fields") return undefined;
        return { stops: () => this.endsPart(PART_WORDS.field), passesBlock: true };
      case "setMember":
        return { stops: () => this.endsPart(PART_WORDS.setMember), passesBlock: false };
      case "spanPart":
      case "toolPart":
        return { stops: () => this.endsPart(PART_WORDS[rule]), passesBlock: true };
      case "provider":
        return parent === "event"
          ? { stops: () => this.endsPart(PART_WORDS.provider), passesBlock: true }
          : undefined;
      default:
        return undefined;
    }
  }

  private get endsItem(): boolean {
    return this.endsPiece || this.startsDefinition();
  }

  private endsPart(words: readonly TokenType[]): boolean {
    const { tokenType } = this.LA(1);
    if (this.endsPiece || words.includes(tokenType) || this.startsDefinition()) return true;
    return this.isName() && (this.isField || this.is(M.Assign, 2));
  }

  // -------------------------------------------------------------- files

  /** Whether an item other than a query comes next. Skips anything that cannot start an item. */
  protected atItem(): boolean {
    for (;;) {
      if (this.is(EOF)) return false;
      if (this.is(M.Semicolon) || this.startsDefinition() || this.isBrokenDefinition) return true;
      if (this.mendDefinitionWord()) return true;
      if (this.startsQuery) return false;
      const { position } = this;
      if (this.is(M.RCurly)) this.giveUp(NOTHING_TO_CLOSE, () => true);
      else this.giveUp(this.explain("source", []), () => this.endsClause);
      if (this.position === position && !this.is(M.Semicolon)) this.consumeToken();
    }
  }

  /** Reads a stray closing brace after a query as a separator. */
  protected atSeparator(): boolean {
    if (this.is(M.RCurly)) {
      this.giveUp(NOTHING_TO_CLOSE, () => true);
      this.retype(M.Semicolon);
    }
    return true;
  }

  private get startsQuery(): boolean {
    return this.isName() || this.is(Probe) || this.isClauseWord();
  }

  /** Corrects `evnet faults {`: two names and a brace are a definition, whatever the first word is. */
  private mendDefinitionWord(): boolean {
    if (!this.isName() || !this.isName(2)) return false;
    const after = this.LA(3).tokenType;
    const hasParameters = after === M.LParen && this.isName(4) && this.is(M.Colon, 5);
    const isBody = after === M.LCurly || after === M.Assign || after === W.On || after === W.Outermost;
    if (!isBody && !hasParameters) return false;
    const { image } = this.LA(1);
    const meant = DEFINITION_WORDS.find((word) => word === nearest(image, DEFINITION_WORDS)[0]);
    if (meant === undefined) return false;
    this.error({
      code: "misspelled-word",
      message: `\`${image}\` starts no definition`,
      hint: `did you mean \`${meant}\`?`,
      fix: meant,
    });
    this.retype(DEFINITION_TOKENS[meant], meant);
    return true;
  }

  /** Whether this is meant as a definition with something missing: `event faults provider …`, `import lib`. */
  private get isBrokenDefinition(): boolean {
    const { tokenType: type } = this.LA(1);
    if (type === W.Import) return !this.is(EOF, 2) && !this.isClauseWord(2);
    if (type !== W.Event && type !== W.Span && type !== W.Tool) return false;
    const after = this.LA(3).tokenType;
    // Even with a reserved word, or nothing, where the name belongs.
    if (this.is(M.Assign, 2) || after === M.LCurly || after === M.Assign || after === W.Outermost)
      return true;
    return this.isName(2) && after !== M.LParen;
  }

  // -------------------------------------------------------------- bodies

  /** Skips to the next part of a body or to its end. */
  protected atPart(body: Body): boolean {
    for (;;) {
      if (this.is(M.RCurly)) return true;
      if (this.is(EOF) || this.startsDefinition()) this.refuse(this.unclosedBody(this.ownerOfBody(body)));
      if (this.startsPart(body)) return true;
      const { position } = this;
      this.giveUp(this.partExpected(body), () => this.endsPart(BODY_WORDS[body]));
      if (this.position === position) this.consumeToken();
    }
  }

  private ownerOfBody(body: Body): string {
    if (body !== "fields") return this.ownerText(body);
    const distance = this.lastWhere(
      (at) => TRIGGER_WORDS.has(this.LA(at).tokenType) && !this.is(M.Dot, at + 1),
    );
    return `this \`${this.LA(distance).image}\``;
  }

  private startsPart(body: Body): boolean {
    switch (body) {
      case "event":
        return this.is(W.Provider);
      case "span":
      case "set":
      case "fields":
        return this.isName();
      case "tool":
      case "branch":
        return this.is(M.Semicolon) || this.startsQuery;
    }
  }

  private partExpected(body: Body): SyntaxFinding {
    switch (body) {
      case "event":
        return this.expected("`provider`", "an event is made of providers: `provider kprobe:vfs_read { … }`");
      case "set":
        return this.explain("set member", []);
      case "span":
      case "fields":
        if (!this.is(M.Semicolon)) return this.explain("field", []);
        return {
          code: "unexpected-token",
          message: "`;` stands between two queries, not between fields",
          hint: "delete it",
          fix: "",
        };
      case "tool":
      case "branch":
        return this.explain("source", []);
    }
  }

  /** Whether a field comes next, even if its name is a word of the language: `note: string = …`. */
  protected get isField(): boolean {
    return this.is(M.Colon, 2);
  }

  protected get isBranch(): boolean {
    return this.is(W.When);
  }

  /** Inserts the missing keys of a span, without names, so that the rest is read. */
  protected beforeKeys(): void {
    if (this.is(W.On)) return;
    const name = this.LA(0).image;
    this.error({
      code: "missing-key",
      message: `span \`${name}\` has no key`,
      hint: `say what its two sides share: \`span ${name} on tid { … }\``,
    });
    this.insert(W.On, Word);
  }

  protected afterType(): void {
    if (!this.is(M.Star)) return;
    this.refuse({
      code: "pointer-type",
      message: "types are written without `*`",
      hint: "leave it out: pointers are followed for you",
      fix: "",
    });
  }
}

const NOTHING_TO_CLOSE: SyntaxFinding = {
  code: "unexpected-token",
  message: "this `}` closes nothing",
  hint: "delete it",
  fix: "",
};

const DEFINITION_TOKENS = {
  event: W.Event,
  span: W.Span,
  tool: W.Tool,
  import: W.Import,
  enum: W.Enum,
  flags: W.Flags,
} as const;

const TRIGGER_WORDS: ReadonlySet<TokenType> = new Set([W.Provider, W.Begin, W.During, W.End]);
const PARAMETER_ENDS: ReadonlySet<TokenType> = new Set([M.Comma, M.RParen, M.LCurly, M.RCurly]);

/** The words at which skipping a broken part of a body ends. */
const PART_WORDS = {
  provider: [W.Provider],
  spanPart: [W.Begin, W.During, W.End],
  toolPart: [] as readonly TokenType[],
  setMember: [] as readonly TokenType[],
  field: [
    W.Provider,
    W.Begin,
    W.During,
    W.End,
    W.Where,
    W.Note,
    W.Rate,
    W.Unattributed,
    W.Once,
    W.Anew,
    W.Times,
  ],
} as const;

const BODY_WORDS: Readonly<Record<Body, readonly TokenType[]>> = {
  event: PART_WORDS.provider,
  span: PART_WORDS.spanPart,
  set: PART_WORDS.setMember,
  tool: PART_WORDS.toolPart,
  branch: PART_WORDS.toolPart,
  fields: PART_WORDS.field,
};
