import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/kernel/**", "test/package/**"],
    globalSetup: "test/build-command-line.ts",
    testTimeout: 60_000,
    // Files share a process, so the compiler, the library and the kernels are loaded once in each: a test that changes
    // something of the process (its environment, a spy) changes it back.
    isolate: false,
    // Many tests wait for processes; vitest's own choice leaves one processor idle.
    maxWorkers: "100%",
  },
});
