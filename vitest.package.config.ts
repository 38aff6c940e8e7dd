import { defineConfig } from "vitest/config";

/** What is shipped, installed as a user installs it. */
export default defineConfig({
  test: {
    include: ["test/package/*.test.ts"],
    testTimeout: 300_000,
    hookTimeout: 600_000,
    // vitest's own choice leaves one processor idle.
    maxWorkers: "100%",
  },
});
