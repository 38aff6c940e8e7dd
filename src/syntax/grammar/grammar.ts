/**
 * The grammar of Faultline: files and definitions here, queries and expressions in the base classes. The parser, the
 * EBNF, the railroad diagrams and the types of the parse tree are generated from it.
 *
 * A `GATE` asks `Mending` whether an alternative is intended; `Mending` corrects text that is nearly right and skips
 * text that is wrong. `ERR_MSG` is the key of an explanation in `parser/explain.ts`.
 */
import { QueryRules } from "./queries.js";
import { M, Name, NumberToken, StringToken, W } from "./tokens.js";

export class FaultlineParser extends QueryRules {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  // ---------------------------------------------------------------- files

  /** A `;` separates a query from the next item. */
  file = this.RULE("file", () => {
    this.MANY1({ GATE: () => this.atItem(), DEF: () => this.SUBRULE1(this.item) });
    this.OPTION1(() => {
      this.SUBRULE1(this.query);
      this.MANY2({
        GATE: () => this.atSeparator(),
        DEF: () => {
          this.CONSUME(M.Semicolon);
          this.MANY3({ GATE: () => this.atItem(), DEF: () => this.SUBRULE2(this.item) });
          this.OPTION2(() => this.SUBRULE2(this.query));
        },
      });
    });
  });

