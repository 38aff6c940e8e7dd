/**
 * Draws a flame graph. The published libraries either need a DOM (d3-flame-graph, speedscope) or have not been
 * maintained since 2018 (flamegraph).
 *
 * The picture is complete without its script, which only zooms and searches.
 */
import type { FrameKind } from "../stacks.js";
import { escapeXml } from "../value/xml.js";
import type { FlameFrame, FlameLayout } from "./flame-layout.js";
import { FLAME_SCRIPT } from "./generated.js";
import { CHARACTER, pixels, shorten, svgText, WIDTH, type Picture } from "./picture.js";

/** The least width of a frame, in pixels; narrower ones are left out. */
export const NARROWEST = 0.1;

export interface FlameText {
  readonly title: string;
  /** Formats a weight. */
  readonly describe: (weight: number) => string;
  /** Lines below the title. */
  readonly notes: readonly string[];
  /** For comparisons: formats the weights before and after. */
  readonly compare?: (frame: { readonly total: number; readonly change: number }) => string;
}

const SIDE = 10;
/** The heights of levels with and without room for names: the deepest parts of a graph are narrow. */
const ROW = 16;
const LOW_ROW = 4;
const NAMED = 24;
const GRAPH = WIDTH - 2 * SIDE;
const LINE = 16;
const FOOT = 30;

export function flamePicture(layout: FlameLayout, text: FlameText): Picture {
  const facts = [
    [
      layout.total === 0 ? "no events" : text.describe(layout.total),
      `${layout.stacks} ${layout.stacks === 1 ? "stack" : "stacks"}`,
      ...(layout.dropped > 0 ? [`${layout.dropped} frames narrower than ${NARROWEST} px are left out`] : []),
    ].join(" · "),
  ];
  const top = 50 + LINE * (facts.length + text.notes.length - 1);
  const scale = layout.total === 0 ? 0 : GRAPH / layout.total;
  const levels = levelsOf(layout, scale);
  const tall = levels.reduce((sum, { height }) => sum + height, 0);
  const height = top + tall + FOOT;
  const draw = (frame: FlameFrame, kind: string, name: string): string => {
    const width = frame.total * scale;
    const x = frame.start * scale;
    const level = levels[frame.depth + 1] ?? { y: 0, height: ROW };
    const about =
      text.compare?.(frame) ?? `${text.describe(frame.total)}, ${percent(frame.total, layout.total)}`;
    const label = shorten(name, Math.floor((width - 6) / CHARACTER));
    return (
      `<g data-f="${frame.start} ${frame.total} ${frame.depth}"><title>${escapeXml(name)}\n${escapeXml(about)}</title>` +
      `<rect class="${kind}" x="${pixels(x)}" y="${level.y}" width="${pixels(width)}" height="${level.height - 1}"/>` +
      (label === "" ? "" : svgText(x + 3, level.y + 11.5, label)) +
      "</g>\n"
    );
  };
  const all = { frame: { id: -1, name: "all", kind: "key" }, depth: -1, start: 0, total: layout.total, change: layout.change } as const; // prettier-ignore
  const isComparison = text.compare !== undefined;
  const body = [
    svgText(SIDE, 24, text.title, { className: "title", room: WIDTH - 400 }),
    ...facts.map((each, i) => svgText(SIDE, 44 + i * LINE, each, { className: "faint", room: GRAPH })),
    ...text.notes.map((each, i) =>
      svgText(SIDE, 44 + (facts.length + i) * LINE, each, { className: "note", room: GRAPH }),
    ),
    `<g class="frames" transform="translate(${SIDE} ${top + tall})">\n`,
    layout.total === 0 ? "" : draw(all, isComparison ? changeClass(all) : "all", "all"),
    ...layout.frames.map((frame) =>
      draw(frame, isComparison ? changeClass(frame) : kindClass(frame), frame.frame.name),
    ),
    "</g>\n",
    // At the bottom, where a reader starts on a tall graph.
    `<g class="foot" transform="translate(0 ${height - 12})">` +
      legend(isComparison ? COMPARISON_LEGEND : legendOf(layout)) +
      `<g class="buttons off">` +
      button("reset", 480, "Reset zoom") +
      button("search", WIDTH - SIDE - 6 * CHARACTER, "Search") +
      `</g><text class="matched" x="470" y="0" text-anchor="end"></text></g>`,
  ].join("");
  return {
    height,
    body: `<g class="flame" data-width="${GRAPH}" data-letter="${CHARACTER}" data-total="${layout.total}" data-rows="${ROW} ${LOW_ROW} ${NAMED}"><style>${FLAME_STYLE}</style>${body}<script><![CDATA[${FLAME_SCRIPT}]]></script></g>`,
  };
}

