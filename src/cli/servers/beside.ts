/**
 * Loads a bundle of servers, which is a file beside the command line: their libraries would make every command start
 * slower. From source it is an ordinary module; `scripts/server-bundle.ts` puts a call of this in its place.
 */
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { compileFunction } from "node:vm";
import { asset } from "../../assets.js";
import { codePlace } from "../../code-place.js";
import { readKernelText } from "../../files/kernel-file.js";
import { SERVER_BUNDLE } from "./bundle-name.js";

/** Runs the bundle as a CommonJS module that uses Node's own modules alone. */
export function loadBeside(): unknown {
  const path = fileURLToPath(new URL(`./${SERVER_BUNDLE}`, codePlace()));
  const embedded = asset(SERVER_BUNDLE);
  const text = embedded === undefined ? readKernelText(path) : Buffer.from(embedded).toString();
  const module = { exports: {} };
  const parameters = ["exports", "require", "module", "__filename", "__dirname"];
  compileFunction(text, parameters, { filename: path })(
    module.exports,
    (name: string) => process.getBuiltinModule(name),
    module,
    path,
    dirname(path),
  );
  return module.exports;
}
