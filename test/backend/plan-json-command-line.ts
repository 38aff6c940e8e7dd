/** The command line with one back end more, registered before it starts. */
import { registerBackEnd } from "../../src/index.js";
import { planJson } from "./plan-json.js";

registerBackEnd("plan-json", planJson);
await import("../../src/cli/main.js");
