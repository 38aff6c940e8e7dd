import { defineSuite } from "./suite.js";

await defineSuite("debian13");
