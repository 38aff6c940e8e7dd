import { defineSuite } from "./suite.js";

await defineSuite("debian12");
