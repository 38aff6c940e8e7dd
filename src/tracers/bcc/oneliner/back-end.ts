/** Commands of BCC's own tools, for those who compile and do not run. */
import type { BackEnd } from "../../back-end.js";
import { emitOneliner, toolGap } from "./emit-oneliner.js";

export const onelinerBackEnd: BackEnd = {
  title: "BCC's tools",
  writes: "a command of one of BCC's own tools",
  hasParts: false,
  writerFor: () => ({ attachGap: toolGap, write: emitOneliner }),
};
