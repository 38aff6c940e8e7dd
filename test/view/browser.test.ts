/** Pictures in a real browser: Debian's Chromium, where it is installed. */
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium, type Browser, type Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ResultEvent } from "../../src/results/events.js";
import { aggregate, column, groups, KSTACK, plan, STRING, USTACK } from "../runtime/build-script.js";
import { show } from "./show.js";

const PATH = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"].find(existsSync);
if (PATH === undefined)
  console.warn("SKIPPED: there is no Chromium here, so no picture was opened (apt-get install chromium)");

const PLAN = plan([
  groups(
    [column("comm", STRING), column("ustack", USTACK), column("kstack", KSTACK)],
    [aggregate("count", "count()")],
    { query: "faults by comm, ustack, kstack" },
  ),
]);
const HOSTILE = "</title><script>document.title='broken'</script>]]>&amp;";
const EVENTS: readonly ResultEvent[] = [
  {
    kind: "groups",
    result: 0,
    nsecs: 0,
    groups: [
      { keys: ["app", "malloc+1\nmain+1", "do_fault+1"], values: [60] },
      { keys: ["app", "parse+1\nmain+1", ""], values: [30] },
      { keys: [HOSTILE, "malloc+7\nother+1", ""], values: [10] },
    ],
  },
];

describe.skipIf(PATH === undefined)("in Chromium", () => {
  let browser: Browser;
  let folder: string;
  let page: Page;
  const problems: string[] = [];

  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "faultline-browser-"));
    browser = await chromium.launch({
      ...(PATH === undefined ? {} : { executablePath: PATH }),
      args: [
        "--no-sandbox",
        "--disable-gpu",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    });
  });
  afterAll(async () => {
    await browser?.close();
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(name: string, text: string): Promise<void> {
    const path = join(folder, name);
    writeFileSync(path, text);
    page = await browser.newPage({ viewport: { width: 1240, height: 700 } });
    problems.length = 0;
    page.on("pageerror", ({ message }) => problems.push(message));
    page.on("console", (message) => problems.push(message.text()));
    page.on("request", (request) => void (request.url().startsWith("file:") || problems.push(request.url())));
    await page.goto(`file://${path}`);
  }

  /** Those in view, with what is written in them. */
  function frames(): Promise<{ name: string; text: string; width: number }[]> {
    return page.evaluate(`
      [...document.querySelectorAll(".frames > g")]
        .filter((g) => g.style.display !== "none")
        .map((g) => ({
          name: g.querySelector("title").textContent.split("\\n")[0],
          text: g.querySelector("text")?.textContent ?? "",
          width: Number(g.querySelector("rect").getAttribute("width")),
        }))`);
  }

  const names = async (): Promise<string[]> => (await frames()).map(({ name }) => name);
  const click = (name: string): Promise<void> =>
    page.locator(".frames > g", { has: page.locator("title", { hasText: new RegExp(`^${name}\\n`) }) }).first().locator("rect").click(); // prettier-ignore

  it("a flame graph zooms, resets, and searches", async () => {
    await open("x.svg", show("svg", PLAN, EVENTS).out);
    expect((await frames()).find(({ name }) => name === "main")).toMatchObject({ text: "main", width: 1062 });
    expect(await names()).toContain(HOSTILE);
    expect(await page.title()).not.toBe("broken");

    await click("parse");
    expect(await names()).toEqual(["all", "app", "main", "parse"]);
    expect((await frames()).every(({ width }) => width === 1180)).toBe(true);
    await page.locator(".reset").click();
    expect(await names()).toHaveLength(9);
    await click("malloc");
    await page.keyboard.press("Escape");
    expect(await names()).toHaveLength(9);

    await page.keyboard.press("Control+f");
    await page.keyboard.type("MALLOC|do_");
    // Both mallocs: 60 and 10; what stands on one is part of it.
    expect(await page.locator(".matched").textContent()).toBe("matched 70.0% in 3 frames");
    expect(await page.locator(".found").count()).toBe(3);
    await page.keyboard.press("Control+a");
    await page.keyboard.type("[");
    expect(await page.locator(".matched").textContent()).toBe("matched 0.0% in 0 frames");
    await page.keyboard.press("Escape");
    expect(await page.locator(".matched").textContent()).toBe("");
    expect(problems).toEqual([]);
  });

  it("a report shows its pictures and works without a network", async () => {
    await open("x.html", show("html", PLAN, EVENTS).out);
    expect(await names()).toHaveLength(9);
    await click("main");
    expect(await names()).toEqual(
      expect.arrayContaining(["all", "app", "main", "parse", "malloc", "do_fault"]),
    );
    await page.locator(".search").click();
    await page.keyboard.type("parse");
    expect(await page.locator(".matched").textContent()).toBe("matched 30.0% in 1 frame");
    expect(await page.locator("table tbody tr").count()).toBe(3);
    expect(problems).toEqual([]);
  });

  it("a deep stack is low until it is looked at", async () => {
    const deep = Array.from({ length: 120 }, (_, i) => `f${i}`).join("\n");
    const group = (comm: string, stack: string, count: number) => ({
      keys: [comm, stack, ""],
      values: [count],
    });
    await open(
      "deep.svg",
      show("svg", PLAN, [
        {
          kind: "groups",
          result: 0,
          nsecs: 0,
          groups: [group("wide", "main", 100_000), group("deep", deep, 100)],
        },
      ]).out,
    );
    const height = (): Promise<number> =>
      page.evaluate(`Number(document.documentElement.getAttribute("height"))`);
    const low = await height();
    expect(low).toBeLessThan(700);
    // Too narrow to be hit with a mouse.
    await page.evaluate(`
      [...document.querySelectorAll(".frames > g")]
        .find((g) => g.querySelector("title").textContent.startsWith("deep\\n"))
        .dispatchEvent(new MouseEvent("click", { bubbles: true }))`);
    expect(await height()).toBeGreaterThan(120 * 16);
    await page.keyboard.press("Escape");
    expect(await height()).toBe(low);
    expect(problems).toEqual([]);
  });
});
