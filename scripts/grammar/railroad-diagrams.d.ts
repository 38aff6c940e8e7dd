/** The library has no types of its own: what `railroad.ts` uses of it. */
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
