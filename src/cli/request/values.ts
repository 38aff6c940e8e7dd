/** The candidates for the values of options and arguments, from the tables that define them. */
import { bundledNames } from "../../index.js";
import type { Takes } from "./options.js";
import { sourceNames, toolNames, type Candidate } from "./library-words.js";

export interface ValueCandidates {
  readonly words: readonly Candidate[];
  /** Whether the value may also be a file name. */
  readonly files?: boolean;
}

const NONE: ValueCandidates = { words: [] };

const plain = (values: readonly string[]): ValueCandidates => ({ words: values.map((value) => ({ value })) });

export async function valuesOf(takes: Takes): Promise<ValueCandidates> {
  if (typeof takes !== "string") return plain(takes);
  switch (takes) {
    case "kernel":
      return { ...plain(["live", ...bundledNames]), files: true };
    case "library":
      return { ...plain(["jemalloc", "tcmalloc"]), files: true };
    case "file":
      return { words: [], files: true };
    case "command":
      return { words: [], files: true };
    case "name":
      return { words: [...toolNames(), ...sourceNames()] };
    case "query":
      return { words: [...toolNames(), ...sourceNames(), ...QUERY_STARTS], files: true };
    case "concept": {
      const { CONCEPTS } = await import("../../explain/concepts.js");
      return { words: CONCEPTS.map(({ id, gloss }) => ({ value: id, about: gloss })) };
    }
    case "exercise": {
      const { readExercises, readLesson, titleOf } = await import("../exercises/exercises.js");
      return {
        words: readExercises().map((each) => ({ value: each.name, about: titleOf(readLesson(each)) })),
      };
    }
    case "recording": {
      const { bundled } = await import("../commands/replay.js");
      return { ...plain([...bundled().keys()]), files: true };
    }
    case "topic": {
      const { TOPICS } = await import("./help-topics.js");
      const topics = TOPICS.map(({ name, about }) => ({ value: name, about }));
      return { words: [...topics, ...toolNames(), ...sourceNames(), ...(await valuesOf("concept")).words] };
    }
    // Determined by the surrounding words, or known only to the user.
    case "fields":
    case "set":
    case "tool-of-file":
    case "text":
      return NONE;
  }
}

/** Words that begin a query and are not sources. */
const QUERY_STARTS: readonly Candidate[] = [
  { value: "open", about: "what has begun and not ended, of a span" },
  { value: "every", about: "a table over several sources" },
];
