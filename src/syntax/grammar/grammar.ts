/**
 * The grammar of Faultline. The parser, the EBNF, the railroad diagrams and the types of the parse tree come from it.
 *
 * A `GATE` asks `Mending` whether what comes next is what is meant; there, what is nearly right is corrected and what
 * is wrong is passed over. `ERR_MSG` is the key of an explanation in `parser/explain.ts`.
 */
import { Mending } from "../parser/mending.js";
import { AnyWord, M, Name, NumberToken, Operator, Probe, StringToken, W } from "./tokens.js";

/** The rules that a `///` may stand above. */
export const DOCUMENTED: readonly string[] = ["event", "span", "tool", "field", "parameter", "query"];

/** The rules whose parts stand in any order, each at most once. */
export const IN_ANY_ORDER: readonly string[] = ["clauses", "table", "traits", "columnEnd"];

/** What the notation cannot say. */
export const REMARKS: Readonly<Record<string, string>> = {
  clauses: "a `by` right behind `top` belongs to `top`",
  firstColumn: "The first column starts with a call, or it would be taken for another thing.",
  table: "A query without a source: its columns name the sources they are about.",
};

export class FaultlineParser extends Mending {
  constructor() {
    super();
    this.performSelfAnalysis();
  }

  // ---------------------------------------------------------------- files