interface FlameLevel {
  /** The upper edge, relative to the bottom of the graph, so less than 0. */
  readonly y: number;
  readonly height: number;
}

/** Returns the levels, that of the root first. The script computes the same when it zooms. */
function levelsOf({ frames }: FlameLayout, scale: number): FlameLevel[] {
  const widest: number[] = [GRAPH];
  for (const { depth, total } of frames) widest[depth + 1] = Math.max(widest[depth + 1] ?? 0, total * scale);
  let y = 0;
  return Array.from(widest, (width) => {
    const height = width >= NAMED ? ROW : LOW_ROW;
    y -= height;
    return { y, height };
  });
}

function button(name: string, x: number, label: string): string {
  return `<g class="button ${name}">${svgText(x, 0, label)}</g>`;
}

export function percent(part: number, whole: number): string {
  const share = whole === 0 ? 0 : (100 * part) / whole;
  return `${share >= 99.95 || share === 0 ? Math.round(share) : share.toFixed(share < 0.1 ? 3 : 1)}%`;
}

const SHADES = 6;

/** Returns the class of a frame's colour; equal names have equal shades. */
function kindClass({ frame }: FlameFrame): string {
  let hash = 0;
  for (let i = 0; i < frame.name.length; i++) hash = (hash * 31 + frame.name.charCodeAt(i)) | 0;
  return `${frame.kind}${Math.abs(hash) % SHADES}`;
}

/** Returns the class for a change: four steps each way, the last for frames that exist on one side only. */
function changeClass({ total, change }: { readonly total: number; readonly change: number }): string {
  const share = total === 0 ? 0 : change / total;
  const size = Math.abs(share);
  const step = size < 0.01 ? 0 : size < 0.1 ? 1 : size < 0.34 ? 2 : size < 0.9 ? 3 : 4;
  return step === 0 ? "same" : `${share > 0 ? "grew" : "shrank"}${step}`;
}

type LegendEntry = readonly [className: string, label: string];

const KIND_LABELS: Readonly<Record<FrameKind, string>> = { key: "group", user: "user", kernel: "kernel" };

function legendOf({ frames }: FlameLayout): LegendEntry[] {
  const kinds = new Set(frames.map(({ frame }) => frame.kind));
  return (["key", "user", "kernel"] as const)
    .filter((kind) => kinds.has(kind))
    .map((kind) => [`${kind}2`, KIND_LABELS[kind]]);
}

const COMPARISON_LEGEND: readonly LegendEntry[] = [
  ["grew3", "grew"],
  ["same", "the same"],
  ["shrank3", "shrank"],
];

function legend(entries: readonly LegendEntry[]): string {
  let x = SIDE;
  return entries
    .map(([className, label]) => {
      const part = `<rect class="${className}" x="${x}" y="-9" width="10" height="10"/>${svgText(x + 14, 0, label, { className: "faint" })}`;
      x += 34 + label.length * CHARACTER;
      return part;
    })
    .join("");
}

/** User code is warm, the kernel cold, other keys grey: distinct for red-green colour-blind readers too. */
const HUES: readonly (readonly [kind: FrameKind, hue: number, spread: number, saturation: number])[] = [
  ["user", 24, 5, 88],
  ["kernel", 196, 6, 58],
  ["key", 260, 4, 10],
];

function shade(hue: number, saturation: number, light: number): string {
  return `fill:hsl(${hue},${saturation}%,${light}%)`;
}

function kindRules(light: number): string {
  return HUES.flatMap(([kind, hue, spread, saturation]) =>
    Array.from(
      { length: SHADES },
      (_, i) => `.flame .${kind}${i}{${shade(hue + i * spread, saturation, light + (i % 3) * 3)}}`,
    ),
  ).join("");
}

function changeRules(lightest: number, step: number): string {
  return [1, 2, 3, 4]
    .flatMap((i) => [
      `.flame .grew${i}{${shade(4, 75, lightest - i * step)}}`,
      `.flame .shrank${i}{${shade(214, 70, lightest - i * step)}}`,
    ])
    .join("");
}

const FLAME_STYLE =
  kindRules(66) +
  changeRules(94, 8) +
  `.flame .all,.flame .same{fill:#d5d9dd}` +
  `.flame .frames>g{cursor:pointer}.flame .frames>g:hover>rect{stroke:var(--ink)}.flame .frames text{fill:#16191d;pointer-events:none}` +
  `.flame .under{opacity:.5}.flame .found>rect{fill:#d63fd6!important}` +
  `.flame .button{cursor:pointer}.flame .button text{fill:var(--bar);text-decoration:underline}.flame .off{display:none}.flame .matched{fill:var(--ink)}`;
