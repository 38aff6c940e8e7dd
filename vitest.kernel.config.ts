import { defineConfig } from "vitest/config";

/** Guests boot once a target, two at a time: the machine they run on is small. */
export default defineConfig({
  test: {
    include: ["test/kernel/*.test.ts"],
    testTimeout: 3_000_000,
    hookTimeout: 3_000_000,
    maxWorkers: 2,
    fileParallelism: true,
  },
});
