import { describe, expect, test } from "vitest";
import { readdirSync, readFileSync } from "node:fs";
import { format as prettierFormat } from "prettier";
import * as plugin from "../../src/syntax/print/prettier.js";
import { deriver, readGrammar } from "./ebnf.js";
import { lex } from "../../src/syntax/lexer/lexer.js";
import { Reporter } from "../../src/syntax/parser/reporter.js";
import { DEFINITIONS, meaning, QUERIES, random, readFile } from "./helpers.js";

const comments = (text: string): string[] => readFile(text).comments.map((comment) => comment.text);

/** Formatting twice is formatting once; nothing is lost, nothing means another thing. */
async function keeps(text: string, width = 100): Promise<string> {
  const once = await format(text, { width });
  expect(await format(once, { width })).toBe(once);
  expect(meaning(readFile(once).items)).toEqual(meaning(readFile(text).items));
  expect(comments(once).sort()).toEqual(comments(text).sort());
  return once;
}

const { format, SyntaxErrors } = plugin;

describe("layout", () => {
  test.each(QUERIES)("%s", async (text) => {
    for (const width of [20, 40, 100, 400]) await keeps(text, width);
  });

  test("a query that fits is one line, in the order of the language", async () => {
    expect(await format("faults\n  where   pid==1\n by comm ,pid")).toBe(
      "faults by comm, pid where pid == 1\n",
    );
  });

  test("one that does not fit has a clause a line", async () => {
    const text =
      'mmap show time, pid, comm, len in KB, prot, flags, file where flags has MAP_ANONYMOUS and comm == "postgres" and len > 4KB every 1s';
    expect(await format(text)).toBe(`mmap
  show time, pid, comm, len in KB, prot, flags, file
  where flags has MAP_ANONYMOUS and comm == "postgres" and len > 4KB
  every 1s
`);
    expect(await format(text, { width: 40 })).toBe(`mmap
  show
    time,
    pid,
    comm,
    len in KB,
    prot,
    flags,
    file
  where flags has MAP_ANONYMOUS
    and comm == "postgres"
    and len > 4KB
  every 1s
`);
  });

  test("definitions", async () => {
    expect(await keeps(DEFINITIONS)).toBe(`import "lib.fl"

/// Page faults, of user and kernel code.
event faults {
  provider software:page-faults:1
  provider tracepoint:exceptions:page_fault_user {
    address: addr = args.address
    ip: addr = args.ip
  }
  provider kprobe:handle_mm_fault(vma, address: u64, flags)
    where flags has FAULT_FLAG_USER and pid != 0
    rate 10_000
    note "user only" {
    address: addr = address
    /// Whether it was a write.
    write: bool = flags has FAULT_FLAG_WRITE

    file: string = vma.vm_file.f_path.dentry.d_name.name
  }
}

/// A page read back from swap, in the process that waits for it.
event swapin {
  provider kprobe:swap_read_folio // 6.6 and later
  provider kprobe:swap_readpage // before
}

event allocation = malloc | calloc? | realloc

event block outermost = malloc | calloc?

/// Direct reclaim: a process that frees memory itself because there is none.
span direct_reclaim on tid {
  begin tracepoint:vmscan:mm_vmscan_direct_reclaim_begin {
    order: int = args.order
    gfp: flags gfp_t = args.gfp_flags
  }
  during tracepoint:vmscan:mm_vmscan_lru_shrink_inactive {
    scanned: pages = args.nr_scanned
  }
  end tracepoint:vmscan:mm_vmscan_direct_reclaim_end {
    reclaimed: pages = args.nr_reclaimed
  }
  rate: int = end.reclaimed / 2
}

span life on pid, address {
  begin malloc where size > 0 once
  begin calloc anew
  end free unattributed note "freed"
}

/// Time in the VM scanner, a line a second.
tool vmscan(interval: duration = 1s, header_every: int = 20, each: bool = false) {
  when each and not false {
    open life show age;
    compaction
  }
  every interval header header_every show sum(shrink_slab.latency) in ms as "S-SLABms";
  /// The rest.
  faults by comm
}
`);
  });

  test("blank lines between queries stay, one at most", async () => {
    expect(await format("a;b;\n\n\n\nc; // d\n\ne")).toBe("a;\nb;\n\nc; // d\n\ne\n");
  });

  test("nothing, and nothing but comments", async () => {
    expect(await format("")).toBe("");
    expect(await format("\n\n")).toBe("");
    expect(await format("#!/usr/bin/env faultline\n\n\n// a\n/// b")).toContain("#!/usr/bin/env faultline\n");
    expect(comments(await format("#! a\n// b\n/// c"))).toEqual(["#! a", "// b", "/// c"]);
  });

  test("the first line stays the first", async () => {
    const text = "#!/usr/bin/env -S faultline run\n/// Faults.\nfaults by comm\n";
    expect(await keeps(text)).toBe(text);
  });

  test("CRLF is read", async () => {
    expect(await format("/// a\r\n/// b\r\nfaults // c\r\n")).toBe("/// a\n/// b\nfaults // c\n");
  });

  test("the longest expression that is read is printed", { timeout: 60_000 }, async () => {
    for (const operator of ["and", "+"]) await keeps(`x where ${Array(999).fill("a").join(` ${operator} `)}`);
    await keeps(`x where ${"(".repeat(190)}a and b${")".repeat(190)}`);
  });
});

