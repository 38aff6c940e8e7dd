/** Types for the parts of the library used by `railroad.ts`; it has none of its own. */
declare module "railroad-diagrams" {
  export interface Item {
    toString(): string;
  }
  interface Drawing extends Item {
    format(): Item;
  }
  export function Diagram(...items: Item[]): Drawing;
  export function Sequence(...items: Item[]): Item;
  export function Choice(normal: number, ...items: Item[]): Item;
  export function Optional(item: Item): Item;
  export function OneOrMore(item: Item): Item;
  export function ZeroOrMore(item: Item): Item;
  export function Terminal(text: string): Item;
  export function NonTerminal(text: string): Item;
}
