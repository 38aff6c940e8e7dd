/**
 * Runs shell checks as root in a Debian guest (qemu without KVM), one boot for all.
 *
 * The image comes from build-image.sh; the job's files go in as a tar on /dev/vdb; checks go in one by one over a
 * virtio-serial port, and results come back on it, a JSON object a line, as run-checks.py says.
 */
import { once } from "node:events";
import { chmod, cp, mkdir, mkdtemp, open, readFile, rm, symlink, writeFile } from "node:fs/promises";
import { readFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { execa } from "execa";

export const targets = ["debian12", "debian13", "sid"] as const;
export type Target = (typeof targets)[number];

export interface Check {
  /** Unique in the job; also the name of the check's directory under /job/work. */
  id: string;
  /** Run by bash, with cwd=/job/work/<id>. */
  command: string;
  /** 60 when absent. */
  timeoutSeconds?: number;
}

export interface CheckResult {
  id: string;
  /** null: timed out. */
  exitCode: number | null;
  stdout: string;
  stderr: string;
  seconds: number;
  /** Of the processor that the guest's own is emulated on; a busy host changes it little. */
  cpuSeconds: number;
}

export interface Job {
  /** Path in /job → a file or directory of the host, or the content itself (executable when it begins with #!). */
  files: Record<string, string | Uint8Array>;
  checks: Check[];
  /** For everything, the boot too (but not the building of an image). */
  timeoutSeconds: number;
  onResult?(result: CheckResult): void;
}

export interface GuestRun {
  target: Target;
  kernel: string;
  bpftrace: string;
  results: Map<string, CheckResult>;
  console: string;
  /** From the start of qemu until the first check could start. */
  bootSeconds: number;
}

/** A guest that stopped, or took too long, before it had finished. */
export class GuestError extends Error {
  constructor(
    message: string,
    /** What it had finished, with `run.results`. */
    readonly run: GuestRun,
    /** What it was at. */
    readonly running: Check | undefined,
  ) {
    super(message);
  }
}

type Message =
  | { event: "ready"; kernel: string }
  | { event: "next" }
  | ({ event: "result" } & Omit<CheckResult, "cpuSeconds">);

const here = dirname(fileURLToPath(import.meta.url));
const portName = "faultline.results";
/** A second, in the times of `/proc`. */
const CLOCK_TICKS = 100;
const scratchBytes = 1024 ** 3;
// With qemu's -no-reboot a panic ends the guest at once. A busy host must not make the guest drop its TSC.
const kernelArguments =
  "root=/dev/vda rw console=ttyS0 loglevel=5 panic=-1 oops=panic mitigations=off tsc=reliable";
// qemu emulates `rep movsb` a byte at a time, so the kernel and libc must not prefer it (erms, fsrm);
// five-level page tables and the like only cost time here.
const cpu = "max,-erms,-fsrm,-la57,-smap,-smep,-pku";

/** Builds the image of a target, unless it is in the cache; returns its directory. */
export async function ensureImage(target: Target): Promise<string> {
  const { stdout } = await execa(join(here, "build-image.sh"), [target], {
    stdin: "ignore",
    stderr: "inherit",
  });
  return stdout.trim();
}

/**
 * Compiles the workloads with the compiler of the oldest guest, which takes a second there and half
 * a minute under emulation; the programs run in all guests. Returns a directory for `files`, with the
 * scripts too, that the caller removes.
 */
export async function buildWorkloads(): Promise<string> {
  const directory = await mkdtemp("/tmp/faultline-workloads-"); // /tmp is what the chroot shares
  try {
    await cp(join(here, "..", "workloads"), directory, { recursive: true });
    await execa(
      join(here, "chroot-bpftrace.sh"),
      ["debian12", "-c", 'cd "$1" && ./build.sh', "build", directory],
      { env: { FAULTLINE_CHROOT_COMMAND: "/bin/bash" }, stdin: "ignore" },
    );
    return directory;
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  }
}

/**
 * Runs what is `waiting` of the job's checks, and takes from it what it runs: several guests may share it. Throws a
 * `GuestError` when the guest does not finish.
 */
export async function runGuest(
  target: Target,
  job: Job,
  waiting: Check[] = [...job.checks],
): Promise<GuestRun> {
  checkIds(job.checks);
  const image = await ensureImage(target);
  const directory = await mkdtemp(join(tmpdir(), "faultline-guest-"));
  try {
    await writeJob(directory, job);
    return await boot(target, image, directory, job, waiting);
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
}

function checkIds(checks: Check[]): void {
  const seen = new Set<string>();
  for (const { id } of checks) {
    if (!/^\w[\w.@+-]*(\/\w[\w.@+-]*)*$/.test(id))
      throw new TypeError(`not a usable check id: ${JSON.stringify(id)}`);
    if (seen.has(id)) throw new TypeError(`two checks have the id ${JSON.stringify(id)}`);
    seen.add(id);
  }
}

/** Writes job.tar and the sparse scratch disk. */
async function writeJob(directory: string, job: Job): Promise<void> {
  const stage = join(directory, "job");
  const files: Job["files"] = {
    ...job.files,
    "run-checks.py": join(here, "run-checks.py"),
  };
  for (const [path, source] of Object.entries(files)) {
    const staged = join(stage, path);
    await mkdir(dirname(staged), { recursive: true });
    if (typeof source === "string") {
      await symlink(resolve(source), staged); // tar follows it, so nothing is copied twice
    } else {
      await writeFile(staged, source);
      if (Buffer.from(source.subarray(0, 2)).toString("latin1") === "#!") await chmod(staged, 0o755);
    }
  }
  const tar = join(directory, "job.tar");
  await execa("tar", [
    "--create",
    "--dereference",
    "--owner=0",
    "--group=0",
    "--file",
    tar,
    "--directory",
    stage,
    ".",
  ]);
  await rm(stage, { recursive: true });
  const scratch = await open(join(directory, "scratch.raw"), "w");
  await scratch.truncate(scratchBytes);
  await scratch.close();
}

async function boot(
  target: Target,
  image: string,
  directory: string,
  job: Job,
  waiting: Check[],
): Promise<GuestRun> {
  const results = new Map<string, CheckResult>();
  const run: GuestRun = {
    target,
    kernel: "",
    bpftrace: await imageBpftrace(image),
    results,
    console: "",
    bootSeconds: 0,
  };
  let running: Check | undefined;
  let ended = false;
  let failure: unknown;
  let hung: NodeJS.Timeout | undefined;
  let cpuBefore = 0;
  const started = performance.now();

  const receive = (message: Message, answer: (check: Check) => void): void => {
    switch (message.event) {
      case "ready":
        run.kernel = message.kernel;
        run.bootSeconds = (performance.now() - started) / 1000;
        // qemu has its files open: gone from here they cannot be left behind, however this ends.
        void rm(directory, { recursive: true, force: true });
        break;
      case "next":
        running = waiting.shift();
        if (running) {
          cpuBefore = cpuSecondsOf(qemu.pid);
          answer(running);
          // run-checks.py ends a check that takes too long; a kernel that hangs runs nothing.
          hung = setTimeout(() => qemu.kill("SIGKILL"), ((running.timeoutSeconds ?? 60) + 60) * 1000);
        } else {
          ended = true;
          qemu.kill("SIGKILL"); // all disks are throw-away: no need to wait for a shutdown
        }
        break;
      case "result": {
        const { id, exitCode, stdout, stderr, seconds } = message;
        const cpuSeconds = cpuSecondsOf(qemu.pid) - cpuBefore;
        const result: CheckResult = { id, exitCode, stdout, stderr, seconds, cpuSeconds };
        results.set(id, result);
        running = undefined;
        clearTimeout(hung);
        job.onResult?.(result);
      }
    }
  };

  const socket = join(directory, "results.sock");
  const server = await listen(socket, (line, answer) => {
    try {
      receive(parseMessage(line), answer);
    } catch (error) {
      failure ??= error;
      qemu.kill("SIGKILL");
    }
  });
  // setpriv has the kernel end qemu when this process dies, in whatever way.
  const qemu = execa(
    "setpriv",
    [
      "--pdeathsig",
      "KILL",
      "qemu-system-x86_64",
      ...qemuArguments(image, directory, socket, job.timeoutSeconds),
    ],
    {
      stdin: "ignore",
      all: true,
      buffer: false,
      encoding: "buffer",
      reject: false,
      timeout: job.timeoutSeconds * 1000,
      killSignal: "SIGKILL",
    },
  );
  const decoder = new TextDecoder();
  qemu.all.on("data", (chunk: Buffer) => {
    run.console += decoder.decode(chunk, { stream: true });
  });
  const exit = await qemu;
  clearTimeout(hung);
  server.close();

  if (failure !== undefined) throw failure;
  if (ended) return run;
  const how = exit.timedOut
    ? `did not finish in ${String(job.timeoutSeconds)} s`
    : exit.exitCode === 0
      ? "stopped before it had finished"
      : `ended: ${exit.shortMessage ?? "qemu stopped"}`;
  throw new GuestError(describeFailure(how, run, waiting, running), run, running);
}

/** What a process has used so far, of all its threads. */
function cpuSecondsOf(pid: number | undefined): number {
  const stat = readFileSync(`/proc/${pid ?? "self"}/stat`, "utf8");
  const [user = 0, system = 0] = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .slice(11, 13)
    .map(Number);
  return (user + system) / CLOCK_TICKS;
}

/** The version in the image, from its manifest: asking bpftrace itself takes seconds in a guest. */
async function imageBpftrace(image: string): Promise<string> {
  const manifest: unknown = JSON.parse(await readFile(join(image, "manifest.json"), "utf8"));
  if (typeof manifest === "object" && manifest !== null && "bpftrace" in manifest)
    return String(manifest.bpftrace);
  throw new Error(`no bpftrace version in ${image}/manifest.json`);
}

/** Listens for qemu's end of the virtio-serial port. */
async function listen(
  path: string,
  onLine: (line: string, answer: (check: Check) => void) => void,
): Promise<Server> {
  const server = createServer((connection) => {
    connection.setEncoding("utf8");
    connection.on("error", () => undefined); // qemu was killed; its exit tells the story
    const answer = (check: Check): void => void connection.write(`${JSON.stringify(check)}\n`);
    createInterface({ input: connection }).on("line", (line) => {
      onLine(line, answer);
    });
    server.close(); // one guest, one connection
  });
  server.listen(path);
  await once(server, "listening");
  return server;
}

function qemuArguments(image: string, directory: string, socket: string, timeoutSeconds: number): string[] {
  const disk = (file: string, options: string): string => `if=virtio,format=raw,file=${file},${options}`;
  return [
    // One thread for both CPUs: with two, code that a CPU changes under the other (a tracepoint that is switched on)
    // was seen half changed, and the kernel died of it. Two guests at once use two processors as well.
    ...["-machine", "q35", "-accel", "tcg,thread=single", "-cpu", cpu, "-smp", "2,sockets=2", "-m", "3G"],
    ...["-object", "memory-backend-ram,id=m0,size=1536M", "-object", "memory-backend-ram,id=m1,size=1536M"],
    ...["-numa", "node,nodeid=0,cpus=0,memdev=m0", "-numa", "node,nodeid=1,cpus=1,memdev=m1"],
    ...["-nodefaults", "-no-user-config", "-display", "none", "-no-reboot", "-serial", "stdio"],
    ...["-drive", disk(join(image, "image.raw"), "snapshot=on,cache=unsafe")],
    ...["-drive", disk(join(directory, "job.tar"), "readonly=on")],
    ...["-drive", disk(join(directory, "scratch.raw"), "cache=unsafe,discard=unmap")],
    ...["-device", "virtio-serial-pci", "-chardev", `socket,id=results,path=${socket}`],
    ...["-device", `virtserialport,chardev=results,name=${portName}`],
    ...["-kernel", join(image, "vmlinuz"), "-initrd", join(image, "initrd")],
    // The guest's own watchdog is only for the case that nobody kills it from outside.
    ...["-append", `${kernelArguments} faultline.timeout=${String(Math.ceil(timeoutSeconds) + 30)}`],
  ];
}

function parseMessage(line: string): Message {
  const value: unknown = JSON.parse(line);
  if (isMessage(value)) return value;
  throw new Error(`not a message of run-checks.py: ${line.slice(0, 200)}`);
}

function isMessage(value: unknown): value is Message {
  if (typeof value !== "object" || value === null || !("event" in value)) return false;
  const has = (types: Record<string, string>): boolean =>
    Object.entries(types).every(([name, type]) => typeof (value as Record<string, unknown>)[name] === type);
  switch (value.event) {
    case "ready":
      return has({ kernel: "string" });
    case "next":
      return true;
    case "result":
      return (
        has({ id: "string", stdout: "string", stderr: "string", seconds: "number" }) &&
        "exitCode" in value &&
        (value.exitCode === null || typeof value.exitCode === "number")
      );
    default:
      return false;
  }
}

function describeFailure(how: string, run: GuestRun, waiting: Check[], running: Check | undefined): string {
  const list = (ids: string[]): string => (ids.length > 0 ? ids.join(", ") : "none");
  const tail = run.console.trimEnd().split("\n").slice(-40).join("\n");
  return [
    `the ${run.target} guest ${how}`,
    `  ${run.kernel === "" ? "it never came up" : `kernel ${run.kernel}, up after ${run.bootSeconds.toFixed(1)} s`}`,
    `  finished checks: ${list([...run.results.keys()])}`,
    `  running: ${running?.id ?? "none"}`,
    `  not started: ${list(waiting.map(({ id }) => id))}`,
    "the end of its console:",
    tail,
  ].join("\n");
}
