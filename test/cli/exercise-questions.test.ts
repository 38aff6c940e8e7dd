/** The questions of the exercises: every answer is worked out from the recording, and only that is right. */
import { afterEach, describe, expect, it, vi } from "vitest";
import { exercise } from "../../src/cli/commands/exercise.js";
import { readExercises } from "../../src/cli/exercises/exercises.js";
import { questionsOf } from "../../src/cli/exercises/questions.js";
import { faultline } from "./faultline.js";

interface Bucket {
  readonly min: number;
  readonly count: number;
}
type Values = Readonly<Record<string, unknown>>;
interface Replayed {
  readonly results: readonly { readonly query: string }[];
  readonly rows: readonly { readonly result: number; readonly time?: string; readonly values: Values }[];
}

afterEach(() => vi.restoreAllMocks());

const numbers = (rows: readonly Values[], column: string): readonly number[] =>
  rows.map((values) => Number(values[column]));
const sum = (all: readonly number[]): number => all.reduce((total, each) => total + each, 0);
const buckets = (value: unknown): readonly Bucket[] => value as readonly Bucket[];
const most = (rows: readonly Values[], column: string): Values | undefined =>
  [...rows].sort((a, b) => Number(b[column]) - Number(a[column]))[0];
const through = (rows: readonly Values[], frame: string): number =>
  sum(
    numbers(
      rows.filter(({ ustack }) => new RegExp(`^${frame}\\+`, "m").test(String(ustack))),
      "count()",
    ),
  );
const histogramOf = ({ results, rows }: Replayed, query: RegExp): number => {
  const result = results.findIndex((each) => query.test(each.query));
  const [hist] = rows.filter((row) => row.result === result).map(({ values }) => Object.values(values)[0]);
  return sum(buckets(hist).map(({ count }) => count));
};

/** By exercise: what the recording says, question by question. */
const WORKED_OUT: readonly ((replayed: Replayed, rows: readonly Values[]) => readonly (string | number)[])[] =
  [
    (replayed, rows) => [
      rows.filter((values) => Number(values["D-RECLAIMms"]) > 0).length,
      histogramOf(replayed, /^memcg/) > histogramOf(replayed, /^direct/) ? "cgroup" : "direct",
    ],
    ({ results }) => {
      const [, every, header] = /^every (\d+)ms header (\d+) /.exec(results[0]?.query ?? "") ?? [];
      return [Number(header), Number(every)];
    },
    (_, rows) => [through(rows, "load_font"), through(rows, "main")],
    (_, rows) => {
      const callees = ["load_fonts", "make_index", "read_settings"].map((fn) => ({
        fn,
        count: through(rows, fn),
      }));
      return [
        String(most(callees, "count")?.["fn"]),
        Math.round((100 * through(rows, "insert_word")) / sum(numbers(callees, "count"))),
      ];
    },
    (_, rows) => [
      String(most(rows, "sum(bytes)")?.["comm"]),
      sum(
        numbers(
          rows.filter(({ comm }) => comm === "awk"),
          "count()",
        ),
      ),
    ],
    (_, rows) => {
      expect(new Set(numbers(rows, "bytes")).size).toBe(1);
      return [Number(rows[0]?.["bytes"]) / 1024, new Set(numbers(rows, "pid")).size];
    },
    (_, [only]) => [
      Number(only?.["count()"]),
      sum(buckets(only?.["hist(latency)"]).flatMap(({ min, count }) => (min >= 8_388_608 ? [count] : []))),
    ],
    (_, rows) => {
      const first = most(rows, "count()");
      return [
        String(first?.["shrinker"]),
        Math.round(Number(first?.["sum(latency) (us)"]) / Number(first?.["count()"])),
      ];
    },
    (_, rows) => [Number(rows.at(-1)?.["count()"]), /^\w+/.exec(String(rows.at(-1)?.["ustack"]))?.[0] ?? ""],
    (_, rows) => [
      rows.filter((values) => Number(values["count()"]) > 0).length,
      Math.max(...numbers(rows, "count()").filter((count) => count > 0)),
    ],
  ];

async function answered(
  which: number,
  answer: string,
): Promise<{ readonly text: string; readonly code: number }> {
  let text = "";
  vi.spyOn(process.stdout, "write").mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  const code = await exercise(String(which), { answer }, () =>
    Promise.reject(new Error("nothing is to run")),
  );
  vi.restoreAllMocks();
  return { text, code };
}

describe.each(readExercises())("$name", (each) => {
  const questions = questionsOf(each);

  it("has answers that its recording gives", async () => {
    const { out } = faultline(["replay", `exercise-${each.number}`, "--format", "json"]);
    const replayed = JSON.parse(out) as Replayed;
    const rows = replayed.rows.filter(({ result }) => result === 0).map(({ values }) => values);
    expect(questions.map(({ answer }) => answer)).toEqual(
      WORKED_OUT[each.number - 1]?.(replayed, rows).map(String),
    );
  });

  it("takes each answer, and no other", async () => {
    for (const [i, { answer, why }] of questions.entries()) {
      expect(await answered(each.number, ` ${answer.toUpperCase()} `)).toEqual({
        text: `right, question ${i + 1}: ${why}\n`,
        code: 0,
      });
    }
    const { text, code } = await answered(each.number, "4711");
    expect(code).toBe(1);
    expect(text).toMatch(/^not the answer to any of its questions: `faultline replay exercise-\d+` shows/);
    for (const { answer } of questions) expect(text).not.toContain(` ${answer} `);
  });
});
