/** What is offered next in a query that is being typed. */
import { describe, expect, test } from "vitest";
import { completeQuery } from "../../src/cli/request/complete-query.js";

const offered = (text: string): string[] => completeQuery(text).words.map(({ value }) => value);

describe("behind the beginning of a query", () => {
  test.each([
    ["malloc ", ["sum", "count", "by", "show", "where"], ["size", "and", "as"]],
    ["malloc sum(", ["size"], ["sum", "by", "not", "comm"]],
    ["malloc sum(size) ", ["as", "in", "by", "top"], ["and", "size"]],
    ["malloc sum(size) in ", ["MB", "KiB"], ["by", "ms"]],
    ["malloc sum(size), ", ["count", "hist"], ["size"]],
    ["malloc by ", ["size", "ustack"], ["sum", "by"]],
    ["malloc by comm ", ["where", "as", "in"], ["by", "and"]],
    ["malloc show size ", ["by", "where", "as"], ["sum", "show"]],
    ["malloc where ", ["size", "comm", "not"], ["and", "by"]],
    ["malloc where size > 4KB ", ["and", "or", "by"], ["size", "where", "in", "has"]],
    ["malloc where size in ", [], ["MB", "size"]],
    ["malloc via ", ["kprobe", "uprobe"], ["k", "by"]],
    ["malloc by comm top 10 ", ["by", "where"], ["in", "as", "size"]],
    ["malloc by comm top 10 by ", ["sum", "count"], ["size", "by"]],
    ["malloc every 1s ", ["header", "by"], ["every", "in", "size"]],
    ["open ", ["allocation"], ["faults", "by"]],
    ["every 1s show ", ["sum", "count"], ["size"]],
    ["every 1s show sum(", ["faults"], ["sum"]],
    ["malloc by comm; faults by ", ["address"], ["size"]],
  ])("%s", (text, some, none) => {
    const words = offered(text);
    expect(words).toEqual(expect.arrayContaining(some));
    expect(words.filter((word) => none.includes(word))).toEqual([]);
  });

  test("nothing within a text, right behind a word, or where only a number may stand", () => {
    for (const text of ['malloc where comm == "ng', "malloc by comm top ", "malloc every ", "malloc)x"])
      expect(offered(text)).toEqual([]);
  });

  test("long ones are not waited for", () => {
    const started = performance.now();
    offered(`faults by ${Array(100_000).fill("comm").join(", ")} `);
    expect(performance.now() - started).toBeLessThan(5_000);
  });
});
