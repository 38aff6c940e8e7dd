/** All forms, in the order in which they are tried. */
import { BRACES } from "./braces.js";
import { ENGLISH } from "./english.js";
import type { ForeignForm } from "./form.js";
import { NO_SOURCE } from "./no-source.js";
import { PIPELINE } from "./pipeline.js";
import { PROMQL } from "./selectors.js";
import { SQL } from "./sql.js";

export const FORMS: readonly ForeignForm[] = [SQL, BRACES, PROMQL, PIPELINE, ENGLISH, NO_SOURCE];