describe("everything the language can say", { timeout: 60_000 }, () => {
  const root = new URL("../../", import.meta.url);
  const grammar = readGrammar(readFileSync(new URL("grammar/faultline.ebnf", root), "utf8"));

  test.each(["File", "Item", "Query"])("random sentences of %s", async (start) => {
    const derive = deriver(grammar, start);
    for (let seed = 5001; seed <= 5150; seed++) await keeps(derive(random(seed)), seed % 2 === 0 ? 100 : 30);
  });

  const files = ["stdlib", "examples"].flatMap((folder) =>
    readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
      .filter((name) => name.endsWith(".fl"))
      .map((name) => `${folder}/${name}`),
  );
  test.each(files)("%s", async (file) => {
    await keeps(readFileSync(new URL(file, root), "utf8"));
  });

  test("as a plugin of Prettier, found by the name of the file", async () => {
    expect(await prettierFormat("faults  by comm", { filepath: "a.fl", plugins: [plugin] })).toBe(
      "faults by comm\n",
    );
  });
});

describe("comments", () => {
  test("stay with what they speak of", async () => {
    const text = `faults by comm // who
  // only these
  where pid == 1 // init
    // or
    or uid == 0
  count() // how many
;
event e { // why
  provider k:f // always
  { a: int = 1 // one
    // end of fields
  }
  // end of providers
}
event f { // nothing yet
}
// end`;
    expect(await keeps(text)).toBe(`faults
  count() // how many
  by comm // who
  // only these
  where pid == 1 // init
    // or
    or uid == 0;

event e {
  // why
  // always
  provider k:f {
    a: int = 1 // one
    // end of fields
  }
  // end of providers
}

event f {
  // nothing yet
}
// end
`);
  });

  test("anywhere between two tokens, in any number, at any width", { timeout: 60_000 }, async () => {
    const texts = [...QUERIES, QUERIES.join(";\n\n"), DEFINITIONS];
    const next = random(1);
    for (let i = 0; i < 300; i++) {
      const base = texts[Math.floor(next() * texts.length)] ?? "";
      const { tokens } = lex(new Reporter({ name: "test", text: base }));
      const places = Array.from(
        { length: 1 + Math.floor(next() * 4) },
        () => tokens[Math.floor(next() * tokens.length)]?.startOffset ?? 0,
      );
      let text = base;
      [...new Set(places)]
        .sort((a, b) => b - a)
        .forEach((place, n) => {
          const before = ["\n", " ", "\n\n"][Math.floor(next() * 3)] ?? "";
          const after = next() < 0.3 ? "\n\n" : "\n";
          text = `${text.slice(0, place)}${before}// ${n}${after}${text.slice(place)}`;
        });
      await keeps(text, next() < 0.3 ? 40 : 100);
    }
  });
});

describe("what cannot be read", () => {
  test("is refused with what is wrong", async () => {
    const error = await format("faults wehre x\n  by", { name: "a.fl" }).catch((e: unknown) => e);
    expect(error).toBeInstanceOf(SyntaxErrors);
    if (!(error instanceof SyntaxErrors)) return;
    expect(error.diagnostics.map(({ code }) => code)).toEqual(["misspelled-word", "incomplete-clause"]);
    expect(error.message).toBe("a.fl:1:8: `wehre` starts no clause");
  });
});
