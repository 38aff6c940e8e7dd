/** `faultline lsp`: the language server, for editors. */
import { standardLibrary } from "../../index.js";
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { packageFile } from "../package-files.js";
import { LARGEST_FILE } from "../request/request.js";
import { flag, text } from "../request/options.js";
import { targetKernel, wholeKernel } from "../request/target-kernel.js";
import { version } from "../version.js";

export const lspCommand = defineCommand({
  arguments: [],
  options: {
    kernel: text("--kernel <profile>", "kernel", "complete for this kernel; by default this machine's"),
    stdio: flag("--stdio", "talk over standard input and output, as it always does"),
  },
  async action(_, { kernel }) {
    const target = await targetKernel(kernel);
    const { startLanguageServer } = await import("../servers/servers.js");
    await startLanguageServer({
      // Completion lists what the kernel has, of which the core of a profile is a small part.
      kernel: wholeKernel(target),
      library: standardLibrary(),
      version: version(),
      largest: LARGEST_FILE,
      packageFile,
    });
    return EXIT.done;
  },
});
