/** Starts the language server on standard input and output. */
import { fileURLToPath, pathToFileURL } from "node:url";
import {
  createConnection,
  ProposedFeatures,
  StreamMessageReader,
  StreamMessageWriter,
} from "vscode-languageserver/node";
import type { Kernel, Library } from "../../index.js";
import { readNamed } from "../../files/untrusted-file.js";
import { serve } from "../../lsp/server.js";

export interface LanguageServerOptions {
  readonly kernel: Kernel;
  readonly library: Library;
  readonly version: string;
  /** The largest file to read, in bytes. */
  readonly largest: number;
  /** The path of a file of the package. */
  readonly packageFile: (path: string) => string;
}

/** Resolves when the editor has ended the connection. */
export function startLanguageServer({ largest, packageFile, ...host }: LanguageServerOptions): Promise<void> {
  const connection = createConnection(
    ProposedFeatures.all,
    new StreamMessageReader(process.stdin),
    new StreamMessageWriter(process.stdout),
  );
  serve(connection, {
    ...host,
    readFile: (uri) => {
      try {
        return uri.startsWith("file:")
          ? readNamed(fileURLToPath(uri), { largest }).toString("utf8")
          : undefined;
      } catch {
        // An import that cannot be read is reported in the text that imports it.
        return undefined;
      }
    },
    libraryUri: (name) => pathToFileURL(packageFile(name)).href,
  });
  return new Promise((resolve) => process.stdin.once("close", resolve));
}
