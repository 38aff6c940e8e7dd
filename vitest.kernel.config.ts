import { defineConfig } from "vitest/config";

/** Guests boot once a target, two at a time: the machine they run on is small. */
export default defineConfig({
  test: {
    include: ["test/kernel/*.test.ts"],
    testTimeout: 4_800_000,
    hookTimeout: 4_800_000,
    maxWorkers: 2,
    fileParallelism: true,
  },
});
