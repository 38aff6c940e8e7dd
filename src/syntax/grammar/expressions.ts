/** The rules of expressions. */
import { Mending } from "../parser/mending.js";
import { AnyWord, M, Name, NumberToken, Operator, Probe, StringToken, W } from "./tokens.js";

export abstract class ExpressionRules extends Mending {
  /** A flat list of operations; the precedence table (`precedence.ts`) is applied when the tree is built. */
  protected expression = this.RULE("expression", () => {
    this.ACTION(() => this.enter());
    this.SUBRULE(this.operand);
    this.MANY({ GATE: () => this.atOperation(), DEF: () => this.SUBRULE(this.operation) });
    this.OPTION(() => this.SUBRULE(this.choice));
    this.ACTION(() => this.leave());
  });

  protected choice = this.RULE("choice", () => {
    this.CONSUME(M.Question);
    this.SUBRULE1(this.expression);
    this.CONSUME(M.Colon, { ERR_MSG: "no colon" });
    this.SUBRULE2(this.expression);
  });

  protected operation = this.RULE("operation", () => {
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

  protected membership = this.RULE("membership", () => {
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

  protected operand = this.RULE("operand", () => {
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

  protected suffix = this.RULE("suffix", () => {
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

  protected primary = this.RULE("primary", () => {
    this.OR({
      DEF: [
        { ALT: () => this.CONSUME(StringToken) },
        { ALT: () => this.CONSUME(W.True) },
        { ALT: () => this.CONSUME(W.False) },
        {
          GATE: () => !this.startsDefinition(),
          ALT: () => {
            this.CONSUME(Name);
            this.OPTION(() => this.SUBRULE(this.values));
          },
        },
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

  protected call = this.RULE("call", () => {
    this.CONSUME(Name);
    this.SUBRULE(this.values);
  });

  protected values = this.RULE("values", () => {
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
