/** Implements `via`, with which the user instead of the planner chooses a source's provider. */
import { offerNearest, write } from "../../diagnostics/advice.js";
import type { ViaProvider } from "../../syntax/tree.js";
import { fail, type Context } from "../context.js";
import { pointText, PROBE_TYPES, probeTypeNamed } from "../source/probe-points.js";
import type { Alternative, CheckedSource, ProbePoint, ProbeType } from "../typed.js";

type Accepts = (alternative: Alternative) => boolean;

/** The probe type for the return of a call, which is selected together with the one for its entry. */
const RETURNS: Partial<Record<ProbeType, ProbeType>> = {
  kprobe: "kretprobe",
  fentry: "fexit",
  uprobe: "uretprobe",
};

/**
 * Restricts a source to the providers that `via` names. In a union or a span, parts that have none of them are
 * left to the planner. If no part has one, reports an error and returns undefined.
 */
export function applyVia(
  source: CheckedSource,
  via: ViaProvider,
  context: Context,
): CheckedSource | undefined {
  const parts = via.parts.map((p) => p.value);
  const type = probeTypeNamed(via.type.text);
  const sources = sourcesOf(source);
  const offered = (): string =>
    `has ${[...new Set([...pointsOf(source).map(pointText), ...sources])].join(", ")}`;
  if (type === undefined && !sources.includes(via.type.text)) {
    const has = `\`${source.name}\` ${offered()}`;
    const near = offerNearest(via.type.text, [...PROBE_TYPES, ...sources], via.type.span, has);
    const message = `there is no probe type \`${via.type.text}\``;
    fail(context, via.type.span, "unknown-probe-type", message, near);
    return undefined;
  }
  const restricted = restrict(source, ({ trigger }) =>
    trigger.kind === "source"
      ? type === undefined && trigger.source.name === via.type.text
      : type !== undefined && isPoint(trigger.point, type, parts),
  );
  if (restricted) return restricted;
  const message = `\`${source.name}\` has no provider ${[type ?? via.type.text, ...parts].join(":")}`;
  const types = [...new Set([...pointsOf(source).map((point) => point.type), ...sources])];
  fail(
    context,
    via.span,
    "no-such-provider",
    message,
    write(via.span, types, `it ${offered()}: write {}`, `it ${offered()}`),
  );
  return undefined;
}

/** Whether `via` selects a probe: `kprobe` selects all kprobes and kretprobes; with a name only that one. */
function isPoint(point: ProbePoint, type: ProbeType, parts: readonly string[]): boolean {
  const isType = point.type === type || (parts.length === 0 && point.type === RETURNS[type]);
  return isType && parts.every((p, i) => point.parts[i] === p);
}

/** Restricts one source; returns undefined if nothing in it is accepted. */
function restrict(source: CheckedSource, takes: Accepts): CheckedSource | undefined {
  switch (source.kind) {
    case "event": {
      const alternatives = restrictAll(source.alternatives, takes);
      return alternatives && { ...source, alternatives };
    }
    case "union": {
      const members = source.members.map((m) => restrict(m.source, takes));
      if (members.every((m) => m === undefined)) return undefined;
      return {
        ...source,
        members: source.members.map((m, i) => ({ ...m, source: members[i] ?? m.source })),
      };
    }
    case "span": {
      const [begin, during, end] = [source.begin, source.during, source.end].map((side) =>
        restrictAll(side, takes),
      );
      if (!begin && !during && !end) return undefined;
      return {
        ...source,
        begin: begin ?? source.begin,
        during: during ?? source.during,
        end: end ?? source.end,
      };
    }
  }
}

/** Returns the alternatives that are accepted themselves; if there are none, those whose sources can be restricted. */
function restrictAll(
  alternatives: readonly Alternative[],
  takes: Accepts,
): readonly Alternative[] | undefined {
  const taken = alternatives.filter(takes);
  if (taken.length > 0) return taken;
  const within = alternatives.flatMap((a): Alternative[] => {
    const inner = a.trigger.kind === "source" ? restrict(a.trigger.source, takes) : undefined;
    return inner ? [{ ...a, trigger: { kind: "source", source: inner } }] : [];
  });
  return within.length > 0 ? within : undefined;
}

function alternativesOf(source: CheckedSource): readonly Alternative[] {
  switch (source.kind) {
    case "event":
      return source.alternatives;
    case "union":
      return source.members.flatMap((m) => alternativesOf(m.source));
    case "span":
      return [...source.begin, ...source.during, ...source.end];
  }
}

function pointsOf(source: CheckedSource): ProbePoint[] {
  return alternativesOf(source).flatMap((a) =>
    a.trigger.kind === "probe" ? [a.trigger.point] : pointsOf(a.trigger.source),
  );
}

/** Returns the names of the sources that are providers in it, at any depth. */
function sourcesOf(source: CheckedSource): string[] {
  return alternativesOf(source).flatMap((a) =>
    a.trigger.kind === "source" ? [a.trigger.source.name, ...sourcesOf(a.trigger.source)] : [],
  );
}
