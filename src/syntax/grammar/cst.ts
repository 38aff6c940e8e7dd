/** The parse tree of the grammar, written from it by `npm run grammar`. */
import type { CstNode, IToken } from "chevrotain";

export interface ExpressionCstNode extends CstNode {
  name: "expression";
  children: ExpressionCstChildren;
}

export type ExpressionCstChildren = {
  operand: OperandCstNode[];
  operation?: OperationCstNode[];
  choice?: ChoiceCstNode[];
};

export interface ChoiceCstNode extends CstNode {
  name: "choice";
  children: ChoiceCstChildren;
}

export type ChoiceCstChildren = {
  Question: IToken[];
  expression: ExpressionCstNode[];
  Colon: IToken[];
};

export interface OperationCstNode extends CstNode {
  name: "operation";
  children: OperationCstChildren;
}

export type OperationCstChildren = {
  Operator?: IToken[];
  operand?: OperandCstNode[];
  membership?: MembershipCstNode[];
};

export interface MembershipCstNode extends CstNode {
  name: "membership";
  children: MembershipCstChildren;
}

export type MembershipCstChildren = {
  Not?: IToken[];
  In: IToken[];
  LParen: IToken[];
  expression: ExpressionCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface OperandCstNode extends CstNode {
  name: "operand";
  children: OperandCstChildren;
}

export type OperandCstChildren = {
  Not?: IToken[];
  Minus?: IToken[];
  Tilde?: IToken[];
  Number?: IToken[];
  primary?: PrimaryCstNode[];
  suffix?: SuffixCstNode[];
};

export interface SuffixCstNode extends CstNode {
  name: "suffix";
  children: SuffixCstChildren;
}

export type SuffixCstChildren = {
  Dot?: IToken[];
  AnyWord?: IToken[];
  LSquare?: IToken[];
  expression?: ExpressionCstNode[];
  RSquare?: IToken[];
};

export interface PrimaryCstNode extends CstNode {
  name: "primary";
  children: PrimaryCstChildren;
}

export type PrimaryCstChildren = {
  String?: IToken[];
  True?: IToken[];
  False?: IToken[];
  Name?: IToken[];
  values?: ValuesCstNode[];
  Probe?: IToken[];
  LParen?: IToken[];
  expression?: ExpressionCstNode[];
  RParen?: IToken[];
};

export interface CallCstNode extends CstNode {
  name: "call";
  children: CallCstChildren;
}

export type CallCstChildren = {
  Name: IToken[];
  values: ValuesCstNode[];
};

export interface ValuesCstNode extends CstNode {
  name: "values";
  children: ValuesCstChildren;
}

export type ValuesCstChildren = {
  LParen: IToken[];
  expression?: ExpressionCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface QueryCstNode extends CstNode {
  name: "query";
  children: QueryCstChildren;
}

export type QueryCstChildren = {
  Open?: IToken[];
  source?: SourceCstNode[];
  clauses?: ClausesCstNode[];
  table?: TableCstNode[];
};

export interface TableCstNode extends CstNode {
  name: "table";
  children: TableCstChildren;
}

export type TableCstChildren = {
  clause: ClauseCstNode[];
};

export interface SourceCstNode extends CstNode {
  name: "source";
  children: SourceCstChildren;
}

export type SourceCstChildren = {
  Name?: IToken[];
  Probe?: IToken[];
  arguments?: ArgumentsCstNode[];
};

export interface ArgumentsCstNode extends CstNode {
  name: "arguments";
  children: ArgumentsCstChildren;
}

export type ArgumentsCstChildren = {
  LParen: IToken[];
  argument?: ArgumentCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface ArgumentCstNode extends CstNode {
  name: "argument";
  children: ArgumentCstChildren;
}

export type ArgumentCstChildren = {
  Name: IToken[];
  Colon?: IToken[];
  type?: TypeCstNode[];
};

export interface TypeCstNode extends CstNode {
  name: "type";
  children: TypeCstChildren;
}

export type TypeCstChildren = {
  Flags?: IToken[];
  Enum?: IToken[];
  Struct?: IToken[];
  Name?: IToken[];
};

export interface ClausesCstNode extends CstNode {
  name: "clauses";
  children: ClausesCstChildren;
}

export type ClausesCstChildren = {
  clause?: ClauseCstNode[];
};

export interface ClauseCstNode extends CstNode {
  name: "clause";
  children: ClauseCstChildren;
}

export type ClauseCstChildren = {
  aggregates?: AggregatesCstNode[];
  show?: ShowCstNode[];
  by?: ByCstNode[];
  where?: WhereCstNode[];
  via?: ViaCstNode[];
  every?: EveryCstNode[];
  top?: TopCstNode[];
  for?: ForCstNode[];
};

export interface AggregatesCstNode extends CstNode {
  name: "aggregates";
  children: AggregatesCstChildren;
}

export type AggregatesCstChildren = {
  firstColumn: FirstColumnCstNode[];
  Comma?: IToken[];
  column?: ColumnCstNode[];
};

export interface ShowCstNode extends CstNode {
  name: "show";
  children: ShowCstChildren;
}

export type ShowCstChildren = {
  Show: IToken[];
  columns: ColumnsCstNode[];
};

export interface ByCstNode extends CstNode {
  name: "by";
  children: ByCstChildren;
}

export type ByCstChildren = {
  By: IToken[];
  columns: ColumnsCstNode[];
};

export interface WhereCstNode extends CstNode {
  name: "where";
  children: WhereCstChildren;
}

export type WhereCstChildren = {
  Where: IToken[];
  expression: ExpressionCstNode[];
};

export interface ViaCstNode extends CstNode {
  name: "via";
  children: ViaCstChildren;
}

export type ViaCstChildren = {
  Via: IToken[];
  Name?: IToken[];
  Probe?: IToken[];
};

export interface EveryCstNode extends CstNode {
  name: "every";
  children: EveryCstChildren;
}

export type EveryCstChildren = {
  Every: IToken[];
  expression: ExpressionCstNode[];
  Header?: IToken[];
};

export interface TopCstNode extends CstNode {
  name: "top";
  children: TopCstChildren;
}

export type TopCstChildren = {
  Top: IToken[];
  expression: ExpressionCstNode[];
  By?: IToken[];
};

export interface ForCstNode extends CstNode {
  name: "for";
  children: ForCstChildren;
}

export type ForCstChildren = {
  For: IToken[];
  expression: ExpressionCstNode[];
};

export interface ColumnsCstNode extends CstNode {
  name: "columns";
  children: ColumnsCstChildren;
}

export type ColumnsCstChildren = {
  column: ColumnCstNode[];
  Comma?: IToken[];
};

export interface FirstColumnCstNode extends CstNode {
  name: "firstColumn";
  children: FirstColumnCstChildren;
}

export type FirstColumnCstChildren = {
  call: CallCstNode[];
  suffix?: SuffixCstNode[];
  operation?: OperationCstNode[];
  choice?: ChoiceCstNode[];
  columnEnd: ColumnEndCstNode[];
};

export interface ColumnCstNode extends CstNode {
  name: "column";
  children: ColumnCstChildren;
}

export type ColumnCstChildren = {
  expression: ExpressionCstNode[];
  columnEnd: ColumnEndCstNode[];
};

export interface ColumnEndCstNode extends CstNode {
  name: "columnEnd";
  children: ColumnEndCstChildren;
}

export type ColumnEndCstChildren = {
  unit?: UnitCstNode[];
  title?: TitleCstNode[];
};

export interface UnitCstNode extends CstNode {
  name: "unit";
  children: UnitCstChildren;
}

export type UnitCstChildren = {
  In: IToken[];
  Name: IToken[];
};

export interface TitleCstNode extends CstNode {
  name: "title";
  children: TitleCstChildren;
}

export type TitleCstChildren = {
  As: IToken[];
  Name?: IToken[];
  String?: IToken[];
};

export interface FileCstNode extends CstNode {
  name: "file";
  children: FileCstChildren;
}

export type FileCstChildren = {
  item?: ItemCstNode[];
  query?: QueryCstNode[];
  Semicolon?: IToken[];
};

export interface ItemCstNode extends CstNode {
  name: "item";
  children: ItemCstChildren;
}

export type ItemCstChildren = {
  import?: ImportCstNode[];
  event?: EventCstNode[];
  span?: SpanCstNode[];
  tool?: ToolCstNode[];
  set?: SetCstNode[];
  Semicolon?: IToken[];
};

export interface ImportCstNode extends CstNode {
  name: "import";
  children: ImportCstChildren;
}

export type ImportCstChildren = {
  Import: IToken[];
  String: IToken[];
};

export interface EventCstNode extends CstNode {
  name: "event";
  children: EventCstChildren;
}

export type EventCstChildren = {
  Event: IToken[];
  Name: IToken[];
  LCurly?: IToken[];
  provider?: ProviderCstNode[];
  RCurly?: IToken[];
  Outermost?: IToken[];
  Assign?: IToken[];
  member?: MemberCstNode[];
  Bar?: IToken[];
};

export interface MemberCstNode extends CstNode {
  name: "member";
  children: MemberCstChildren;
}

export type MemberCstChildren = {
  Name: IToken[];
  Question?: IToken[];
};

export interface SpanCstNode extends CstNode {
  name: "span";
  children: SpanCstChildren;
}

export type SpanCstChildren = {
  Span: IToken[];
  Name: IToken[];
  On: IToken[];
  keys: KeysCstNode[];
  LCurly: IToken[];
  spanPart?: SpanPartCstNode[];
  RCurly: IToken[];
};

export interface KeysCstNode extends CstNode {
  name: "keys";
  children: KeysCstChildren;
}

export type KeysCstChildren = {
  range?: RangeCstNode[];
  Name?: IToken[];
  Comma?: IToken[];
};

export interface RangeCstNode extends CstNode {
  name: "range";
  children: RangeCstChildren;
}

export type RangeCstChildren = {
  Range: IToken[];
  LParen: IToken[];
  Name: IToken[];
  Comma: IToken[];
  RParen: IToken[];
};

export interface SpanPartCstNode extends CstNode {
  name: "spanPart";
  children: SpanPartCstChildren;
}

export type SpanPartCstChildren = {
  begin?: BeginCstNode[];
  during?: DuringCstNode[];
  end?: EndCstNode[];
  field?: FieldCstNode[];
};

export interface SetCstNode extends CstNode {
  name: "set";
  children: SetCstChildren;
}

export type SetCstChildren = {
  Enum?: IToken[];
  Flags?: IToken[];
  Name: IToken[];
  LCurly: IToken[];
  setMember?: SetMemberCstNode[];
  RCurly: IToken[];
};

export interface SetMemberCstNode extends CstNode {
  name: "setMember";
  children: SetMemberCstChildren;
}

export type SetMemberCstChildren = {
  Name: IToken[];
  Assign: IToken[];
  expression: ExpressionCstNode[];
  Comma?: IToken[];
};

export interface ToolCstNode extends CstNode {
  name: "tool";
  children: ToolCstChildren;
}

export type ToolCstChildren = {
  Tool: IToken[];
  Name: IToken[];
  parameters?: ParametersCstNode[];
  LCurly: IToken[];
  toolPart?: ToolPartCstNode[];
  query?: QueryCstNode[];
  Semicolon?: IToken[];
  RCurly: IToken[];
};

export interface ToolPartCstNode extends CstNode {
  name: "toolPart";
  children: ToolPartCstChildren;
}

export type ToolPartCstChildren = {
  branch?: BranchCstNode[];
  Semicolon?: IToken[];
};

export interface BranchCstNode extends CstNode {
  name: "branch";
  children: BranchCstChildren;
}

export type BranchCstChildren = {
  When: IToken[];
  expression: ExpressionCstNode[];
  LCurly: IToken[];
  query?: QueryCstNode[];
  Semicolon?: IToken[];
  RCurly: IToken[];
};

export interface ParametersCstNode extends CstNode {
  name: "parameters";
  children: ParametersCstChildren;
}

export type ParametersCstChildren = {
  LParen: IToken[];
  parameter?: ParameterCstNode[];
  Comma?: IToken[];
  RParen: IToken[];
};

export interface ParameterCstNode extends CstNode {
  name: "parameter";
  children: ParameterCstChildren;
}

export type ParameterCstChildren = {
  Name: IToken[];
  Colon: IToken[];
  type: TypeCstNode[];
  Assign?: IToken[];
  expression?: ExpressionCstNode[];
};

export interface ProviderCstNode extends CstNode {
  name: "provider";
  children: ProviderCstChildren;
}

export type ProviderCstChildren = {
  Provider: IToken[];
  trigger: TriggerCstNode[];
};

export interface BeginCstNode extends CstNode {
  name: "begin";
  children: BeginCstChildren;
}

export type BeginCstChildren = {
  Begin: IToken[];
  trigger: TriggerCstNode[];
};

export interface DuringCstNode extends CstNode {
  name: "during";
  children: DuringCstChildren;
}

export type DuringCstChildren = {
  During: IToken[];
  trigger: TriggerCstNode[];
};

export interface EndCstNode extends CstNode {
  name: "end";
  children: EndCstChildren;
}

export type EndCstChildren = {
  End: IToken[];
  trigger: TriggerCstNode[];
};

export interface TriggerCstNode extends CstNode {
  name: "trigger";
  children: TriggerCstChildren;
}

export type TriggerCstChildren = {
  source: SourceCstNode[];
  Comma?: IToken[];
  traits: TraitsCstNode[];
  fields?: FieldsCstNode[];
};

export interface TraitsCstNode extends CstNode {
  name: "traits";
  children: TraitsCstChildren;
}

export type TraitsCstChildren = {
  where?: WhereCstNode[];
  rate?: RateCstNode[];
  Unattributed?: IToken[];
  repeat?: RepeatCstNode[];
  times?: TimesCstNode[];
  note?: NoteCstNode[];
};

export interface RateCstNode extends CstNode {
  name: "rate";
  children: RateCstChildren;
}

export type RateCstChildren = {
  Rate: IToken[];
  Number: IToken[];
};

export interface RepeatCstNode extends CstNode {
  name: "repeat";
  children: RepeatCstChildren;
}

export type RepeatCstChildren = {
  Once?: IToken[];
  Anew?: IToken[];
};

export interface TimesCstNode extends CstNode {
  name: "times";
  children: TimesCstChildren;
}

export type TimesCstChildren = {
  Times: IToken[];
  expression: ExpressionCstNode[];
  As?: IToken[];
  Name?: IToken[];
};

export interface NoteCstNode extends CstNode {
  name: "note";
  children: NoteCstChildren;
}

export type NoteCstChildren = {
  Note: IToken[];
  String: IToken[];
};

export interface FieldsCstNode extends CstNode {
  name: "fields";
  children: FieldsCstChildren;
}

export type FieldsCstChildren = {
  LCurly: IToken[];
  field?: FieldCstNode[];
  RCurly: IToken[];
};

export interface FieldCstNode extends CstNode {
  name: "field";
  children: FieldCstChildren;
}

export type FieldCstChildren = {
  Name: IToken[];
  Colon: IToken[];
  type: TypeCstNode[];
  Assign: IToken[];
  expression: ExpressionCstNode[];
  Comma?: IToken[];
};