  /** Behind a query stands a `;` before the next item. */
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
            this.CONSUME(M.Assign);
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
    this.CONSUME1(Name, { ERR_MSG: "span name" });
    this.ACTION(() => this.beforeKeys());
    this.CONSUME(W.On);
    this.CONSUME2(Name, { ERR_MSG: "key" });
    this.MANY1(() => {
      this.CONSUME(M.Comma);
      this.CONSUME3(Name, { ERR_MSG: "key" });
    });
    this.CONSUME(M.LCurly, { ERR_MSG: "body" });
    this.MANY2({ GATE: () => this.atPart("span"), DEF: () => this.SUBRULE(this.spanPart) });
    this.CONSUME(M.RCurly);
  });

  private spanPart = this.RULE("spanPart", () => {
    this.OR([
      { GATE: () => !this.isField, ALT: () => this.SUBRULE(this.begin) },
      { GATE: () => !this.isField, ALT: () => this.SUBRULE(this.during) },
      { GATE: () => !this.isField, ALT: () => this.SUBRULE(this.end) },
      { ALT: () => this.SUBRULE(this.field) },
    ]);
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
    this.SUBRULE(this.source);
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
          { ALT: () => this.SUBRULE(this.note) },
        ]);
      },
    });
  });

  private rate = this.RULE("rate", () => {
    this.CONSUME(W.Rate);
    this.CONSUME(NumberToken, { ERR_MSG: "rate" });
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

  private type = this.RULE("type", () => {
    this.OR({
      DEF: [
        {
          ALT: () => {
            this.OR2([
              { ALT: () => this.CONSUME(W.Flags) },
              { ALT: () => this.CONSUME(W.Enum) },
              { ALT: () => this.CONSUME(W.Struct) },
            ]);
            this.CONSUME1(Name, { ERR_MSG: "kernel type" });
          },
        },
        { ALT: () => this.CONSUME2(Name), IGNORE_AMBIGUITIES: true },
      ],
      ERR_MSG: "type",
    });
    this.ACTION(() => this.afterType());
  });

  // ---------------------------------------------------------------- queries

  private query = this.RULE("query", () => {
    this.ACTION(() => this.beginQuery());
    this.OR([
      {
        GATE: () => !this.isTable,
        ALT: () => {
          this.OPTION({ GATE: () => this.isOpening, DEF: () => this.CONSUME(W.Open) });
          this.SUBRULE(this.source);
          this.SUBRULE1(this.clauses);
        },
      },
      { ALT: () => this.SUBRULE(this.table) },
    ]);
  });

  private table = this.RULE("table", () => {
    this.AT_LEAST_ONE({ GATE: () => this.atClause(), DEF: () => this.SUBRULE(this.clause) });
  });

  private source = this.RULE("source", () => {
    this.ACTION(() => this.beforeSource());
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(Name) },
        {
          ALT: () => {
            this.CONSUME(Probe);
            this.OPTION(() => this.SUBRULE(this.arguments));
          },
        },
      ],
      ERR_MSG: "source",
    });
    this.ACTION(() => this.afterProbeType());
  });

  private arguments = this.RULE("arguments", () => {
    this.CONSUME(M.LParen);
    this.OPTION(() => {
      this.SUBRULE1(this.argument);
      this.MANY(() => {
        this.CONSUME(M.Comma);
        this.SUBRULE2(this.argument);
      });
    });
    this.CONSUME(M.RParen, { ERR_MSG: "close" });
  });

  private argument = this.RULE("argument", () => {
    this.CONSUME(Name, { ERR_MSG: "argument" });
    this.OPTION(() => {
      this.CONSUME(M.Colon);
      this.SUBRULE(this.type);
    });
  });

  // ---------------------------------------------------------------- clauses

  private clauses = this.RULE("clauses", () => {
    this.MANY({ GATE: () => this.atClause(), DEF: () => this.SUBRULE(this.clause) });
  });

  private clause = this.RULE("clause", () => {
    this.OR([
      { ALT: () => this.SUBRULE(this.aggregates) },
      { ALT: () => this.SUBRULE(this.show) },
      { ALT: () => this.SUBRULE(this.by) },
      { ALT: () => this.SUBRULE(this.where) },
      { ALT: () => this.SUBRULE(this.via) },
      { ALT: () => this.SUBRULE(this.every) },
      { ALT: () => this.SUBRULE(this.top) },
      { ALT: () => this.SUBRULE(this.for) },
    ]);
  });

  private aggregates = this.RULE("aggregates", () => {
    this.SUBRULE(this.firstColumn);
    this.MANY({
      GATE: () => this.atComma(),
      DEF: () => {
        this.CONSUME(M.Comma);
        this.SUBRULE(this.column);
      },
    });
  });

  private show = this.RULE("show", () => {
    this.CONSUME(W.Show);
    this.SUBRULE(this.columns);
  });

  private by = this.RULE("by", () => {
    this.CONSUME(W.By);
    this.SUBRULE(this.columns);
  });

  private where = this.RULE("where", () => {
    this.CONSUME(W.Where);
    this.SUBRULE(this.expression);
  });

  private via = this.RULE("via", () => {
    this.CONSUME(W.Via);
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(Name) }, { ALT: () => this.CONSUME(Probe) }],
      ERR_MSG: "incomplete",
    });
    this.ACTION(() => this.afterProbeType());
  });

  private every = this.RULE("every", () => {
    this.CONSUME(W.Every);
    this.SUBRULE1(this.expression);
    this.OPTION(() => {
      this.CONSUME(W.Header);
      this.SUBRULE2(this.expression);
    });
  });

  private top = this.RULE("top", () => {
    this.CONSUME(W.Top);
    this.SUBRULE1(this.expression);
    this.OPTION(() => {
      this.CONSUME(W.By);
      this.SUBRULE2(this.expression);
      this.ACTION(() => this.afterRank());
    });
  });

  private for = this.RULE("for", () => {
    this.CONSUME(W.For);
    this.SUBRULE(this.expression);
  });

  // ---------------------------------------------------------------- columns

  private columns = this.RULE("columns", () => {
    this.SUBRULE1(this.column);
    this.MANY({
      GATE: () => this.atComma(),
      DEF: () => {
        this.CONSUME(M.Comma);
        this.SUBRULE2(this.column);
      },
    });
  });

  private firstColumn = this.RULE("firstColumn", () => {
    this.ACTION(() => this.markColumn());
    this.SUBRULE(this.call);
    this.MANY1({ GATE: () => this.atSuffix(), DEF: () => this.SUBRULE(this.suffix) });
    this.MANY2({ GATE: () => this.atOperation(), DEF: () => this.SUBRULE(this.operation) });
    this.OPTION(() => this.SUBRULE(this.choice));
    this.SUBRULE(this.columnEnd);
  });

  private column = this.RULE("column", () => {
    this.ACTION(() => this.markColumn());
    this.SUBRULE(this.expression);
    this.SUBRULE(this.columnEnd);
  });

  private columnEnd = this.RULE("columnEnd", () => {
    this.MANY(() => {
      this.OR([{ ALT: () => this.SUBRULE(this.unit) }, { ALT: () => this.SUBRULE(this.title) }]);
    });
  });

  private unit = this.RULE("unit", () => {
    this.CONSUME(W.In);
    this.CONSUME(Name, { ERR_MSG: "incomplete" });
  });

  private title = this.RULE("title", () => {
    this.CONSUME(W.As);
    this.ACTION(() => this.beforeTitle());
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(Name) }, { ALT: () => this.CONSUME(StringToken) }],
      ERR_MSG: "incomplete",
    });
  });

  // ---------------------------------------------------------------- expressions

  /** Flat: how strongly the operators bind is a table (`precedence.ts`), applied when the tree is built. */
  private expression = this.RULE("expression", () => {
    this.ACTION(() => this.enter());
    this.SUBRULE(this.operand);
    this.MANY({ GATE: () => this.atOperation(), DEF: () => this.SUBRULE(this.operation) });
    this.OPTION(() => this.SUBRULE(this.choice));
    this.ACTION(() => this.leave());
  });

  private choice = this.RULE("choice", () => {
    this.CONSUME(M.Question);
    this.SUBRULE1(this.expression);
    this.CONSUME(M.Colon, { ERR_MSG: "no colon" });
    this.SUBRULE2(this.expression);
  });

  private operation = this.RULE("operation", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(Operator);
          this.SUBRULE(this.operand);
        },
      },
      { ALT: () => this.SUBRULE(this.membership) },
    ]);
  });

  private membership = this.RULE("membership", () => {
    this.OPTION1(() => this.CONSUME(W.Not));
    this.CONSUME(W.In);
    this.CONSUME(M.LParen, { ERR_MSG: "list" });
    this.SUBRULE1(this.expression);
    this.MANY({
      GATE: () => !this.is(M.RParen, 2),
      DEF: () => {
        this.CONSUME1(M.Comma);
        this.SUBRULE2(this.expression);
      },
    });
    this.OPTION2(() => this.CONSUME2(M.Comma));
    this.CONSUME(M.RParen, { ERR_MSG: "close" });
  });

  private operand = this.RULE("operand", () => {
    const before = this.ACTION(() => this.position) ?? 0;
    this.MANY1({
      DEF: () => {
        this.ACTION(() => this.enter());
        this.OR([
          { ALT: () => this.CONSUME(W.Not) },
          { ALT: () => this.CONSUME(M.Minus) },
          { ALT: () => this.CONSUME(M.Tilde) },
        ]);
      },
    });
    this.ACTION(() => this.leave(this.position - before));
    this.OR2({
      DEF: [
        {
          ALT: () => {
            this.CONSUME(NumberToken);
            this.ACTION(() => this.afterNumber());
          },
        },
        {
          ALT: () => {
            this.SUBRULE(this.primary);
            this.MANY2({ GATE: () => this.atSuffix(), DEF: () => this.SUBRULE(this.suffix) });
          },
        },
      ],
      ERR_MSG: "value",
    });
  });

  private suffix = this.RULE("suffix", () => {
    this.OR([
      {
        ALT: () => {
          this.CONSUME(M.Dot);
          this.CONSUME(AnyWord, { ERR_MSG: "no field" });
        },
      },
      {
        ALT: () => {
          this.CONSUME(M.LSquare);
          this.SUBRULE(this.expression);
          this.CONSUME(M.RSquare, { ERR_MSG: "close" });
        },
      },
    ]);
  });

  private primary = this.RULE("primary", () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(StringToken) },
        { ALT: () => this.CONSUME(W.True) },
        { ALT: () => this.CONSUME(W.False) },
        { GATE: () => this.isCall, ALT: () => this.SUBRULE(this.call) },
        { GATE: () => !this.startsDefinition(), ALT: () => this.CONSUME(Name) },
        { ALT: () => this.CONSUME(Probe) },
        {
          ALT: () => {
            this.CONSUME(M.LParen);
            this.SUBRULE(this.expression);
            this.CONSUME(M.RParen, { ERR_MSG: "close" });
          },
        },
      ],
      ERR_MSG: "value",
    });
  });

  private call = this.RULE("call", () => {
    this.CONSUME(Name);
    this.CONSUME(M.LParen);
    this.OPTION(() => {
      this.SUBRULE1(this.expression);
      this.MANY(() => {
        this.CONSUME(M.Comma);
        this.SUBRULE2(this.expression);
      });
    });
    this.CONSUME(M.RParen, { ERR_MSG: "close" });
  });
}
