/**
 * Loads Node's own modules at first use: a command needs few of them, and most must not be loaded into a start-up
 * snapshot, which would keep what they have read about the machine.
 */
import { createRequire, isBuiltin } from "node:module";
import type { Plugin } from "esbuild";

/** Modules that read nothing when loaded, and that code needs as soon as it is evaluated. */
const ALLOWED_IN_SNAPSHOT = ["events", "fs", "v8"];

/**
 * Stops the clock at 0 while a snapshot is made: the snapshot would keep any time that a library stores, and so differ
 * each time.
 */
export const STANDING_CLOCK = `
if (process.env.FAULTLINE_MAKE_SNAPSHOT !== undefined) {
  const { startupSnapshot } = require("node:v8");
  if (startupSnapshot.isBuildingSnapshot()) {
    const { now } = Date;
    let isMade = false;
    Date.now = () => (isMade ? now() : 0);
    startupSnapshot.addDeserializeCallback(() => {
      isMade = true;
      Date.now = now;
    });
  }
}
`;

/** The prologue of a bundle that is built with `lazyBuiltins`. */
export const LAZY_BUILTINS = `
const __load = (name) => {
  if (
    process.env.FAULTLINE_MAKE_SNAPSHOT !== undefined &&
    !${JSON.stringify(ALLOWED_IN_SNAPSHOT)}.includes(name) &&
    require("node:v8").startupSnapshot.isBuildingSnapshot()
  )
    throw new Error("node:" + name + " must not be loaded into a start-up snapshot");
  return process.getBuiltinModule ? process.getBuiltinModule("node:" + name) : require("node:" + name);
};
const __builtin = (name, keys) => {
  let loaded;
  const shim = {};
  for (const key of keys)
    Object.defineProperty(shim, key, { enumerable: true, get: () => (loaded ??= __load(name))[key] });
  return shim;
};
`;

const require = createRequire(import.meta.url);

export const lazyBuiltins: Plugin = {
  name: "lazy-builtins",
  setup(build) {
    build.onResolve({ filter: /^[a-z]/ }, ({ path, namespace }) =>
      namespace !== "builtin" && isBuiltin(path)
        ? { path: path.replace(/^node:/, ""), namespace: "builtin" }
        : undefined,
    );
    build.onLoad({ filter: /./, namespace: "builtin" }, ({ path }) => ({
      contents: shim(path),
      loader: "js",
    }));
  },
};

function shim(name: string): string {
  // `events` is the base of classes and `process` is a global: neither can be lazy, nor needs to be.
  if (name === "events") return 'module.exports = __load("events");';
  if (name === "process") return "module.exports = process;";
  const keys = Object.keys(require(`node:${name}`) as object).filter((key) => key !== "default");
  return `module.exports = __builtin(${JSON.stringify(name)}, ${JSON.stringify(keys)});`;
}
