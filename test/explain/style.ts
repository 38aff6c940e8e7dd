import type { TextStyle } from "../../src/explain/page.js";

const same = (text: string): string => text;

export const PLAIN: TextStyle = { width: 100, columns: 100, heading: same, name: same, faint: same };
