import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    exclude: ["test/kernel/**", "test/package/**"],
    globalSetup: "test/build-command-line.ts",
    testTimeout: 60_000,
  },
});
