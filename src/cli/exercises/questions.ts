/** What an exercise asks of who has followed it, and whether an answer is right. */
import { existsSync } from "node:fs";
import { join } from "node:path";
import * as v from "valibot";
import { checkedData } from "../../files/checked-data.js";
import { readText } from "../request/request.js";
import type { Exercise } from "./exercises.js";

export interface Question {
  readonly ask: string;
  /** A number or a name. It is of the recording that comes with the exercise. */
  readonly answer: string;
  /** How it follows from what is seen, once it is answered. */
  readonly why: string;
}

const schema: v.GenericSchema<unknown, readonly Question[]> = v.array(
  v.object({ ask: v.string(), answer: v.string(), why: v.string() }),
);

/** In the order of their numbers, from 1. */
export function questionsOf({ folder }: Exercise): readonly Question[] {
  const path = join(folder, "questions.json");
  return existsSync(path) ? checkedData(schema, JSON.parse(readText(path))) : [];
}

export function isRight({ answer }: Question, given: string): boolean {
  return plain(answer) === plain(given);
}

/** `1,000`, ` 1000 ` and `1000.0` are one number, and `Dd` and "`dd`" one name. */
function plain(text: string): string {
  const bare = text.replace(/[`"'\s]/g, "").toLowerCase();
  const number = Number(bare.replaceAll(",", ""));
  return bare === "" || Number.isNaN(number) ? bare.replace(/\(\)$/, "") : String(number);
}
