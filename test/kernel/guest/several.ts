/** Runs a job in several guests at once: as many as the machine has processors, and memory for. */
import { availableParallelism } from "node:os";
import { availableMemory } from "node:process";
import { GuestError, runGuest, type Check, type GuestRun, type Job, type Target } from "./guest.js";

/** What a guest has, and what qemu takes beside it. */
const GUEST_BYTES = 3.5 * 1024 ** 3;
/** What is available does not count what the kernel would give up, such as the images it has read. */
const ALWAYS = 2;

export async function runGuests(target: Target, job: Job): Promise<GuestRun> {
  const count = Math.min(
    availableParallelism(),
    Math.max(ALWAYS, Math.floor(availableMemory() / GUEST_BYTES)),
  );
  const waiting = [...job.checks];
  const guests = Array.from({ length: count }, () => runToTheEnd(target, job, waiting));
  // None is left behind, however the others end.
  const ends = await Promise.allSettled(guests);
  const runs = ends.map((end) => {
    if (end.status === "rejected") throw end.reason;
    return end.value;
  });
  const [first] = runs as [GuestRun, ...GuestRun[]];
  return { ...first, results: new Map(runs.flatMap(({ results }) => [...results])) };
}

/**
 * An emulated guest that dies says nothing of a query, so another goes on, and tries once more what it was at. Twice
 * says something; and a guest that never came up, of all that would follow it.
 */
async function runToTheEnd(target: Target, job: Job, waiting: Check[], tried?: Check): Promise<GuestRun> {
  try {
    return await runGuest(target, job, waiting);
  } catch (error) {
    if (!(error instanceof GuestError) || !error.running) throw error;
    console.error(`${target}: the guest is started again: ${error.message}`);
    const { running } = error;
    if (running !== tried) waiting.unshift(running);
    const rest = await runToTheEnd(target, job, waiting, running);
    return { ...rest, results: new Map([...error.run.results, ...rest.results]) };
  }
}
