/** The back end of docs/backend.md: the plan itself, as JSON. */
import { purposeText, type BackEnd } from "../../src/index.js";

const json = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) => (typeof each === "bigint" ? String(each) : each), 2);

export const planJson: BackEnd = {
  title: "JSON",
  writes: "the plan as JSON",
  hasParts: true,
  writerFor: ({ form }) => ({
    attachGap: () => undefined,
    write: (plan) => ({
      form,
      text: `${json(plan)}\n`,
      plan,
      maps: new Map(),
      environment: {},
      parts: {
        probes: plan.probes.map(({ purposes, steps }) => ({
          purpose: purposeText(purposes),
          text: json(steps),
        })),
        maps: [],
        added: [],
      },
    }),
  }),
};
