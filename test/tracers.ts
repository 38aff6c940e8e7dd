/** The tracers that the targets ship. */
import { SHIPPED as TRACERS } from "../src/tracers/shipped.js";

export { TRACERS };

export const SHIPPED = Object.entries(TRACERS).map(([target, tracers]) => ({ target, ...tracers }));
