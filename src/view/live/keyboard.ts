/** Single keys from a terminal: what each asks for. */
import { emitKeypressEvents, type Key } from "node:readline";
import type { ReadStream } from "node:tty";

export type Wish = "pause" | "next column" | "previous column" | "reverse" | "quit" | "interrupt" | "stop";

const WISHES: Readonly<Record<string, Wish>> = {
  space: "pause",
  p: "pause",
  s: "next column",
  right: "next column",
  left: "previous column",
  r: "reverse",
  q: "quit",
};

/** With Ctrl: in raw mode the terminal makes no signals of them. */
const SIGNALS: Readonly<Record<string, Wish>> = { c: "interrupt", z: "stop" };

/** Takes the keys until the function that it returns is called. */
export function listenForKeys(stream: ReadStream, onWish: (wish: Wish) => void): () => void {
  const pressed = (_: string | undefined, { name = "", ctrl }: Key): void => {
    const wish = (ctrl ? SIGNALS : WISHES)[name];
    if (wish) onWish(wish);
  };
  emitKeypressEvents(stream);
  stream.setRawMode(true);
  stream.on("keypress", pressed);
  stream.resume();
  return () => {
    stream.off("keypress", pressed);
    stream.setRawMode(false);
    stream.pause();
  };
}
