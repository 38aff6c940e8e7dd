/** Single keys from a terminal, and the action of each. */
import { emitKeypressEvents, type Key } from "node:readline";
import type { ReadStream } from "node:tty";

export type KeyAction =
  | "pause"
  | "next column"
  | "previous column"
  | "reverse"
  | "help"
  | "filter"
  | "up"
  | "down"
  | "page up"
  | "page down"
  | "first row"
  | "quit"
  | "interrupt"
  | "stop";

export interface KeyListener {
  /** Whether keys are text at the moment. */
  readonly isTyping: () => boolean;
  readonly onText: (text: string | undefined, name: string) => void;
  readonly onDigit: (digit: number) => void;
  readonly onAction: (action: KeyAction) => void;
}

const ACTIONS: Readonly<Record<string, KeyAction>> = {
  space: "pause",
  p: "pause",
  s: "next column",
  right: "next column",
  left: "previous column",
  r: "reverse",
  q: "quit",
  h: "help",
  up: "up",
  down: "down",
  pageup: "page up",
  pagedown: "page down",
  home: "first row",
};

/** Keys that readline has no name for. */
const SIGNS: Readonly<Record<string, KeyAction>> = { "?": "help", "/": "filter" };

/** Keys with Ctrl, for which a terminal in raw mode sends no signals. */
const CTRL_ACTIONS: Readonly<Record<string, KeyAction>> = { c: "interrupt", z: "stop" };

/** Reads keys until the returned function is called. */
export function listenForKeys(stream: ReadStream, listener: KeyListener): () => void {
  const pressed = (text: string | undefined, { name = "", ctrl }: Key): void => {
    if (!ctrl && listener.isTyping()) {
      listener.onText(text, name);
      return;
    }
    const action = (ctrl ? CTRL_ACTIONS : ACTIONS)[name] ?? SIGNS[text ?? ""];
    if (action) listener.onAction(action);
    else if (/^[1-9]$/.test(text ?? "")) listener.onDigit(Number(text));
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
