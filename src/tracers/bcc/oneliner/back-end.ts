/** The back end that writes commands of BCC's own tools; they are not run. */
import type { BackEnd } from "../../back-end.js";
import { emitOneliner, toolGap } from "./emit-oneliner.js";

export const onelinerBackEnd: BackEnd = {
  title: "BCC's tools",
  writes: "a command of one of BCC's own tools",
  hasParts: false,
  writerFor: () => ({ attachGap: toolGap, write: emitOneliner }),
};
