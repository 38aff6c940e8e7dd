/** Writes docs/tools.md. Its outputs come from test/kernel/capture-tools.ts. */
import { writeFileSync } from "node:fs";
import { toolDocs } from "./tool-docs.js";

writeFileSync("docs/tools.md", toolDocs());
