/** Starts the command line within the executable, which has its bundle and the code that V8 made of it as assets. */
import { asset } from "../../assets.js";
import { startBundle } from "./start-bundle.js";

const bytes = (name: string): Buffer => Buffer.from(asset(name) ?? []);

const code = bytes("cli.bundle.cjs.cache");
startBundle(process.execPath, bytes("cli.bundle.cjs").toString(), code.length > 0 ? code : undefined, module);
