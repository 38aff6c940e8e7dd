import js from "@eslint/js";
import tseslint from "typescript-eslint";

/** What is given lists of any length. */
const TAKES_MANY = "push|unshift|splice|concat|max|min|hypot|fromCharCode|fromCodePoint|of|add|write|join";
const TOO_MANY = "Arguments go on the stack, and many of them throw: src/lists.ts has what does without.";

export default tseslint.config(
  {
    ignores: [
      "dist/",
      "build/",
      "node_modules/",
      "src/library/generated.ts",
      "src/view/chart/generated.ts",
      "src/tracers/bcc/runtime/generated.ts",
    ],
  },
  js.configs.recommended,
  tseslint.configs.strict,
  {
    rules: {
      "no-control-regex": "off",
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_" }],
      "@typescript-eslint/consistent-type-imports": "error",
    },
  },
  {
    files: ["src/**/*.ts"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      // A new member of a union is reported wherever it was not thought of: `default` does not stand for it.
      "@typescript-eslint/switch-exhaustiveness-check": [
        "error",
        {
          considerDefaultExhaustiveForUnions: false,
        },
      ],
      "@typescript-eslint/no-floating-promises": "error",
    },
  },
  {
    files: ["src/**"],
    rules: {
      "no-restricted-syntax": [
        "error",
        {
          selector: `CallExpression[callee.property.name=/^(${TAKES_MANY})$/] > SpreadElement.arguments`,
          message: TOO_MANY,
        },
        { selector: "CallExpression[callee.property.name='apply'][arguments.length=2]", message: TOO_MANY },
        {
          selector: "CallExpression[callee.property.name=/^to(Reversed|Sorted|Spliced)$/]",
          message: "Node 20 has no such method while it makes a start-up snapshot: copy the array first.",
        },
      ],
    },
  },
  {
    // What is read goes through `src/files/`: files that others control are only read with limits.
    files: ["src/**/*.ts"],
    // The start of the bundle reads the bundle, and takes no other module in; a place is opened to be written.
    ignores: ["src/files/**", "src/cli/start/start.ts", "src/cli/output/place.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        ...["node:fs", "fs", "node:fs/promises", "fs/promises"].map((name) => ({
          name,
          importNames: [
            "readFileSync",
            "readFile",
            "openSync",
            "createReadStream",
            "default",
            "promises",
            "open",
            "openAsBlob",
            "opendir",
          ],
          message:
            "read by src/files/untrusted-file.ts, or src/files/kernel-file.ts for the kernel's own files",
        })),
      ],
    },
  },
  {
    // Which tracers there are, the registries know.
    files: ["src/**/*.ts"],
    ignores: ["src/tracers/**"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "/tracers/(?:bpftrace|bcc)/",
              message: "go through a registry: tracers/registry.ts or runners.ts",
            },
          ],
        },
      ],
    },
  },
  {
    // A tracer is below what uses it.
    files: ["src/tracers/**/*.ts"],
    rules: {
      "@typescript-eslint/no-restricted-imports": [
        "error",
        {
          patterns: [
            {
              regex: "/(?:cli|doctor|explain|overhead|recording|run|symbols|view)/",
              message: "a tracer is used by these, and does not use them",
            },
          ],
        },
      ],
    },
  },
);
