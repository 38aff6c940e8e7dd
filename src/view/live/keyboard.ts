/** Single keys from a terminal, and the action of each. */
import { emitKeypressEvents, type Key } from "node:readline";
import type { ReadStream } from "node:tty";

export type KeyAction =
  "pause" | "next column" | "previous column" | "reverse" | "quit" | "interrupt" | "stop";

const ACTIONS: Readonly<Record<string, KeyAction>> = {
  space: "pause",
  p: "pause",
  s: "next column",
  right: "next column",
  left: "previous column",
  r: "reverse",
  q: "quit",
};

/** Keys with Ctrl, for which a terminal in raw mode sends no signals. */
const CTRL_ACTIONS: Readonly<Record<string, KeyAction>> = { c: "interrupt", z: "stop" };

/** Reads keys until the returned function is called. */
export function listenForKeys(stream: ReadStream, onAction: (action: KeyAction) => void): () => void {
  const pressed = (_: string | undefined, { name = "", ctrl }: Key): void => {
    const action = (ctrl ? CTRL_ACTIONS : ACTIONS)[name];
    if (action) onAction(action);
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
