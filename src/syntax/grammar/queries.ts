/** The rules of queries: sources, clauses and columns. */
import { ExpressionRules } from "./expressions.js";
import { M, Name, Probe, StringToken, W } from "./tokens.js";

export abstract class QueryRules extends ExpressionRules {
  // ---------------------------------------------------------------- queries

  protected query = this.RULE("query", () => {
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

  protected table = this.RULE("table", () => {
    this.AT_LEAST_ONE({ GATE: () => this.atClause(), DEF: () => this.SUBRULE(this.clause) });
  });

  protected source = this.RULE("source", () => {
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

  protected arguments = this.RULE("arguments", () => {
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

  protected argument = this.RULE("argument", () => {
    this.CONSUME(Name, { ERR_MSG: "argument" });
    this.OPTION(() => {
      this.CONSUME(M.Colon);
      this.SUBRULE(this.type);
    });
  });

  protected type = this.RULE("type", () => {
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

  // ---------------------------------------------------------------- clauses

  protected clauses = this.RULE("clauses", () => {
    this.MANY({ GATE: () => this.atClause(), DEF: () => this.SUBRULE(this.clause) });
  });

  protected clause = this.RULE("clause", () => {
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

  protected aggregates = this.RULE("aggregates", () => {
    this.SUBRULE(this.firstColumn);
    this.MANY({
      GATE: () => this.atComma(),
      DEF: () => {
        this.CONSUME(M.Comma);
        this.SUBRULE(this.column);
      },
    });
  });

  protected show = this.RULE("show", () => {
    this.CONSUME(W.Show);
    this.SUBRULE(this.columns);
  });

  protected by = this.RULE("by", () => {
    this.CONSUME(W.By);
    this.SUBRULE(this.columns);
  });

  protected where = this.RULE("where", () => {
    this.CONSUME(W.Where);
    this.SUBRULE(this.expression);
  });

  protected via = this.RULE("via", () => {
    this.CONSUME(W.Via);
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(Name) }, { ALT: () => this.CONSUME(Probe) }],
      ERR_MSG: "incomplete",
    });
    this.ACTION(() => this.afterProbeType());
  });

  protected every = this.RULE("every", () => {
    this.CONSUME(W.Every);
    this.SUBRULE1(this.expression);
    this.OPTION(() => {
      this.CONSUME(W.Header);
      this.SUBRULE2(this.expression);
    });
  });

  protected top = this.RULE("top", () => {
    this.CONSUME(W.Top);
    this.SUBRULE1(this.expression);
    this.OPTION(() => {
      this.CONSUME(W.By);
      this.SUBRULE2(this.expression);
      this.ACTION(() => this.afterRank());
    });
  });

  protected for = this.RULE("for", () => {
    this.CONSUME(W.For);
    this.SUBRULE(this.expression);
  });

  // ---------------------------------------------------------------- columns

  protected columns = this.RULE("columns", () => {
    this.SUBRULE1(this.column);
    this.MANY({
      GATE: () => this.atComma(),
      DEF: () => {
        this.CONSUME(M.Comma);
        this.SUBRULE2(this.column);
      },
    });
  });

  protected firstColumn = this.RULE("firstColumn", () => {
    this.ACTION(() => this.markColumn());
    this.SUBRULE(this.call);
    this.MANY1({ GATE: () => this.atSuffix(), DEF: () => this.SUBRULE(this.suffix) });
    this.MANY2({ GATE: () => this.atOperation(), DEF: () => this.SUBRULE(this.operation) });
    this.OPTION(() => this.SUBRULE(this.choice));
    this.SUBRULE(this.columnEnd);
  });

  protected column = this.RULE("column", () => {
    this.ACTION(() => this.markColumn());
    this.SUBRULE(this.expression);
    this.SUBRULE(this.columnEnd);
  });

  protected columnEnd = this.RULE("columnEnd", () => {
    this.MANY(() => {
      this.OR([{ ALT: () => this.SUBRULE(this.unit) }, { ALT: () => this.SUBRULE(this.title) }]);
    });
  });

  protected unit = this.RULE("unit", () => {
    this.CONSUME(W.In);
    this.CONSUME(Name, { ERR_MSG: "incomplete" });
  });

  protected title = this.RULE("title", () => {
    this.CONSUME(W.As);
    this.ACTION(() => this.beforeTitle());
    this.OR({
      DEF: [{ ALT: () => this.CONSUME(Name) }, { ALT: () => this.CONSUME(StringToken) }],
      ERR_MSG: "incomplete",
    });
  });
}
