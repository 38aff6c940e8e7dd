import { describe, expect, it } from "vitest";
import { advise } from "../../src/overview/advice.js";
import { readCounters, readMemory, readPressure, readProcess } from "../../src/overview/facts.js";
import { formatOverview } from "../../src/overview/show.js";

const FILES: Readonly<Record<string, string>> = {
  "/proc/meminfo":
    "MemTotal: 1000 kB\nMemFree: 100 kB\nMemAvailable: 50 kB\nBuffers: 10 kB\nCached: 200 kB\nShmem: 5 kB\nSwapTotal: 400 kB\nSwapFree: 300 kB\nSlab: 40 kB\nSReclaimable: 20 kB\nHugetlb: 0 kB\n",
  "/proc/vmstat": "pgfault 500\npswpin 7\nnr_free_pages 3\n",
  "/proc/pressure/memory":
    "some avg10=1.50 avg60=0.20 avg300=0.00 total=123\nfull avg10=0.10 avg60=0.00 avg300=0.00 total=1\n",
  "/proc/7/status":
    "Name:\ta\u001bb\nVmSize: 90 kB\nVmRSS: 30 kB\nRssAnon: 20 kB\nRssFile: 10 kB\nRssShmem: 0 kB\nVmSwap: 4 kB\n",
  "/proc/7/smaps":
    "1000-2000 r-xp 00000000 fe:00 12 /lib/x.so\nSize: 4 kB\nRss: 4 kB\nPrivate_Dirty: 0 kB\nShared_Dirty: 0 kB\n" +
    "2000-4000 rw-p 00000000 00:00 0 \nSize: 8 kB\nRss: 8 kB\nPrivate_Dirty: 8 kB\nShared_Dirty: 0 kB\n" +
    "5000-6000 r-xp 00000000 fe:00 12 /lib/x.so\nSize: 4 kB\nRss: 0 kB\nPrivate_Dirty: 0 kB\nShared_Dirty: 0 kB\n",
};
const read = (path: string): string | undefined => FILES[path];

describe("the first look at memory", () => {
  it("counts as free does", () => {
    expect(readMemory(read)).toMatchObject({
      total: 1000 * 1024,
      used: 670 * 1024,
      cached: 230 * 1024,
      swapUsed: 100 * 1024,
    });
    expect(readMemory(() => undefined)).toBeUndefined();
  });

  it("reads pressure, where the kernel measures it", () => {
    expect(readPressure(read)).toEqual({ some: [1.5, 0.2, 0], full: [0.1, 0, 0] });
    expect(readPressure(() => undefined)).toBeUndefined();
  });

  it("puts the mappings of one file together, the most resident first", () => {
    expect(readProcess(7, read)?.mappings).toEqual([
      { name: "[anonymous]", permissions: "rw-p", size: 8192, resident: 8192, dirty: 8192 },
      { name: "/lib/x.so", permissions: "r-xp", size: 8192, resident: 4096, dirty: 0 },
    ]);
    expect(readProcess(8, read)).toBeUndefined();
  });

  it("says what to ask next, by what happened", () => {
    const memory = readMemory(read);
    if (!memory) throw new Error("no memory");
    const asked = (grown: Record<string, number>): string[] =>
      advise(memory, undefined, new Map(Object.entries(grown)), undefined).map((a) => a.command);
    expect(asked({ pswpin: 3 })[0]).toBe("faultline run swapin");
    expect(asked({ allocstall_normal: 1, pgmajfault: 2 })).toContain("faultline run drsnoop");
    // Less than a tenth is available here.
    expect(asked({})).toEqual(["faultline run vmgrowth"]);
    expect(advise({ ...memory, available: memory.total }, undefined, new Map(), undefined)).toHaveLength(1);
  });

  it("shows nothing that a terminal would obey", () => {
    const memory = readMemory(read);
    const process = readProcess(7, read);
    if (!memory || !process) throw new Error("no facts");
    const text = formatOverview({ memory, process, grown: readCounters(read), seconds: 1, advice: [] });
    expect(text).not.toContain("\u001b");
    expect(text).toMatch(/swap in +7 {2}pages/);
  });
});
