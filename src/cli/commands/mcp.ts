/** `faultline mcp`: the server for assistants. */
import { defineCommand } from "../command.js";
import { EXIT } from "../exit.js";
import { flag } from "../request/options.js";
import { targetKernel, wholeKernel } from "../request/target-kernel.js";
import { version } from "../version.js";

export const mcpCommand = defineCommand({
  arguments: [],
  options: {
    allowRun: flag("--allow-run", "let the assistant trace this machine; without it nothing is ever run"),
  },
  async action(_, { allowRun }) {
    const { startAssistantServer } = await import("../servers/servers.js");
    await startAssistantServer({
      version: version(),
      kernel: async (name) => wholeKernel(await targetKernel(name)),
      allowRun: allowRun === true,
    });
    return EXIT.done;
  },
});
