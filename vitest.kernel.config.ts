import { defineConfig } from "vitest/config";

/** A target after the other: each has a guest for every processor of the machine. */
export default defineConfig({
  test: {
    include: ["test/kernel/*.test.ts"],
    testTimeout: 4_800_000,
    hookTimeout: 4_800_000,
    fileParallelism: false,
  },
});
