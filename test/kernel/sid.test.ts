import { defineSuite } from "./suite.js";

await defineSuite("sid");
