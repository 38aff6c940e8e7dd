import { execFileSync } from "node:child_process";
import { readFileSync, truncateSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { brotliCompressSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import { KernelError } from "../../src/kernel/error.js";
import { openProfile } from "../../src/kernel/profile/profile-file.js";
import { temporaryFolder } from "../temporary-folder.js";

const folder = temporaryFolder();

const whole = readFileSync(new URL("../../profiles/debian12.profile", import.meta.url));

let count = 0;
function file(content: Uint8Array | string): string {
  const path = join(folder, `${count++}.profile`);
  writeFileSync(path, content);
  return path;
}

interface Parts {
  readonly mark?: string;
  readonly header?: Readonly<Record<string, unknown>>;
  readonly sections?: readonly (readonly [name: string, content: string])[];
  readonly more?: string;
}

/** A small profile that is right but for what is said. */
function profile({ mark = "faultline-profile 1", header = {}, sections = [], more = "" }: Parts): string {
  const packed = sections.map(([name, content]) => ({ name, content, bytes: brotliCompressSync(content) }));
  const full = {
    id: "mine",
    release: "6.1.0",
    arch: "x86_64",
    pageSize: 4096,
    captured: "2026-01-01T00:00:00.000Z",
    attach: {
      tracepoints: true,
      kprobeInterface: true,
      uprobeInterface: true,
      functionList: "readable",
      symbols: [],
    },
    sections: packed.map((s) => ({ name: s.name, packed: s.bytes.length, size: s.content.length })),
    ...header,
  };
  return file(
    Buffer.concat([
      Buffer.from(`${mark}\n${JSON.stringify(full)}\n`),
      ...packed.map((s) => s.bytes),
      Buffer.from(more),
    ]),
  );
}

describe("a profile's file", () => {
  it("answers as its kernel does", () => {
    const { kernel, header } = openProfile(file(whole));
    expect(header).toMatchObject({ id: "debian12", bpftrace: "0.17.0", arch: "x86_64" });
    expect(kernel.attach).toEqual({ kprobe: true, fentry: true, uprobe: true, tracepoint: true });
    expect(kernel.function("swap_readpage")?.parameters[0]?.name).toBe("page");
    expect(kernel.lacks?.("function", "swap_read_folio")).toBe(true);
    expect(kernel.tracepoint("vmscan", "mm_vmscan_kswapd_wake")?.fields.map((f) => f.name)).toEqual([
      "nid",
      "zid",
      "order",
    ]);
  });

  it("reads no section before it is asked", () => {
    const path = profile({ sections: [["functions", "handle_mm_fault\nfilemap_fault [mod]"]] });
    const { kernel } = openProfile(path);
    expect(kernel.functionNames()).toEqual(["handle_mm_fault", "filemap_fault"]);
    expect(kernel.function("filemap_fault")).toMatchObject({ module: "mod", untyped: true });
    expect(kernel.tracepointNames()).toEqual([]);
  });

  it.each([
    ["nothing", () => file(""), "this is not a kernel profile"],
    ["another file", () => file("#!/bin/sh\n"), "this is not a kernel profile"],
    ["binary", () => file(Uint8Array.from([0, 255, 10, 13, 0])), "this is not a kernel profile"],
    ["a newer format", () => profile({ mark: "faultline-profile 2" }), "format 2"],
    ["no version", () => file("faultline-profile \n{}\n"), "cut off"],
    ["half a header", () => file(whole.subarray(0, 100)), "its header is cut off"],
    ["half a file", () => file(whole.subarray(0, whole.length / 2)), "it is cut off"],
    ["more than was said", () => profile({ more: "x" }), "its sections end at"],
    [
      "another architecture",
      () => profile({ header: { arch: "vax" } }),
      "an architecture (vax) that is not supported",
    ],
    [
      "a name that a terminal obeys",
      () => profile({ header: { id: "\u001b[2J" } }),
      "`id` is not a valid name",
    ],
    ["a release that is a path", () => profile({ header: { release: "../../etc" } }), "`release`"],
    ["no size of a page", () => profile({ header: { pageSize: 1e9 } }), "`pageSize`"],
    [
      "sections of no size",
      () => profile({ header: { sections: [{ name: "btf", packed: -1, size: 1 }] } }),
      "`sections[0].packed` is not a size of at most 64 MB",
    ],
    [
      "huge sections",
      () => profile({ header: { sections: [{ name: "btf", packed: 1, size: 1e12 }] } }),
      "`sections[0].size` is not a size of at most 64 MB",
    ],
    [
      "a section called __proto__",
      () => profile({ header: { sections: [{ name: "__proto__" }] } }),
      "`sections[0].name` is not a valid name",
    ],
    ["a list for a header", () => file("faultline-profile 1\n[]\n"), "its header is not an object"],
  ])("%s is refused", (_, make, message) => {
    expect(() => openProfile(make())).toThrow(KernelError);
    expect(() => openProfile(make())).toThrow(message);
  });

  it("unpacks no more than was said", () => {
    const bomb = brotliCompressSync(Buffer.alloc(1 << 26));
    const path = join(folder, "bomb.profile");
    const small = profile({ sections: [["functions", "abcdefgh"]] });
    const text = readFileSync(small).toString("latin1");
    const start = text.slice(0, text.indexOf("\n", text.indexOf("\n") + 1) + 1);
    const header = start.replace(/"packed":\d+/, `"packed":${bomb.length}`);
    writeFileSync(path, Buffer.concat([Buffer.from(header), bomb]));
    expect(() => openProfile(path).kernel.functionNames()).toThrow(
      "section functions cannot be decompressed",
    );
  });

  it("tracepoints that are no list are told", () => {
    const path = profile({ sections: [["tracepoints", '{"a": 1}']] });
    expect(() => openProfile(path).kernel.tracepointNames()).toThrow("its tracepoints are not a list");
  });

  it("half a gigabyte of nothing is refused at once", () => {
    const path = file("");
    truncateSync(path, 500 * 1024 * 1024);
    expect(() => openProfile(path)).toThrow("it is too large: more than 65 MB");
  });

  it("a little that unpacks to much is refused before it is unpacked", () => {
    const bytes = brotliCompressSync(Buffer.alloc(1 << 20));
    // Each is possible by itself.
    const sections = Array.from({ length: 100 }, (_, i) => ({
      name: `btf/module${i}`,
      packed: bytes.length,
      size: 1 << 20,
    }));
    const path = profile({ header: { sections }, more: "" });
    expect(() => openProfile(path)).toThrow("this profile would decompress to more than 64 MB");
  });

  it("a pipe is not waited for", () => {
    const pipe = join(folder, "pipe");
    execFileSync("mkfifo", [pipe]);
    expect(() => openProfile(pipe)).toThrow("it is not a file but a pipe, a device or a socket");
  });

  it("a file that is not there, and a directory", () => {
    expect(() => openProfile(join(folder, "none"))).toThrow("there is no such file");
    expect(() => openProfile(folder)).toThrow("it is a directory");
  });
});