  private item = this.RULE("item", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.import) },
      { ALT: () => this.SUBRULE(this.event) },
      { ALT: () => this.SUBRULE(this.span) },
      { ALT: () => this.SUBRULE(this.tool) },
      { ALT: () => this.SUBRULE(this.set) },
      { ALT: () => this.CONSUME(M.Semicolon) },
    ]);
  });

  private import = this.RULE("import", () => {
    this.CONSUME(W.Import);
    this.CONSUME(StringToken, { ERR_MSG: "import" });
  });

  // ---------------------------------------------------------------- definitions

  private event = this.RULE("event", () => {
    this.CONSUME(W.Event);
    this.CONSUME(Name, { ERR_MSG: "event name" });
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(M.LCurly);
            this.MANY1({ GATE: () => this.atPart("event"), DEF: () => this.SUBRULE(this.provider) });
            this.CONSUME(M.RCurly);
          },
        },
        {
          ALT: () => {
            this.OPTION(() => this.CONSUME(W.Outermost));
            this.CONSUME(M.Assign, { ERR_MSG: "members" });
            this.SUBRULE1(this.member);
            this.MANY2(() => {
              this.CONSUME(M.Bar);
              this.SUBRULE2(this.member);
            });
          },
        },
      ],
      ERR_MSG: "body",
    });
  });

  private member = this.RULE("member", () => {
    this.CONSUME(Name, { ERR_MSG: "member" });
    this.OPTION(() => this.CONSUME(M.Question));
  });

  private span = this.RULE("span", () => {
    this.CONSUME(W.Span);
    this.CONSUME(Name, { ERR_MSG: "span name" });
    this.ACTION(() => this.beforeKeys());
    this.CONSUME(W.On);
    this.SUBRULE(this.keys);
    this.CONSUME(M.LCurly, { ERR_MSG: "body" });
    this.MANY2({ GATE: () => this.atPart("span"), DEF: () => this.SUBRULE(this.spanPart) });
    this.CONSUME(M.RCurly);
  });

  /** A range stands behind the other keys. */
  private keys = this.RULE("keys", () => {
    this.OR({
      DEF: [
        { GATE: () => this.is(M.LParen, 2), ALT: () => this.SUBRULE1(this.range) },
        {
          ALT: () => {
            this.CONSUME1(Name, { ERR_MSG: "key" });
            this.MANY({
              GATE: () => !this.is(M.LParen, 3),
              DEF: () => {
                this.CONSUME1(M.Comma);
                this.CONSUME2(Name, { ERR_MSG: "key" });
              },
            });
            this.OPTION(() => {
              this.CONSUME2(M.Comma);
              this.SUBRULE2(this.range);
            });
          },
        },
      ],
      ERR_MSG: "key",
    });
  });

  private range = this.RULE("range", () => {
    this.CONSUME(W.Range);
    this.CONSUME(M.LParen);
    this.CONSUME1(Name, { ERR_MSG: "range" });
    this.CONSUME1(M.Comma, { ERR_MSG: "range" });
    this.CONSUME2(Name, { ERR_MSG: "range" });
    this.OPTION(() => {
      this.CONSUME2(M.Comma);
      this.CONSUME3(Name, { ERR_MSG: "range" });
    });
    this.CONSUME(M.RParen, { ERR_MSG: "close" });
  });

  private spanPart = this.RULE("spanPart", () => {
    this.OR([
      { GATE: () => !this.isField, ALT: () => this.SUBRULE(this.begin) },
      { GATE: () => !this.isField, ALT: () => this.SUBRULE(this.during) },
      { GATE: () => !this.isField, ALT: () => this.SUBRULE(this.end) },
      { ALT: () => this.SUBRULE(this.field) },
    ]);
  });

  private set = this.RULE("set", () => {
    this.OR([{ ALT: () => this.CONSUME(W.Enum) }, { ALT: () => this.CONSUME(W.Flags) }]);
    this.CONSUME(Name, { ERR_MSG: "set name" });
    this.CONSUME(M.LCurly, { ERR_MSG: "body" });
    this.MANY({ GATE: () => this.atPart("set"), DEF: () => this.SUBRULE(this.setMember) });
    this.CONSUME(M.RCurly);
  });

  private setMember = this.RULE("setMember", () => {
    this.CONSUME(Name, { ERR_MSG: "set member" });
    this.CONSUME(M.Assign, { ERR_MSG: "no number" });
    this.SUBRULE(this.expression);
    this.OPTION(() => this.CONSUME(M.Comma));
  });

  private tool = this.RULE("tool", () => {
    this.CONSUME(W.Tool);
    this.CONSUME(Name, { ERR_MSG: "tool name" });
    this.OPTION1(() => this.SUBRULE(this.parameters));
    this.CONSUME(M.LCurly, { ERR_MSG: "body" });
    this.MANY1({ GATE: () => this.atPart("tool"), DEF: () => this.SUBRULE1(this.toolPart) });
    this.OPTION2(() => {
      this.SUBRULE1(this.query);
      this.MANY2(() => {
        this.CONSUME(M.Semicolon);
        this.MANY3({ GATE: () => this.atPart("tool"), DEF: () => this.SUBRULE2(this.toolPart) });
        this.OPTION3(() => this.SUBRULE2(this.query));
      });
    });
    this.CONSUME(M.RCurly, { ERR_MSG: "unclosed body" });
  });

  private toolPart = this.RULE("toolPart", () => {
    this.OR([
      { GATE: () => this.isBranch, ALT: () => this.SUBRULE(this.branch) },
      { ALT: () => this.CONSUME(M.Semicolon) },
    ]);
  });

  private branch = this.RULE("branch", () => {
    this.CONSUME(W.When);
    this.SUBRULE(this.expression);
    this.CONSUME(M.LCurly, { ERR_MSG: "body" });
    this.OPTION1({ GATE: () => this.atPart("branch"), DEF: () => this.SUBRULE1(this.query) });
    this.MANY(() => {
      this.CONSUME(M.Semicolon);
      this.OPTION2({ GATE: () => this.atPart("branch"), DEF: () => this.SUBRULE2(this.query) });
    });
    this.CONSUME(M.RCurly, { ERR_MSG: "unclosed body" });
  });

  private parameters = this.RULE("parameters", () => {
    this.CONSUME(M.LParen);
    this.OPTION1(() => {
      this.SUBRULE1(this.parameter);
      this.MANY({
        GATE: () => !this.is(M.RParen, 2),
        DEF: () => {
          this.CONSUME1(M.Comma);
          this.SUBRULE2(this.parameter);
        },
      });
      this.OPTION2(() => this.CONSUME2(M.Comma));
    });
    this.CONSUME(M.RParen, { ERR_MSG: "close" });
  });

  private parameter = this.RULE("parameter", () => {
    this.CONSUME(Name, { ERR_MSG: "parameter" });
    this.CONSUME(M.Colon, { ERR_MSG: "no type" });
    this.SUBRULE(this.type);
    this.OPTION(() => {
      this.CONSUME(M.Assign);
      this.SUBRULE(this.expression);
    });
  });

  // ---------------------------------------------------------------- providers and fields

  private provider = this.RULE("provider", () => {
    this.CONSUME(W.Provider);
    this.SUBRULE(this.trigger);
  });

  private begin = this.RULE("begin", () => {
    this.CONSUME(W.Begin);
    this.SUBRULE(this.trigger);
  });

  private during = this.RULE("during", () => {
    this.CONSUME(W.During);
    this.SUBRULE(this.trigger);
  });

  private end = this.RULE("end", () => {
    this.CONSUME(W.End);
    this.SUBRULE(this.trigger);
  });

  private trigger = this.RULE("trigger", () => {
    this.SUBRULE1(this.source);
    this.MANY(() => {
      this.CONSUME(M.Comma);
      this.SUBRULE2(this.source);
    });
    this.SUBRULE(this.traits);
    this.OPTION(() => this.SUBRULE(this.fields));
  });

  private traits = this.RULE("traits", () => {
    this.MANY({
      GATE: () => !this.isField,
      DEF: () => {
        this.OR([
          { ALT: () => this.SUBRULE(this.where) },
          { ALT: () => this.SUBRULE(this.rate) },
          { ALT: () => this.CONSUME(W.Unattributed) },
          { ALT: () => this.SUBRULE(this.repeat) },
          { ALT: () => this.SUBRULE(this.times) },
          { ALT: () => this.SUBRULE(this.note) },
        ]);
      },
    });
  });

  private rate = this.RULE("rate", () => {
    this.CONSUME(W.Rate);
    this.CONSUME(NumberToken, { ERR_MSG: "rate" });
  });

  private repeat = this.RULE("repeat", () => {
    this.OR([{ ALT: () => this.CONSUME(W.Once) }, { ALT: () => this.CONSUME(W.Anew) }]);
  });

  private times = this.RULE("times", () => {
    this.CONSUME(W.Times);
    this.SUBRULE(this.expression);
    this.OPTION(() => {
      this.CONSUME(W.As);
      this.CONSUME(Name, { ERR_MSG: "index" });
    });
  });

  private note = this.RULE("note", () => {
    this.CONSUME(W.Note);
    this.CONSUME(StringToken, { ERR_MSG: "note" });
  });

  private fields = this.RULE("fields", () => {
    this.CONSUME(M.LCurly);
    this.MANY({ GATE: () => this.atPart("fields"), DEF: () => this.SUBRULE(this.field) });
    this.CONSUME(M.RCurly);
  });

  private field = this.RULE("field", () => {
    this.CONSUME(Name, { ERR_MSG: "field" });
    this.CONSUME(M.Colon, { ERR_MSG: "no type" });
    this.SUBRULE(this.type);
    this.CONSUME(M.Assign, { ERR_MSG: "no value" });
    this.SUBRULE(this.expression);
    this.OPTION(() => this.CONSUME(M.Comma));
  });
}
