/** Writes the parts of documents that are made, and the pictures in them, by the program that `npm run build` made. */
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { pictures } from "./documents/pictures.js";
import { DOCUMENTS, refreshed } from "./documents/refresh.js";

const program = [process.execPath, "dist/cli.cjs"] as const;
mkdirSync("docs/pictures", { recursive: true });
for (const [path, picture] of pictures(program)) writeFileSync(path, picture);
for (const path of DOCUMENTS) writeFileSync(path, await refreshed(readFileSync(path, "utf8"), program));
