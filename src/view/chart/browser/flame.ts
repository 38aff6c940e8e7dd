/**
 * The script of a flame graph in a browser: zoom, search, reset. It reads its data from the elements, so that no text
 * from a query or a kernel ever becomes part of a program. The build bundles it into the picture.
 */
import {
  label,
  levelsOf,
  matcher,
  sumOf,
  zoomed,
  type Extent,
  type FlameRow,
  type Placed,
} from "./frames.js";

const SVG = "http://www.w3.org/2000/svg";
const XHTML = "http://www.w3.org/1999/xhtml";

interface DrawnFrame extends Extent {
  readonly g: SVGGElement;
  readonly rect: Element;
  text: Element | null;
  readonly name: string;
}

const root = document.currentScript?.parentElement;
if (root) liven(root);

function liven(root: Element): void {
  const [full = 0, low = 0, named = 0] = numbers(root, "data-rows");
  const [width = 0] = numbers(root, "data-width");
  const [letter = 0] = numbers(root, "data-letter");
  const [whole = 0] = numbers(root, "data-total");
  const everything: Extent = { start: 0, total: whole, depth: -1 };
  const frames = [...root.querySelectorAll<SVGGElement>(".frames > g")].map(readFrame);
  const part = (name: string): SVGGElement => {
    const found = root.querySelector<SVGGElement>(`.${name}`);
    if (found === null) throw new Error(`the picture has no ${name}`);
    return found;
  };
  const alone = document.documentElement.namespaceURI === SVG;
  let height = frames.reduce((most, { rect }) => Math.max(most, -Number(rect.getAttribute("y"))), 0);
  let chosen: DrawnFrame | undefined;

  /** Sets the height of the picture to what is in view, and moves what is below it. */
  function resize(tall: number): void {
    const change = tall - height;
    if (change === 0) return;
    height = tall;
    for (const g of [part("frames"), part("foot")]) {
      const at = /translate\(([-\d.]+) ([-\d.]+)\)/.exec(g.getAttribute("transform") ?? "");
      g.setAttribute("transform", `translate(${at?.[1] ?? "0"} ${Number(at?.[2] ?? 0) + change})`);
    }
    const inner = root.parentElement;
    const outer = inner?.parentElement;
    if (inner) grow(inner, change);
    if (!inner || outer?.namespaceURI !== SVG) return;
    // Scrolls so that the clicked frame stays in place.
    if (alone) window.scrollBy(0, change);
    grow(outer, change);
    for (let next = inner.nextElementSibling; next; next = next.nextElementSibling)
      next.setAttribute("y", String(Number(next.getAttribute("y")) + change));
  }

  function place({ frame, x, width: w }: Placed<DrawnFrame>, level: FlameRow): void {
    frame.g.style.display = "";
    set(frame.rect, { x, width: Math.max(0, w), y: level.y, height: level.height - 1 });
    const name = label(frame.name, w, letter);
    if (frame.text === null && name !== "") {
      frame.text = document.createElementNS(SVG, "text");
      frame.g.appendChild(frame.text);
    }
    if (frame.text === null) return;
    set(frame.text, { x: x + 3, y: level.y + 11.5 });
    frame.text.textContent = name;
  }

  function zoom(to: DrawnFrame | undefined): void {
    chosen = to;
    const placed = zoomed(frames, to ?? everything, width);
    const levels = levelsOf(placed, { full, low, named });
    for (const { g } of frames) {
      g.classList.remove("under");
      g.style.display = "none";
    }
    for (const each of placed) {
      if (each.isUnder) each.frame.g.classList.add("under");
      const level = levels[each.frame.depth + 1];
      if (level) place(each, level);
    }
    resize(levels.reduce((tall, level) => tall + level.height, 0));
    part("reset").classList.toggle("off", to === undefined);
  }

  function search(text: string): void {
    const matches = text === "" ? () => false : matcher(text);
    const found = frames.filter(({ name }) => matches(name));
    for (const frame of frames) frame.g.classList.remove("found");
    for (const frame of found) frame.g.classList.add("found");
    const percent = ((100 * sumOf(found)) / whole).toFixed(1);
    part("matched").textContent =
      text === "" ? "" : `matched ${percent}% in ${found.length} ${found.length === 1 ? "frame" : "frames"}`;
  }

  const input = addInput(part("search"), part("foot"));
  part("buttons").classList.remove("off");
  part("reset").classList.add("off");
  const isOpen = (): boolean => input.style.display !== "none";
  function openSearch(): void {
    input.style.display = "block";
    input.focus();
    input.select();
  }
  function closeSearch(): void {
    input.value = "";
    input.style.display = "none";
    search("");
  }
  input.addEventListener("input", () => search(input.value));

  root.addEventListener("click", ({ target }) => {
    if (!(target instanceof Element)) return;
    if (target.closest(".reset")) zoom(undefined);
    else if (target.closest(".search")) {
      if (!isOpen()) openSearch();
      else closeSearch();
    } else {
      const g = target.closest(".frames > g");
      const frame = frames.find((each) => each.g === g);
      if (frame) zoom(frame === chosen ? undefined : frame);
    }
  });
  const ground = part("foot").getBoundingClientRect().bottom + 12;
  if (alone && ground > window.innerHeight) window.scrollTo(0, ground - window.innerHeight);
  document.addEventListener("keydown", (event) => {
    // Inside a report, Ctrl-F remains the browser's own search.
    const isFind = (event.key === "f" && (event.ctrlKey || event.metaKey)) || event.key === "F3";
    if (alone && isFind) {
      if (document.activeElement === input) return;
      event.preventDefault();
      openSearch();
    } else if (event.key === "Escape") {
      if (isOpen()) closeSearch();
      else if (chosen) zoom(undefined);
    }
  });
}

function numbers(element: Element, attribute: string): readonly number[] {
  return (element.getAttribute(attribute) ?? "").split(" ").map(Number);
}

function readFrame(g: SVGGElement): DrawnFrame {
  const [start = 0, total = 0, depth = 0] = numbers(g, "data-f");
  const rect = g.querySelector("rect");
  if (rect === null) throw new Error("a frame has no rectangle");
  const [name = ""] = (g.querySelector("title")?.textContent ?? "").split("\n");
  return { g, start, total, depth, rect, text: g.querySelector("text"), name };
}

function set(element: Element, attributes: Readonly<Record<string, number | string>>): void {
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, String(value));
}

function grow(svg: Element, change: number): void {
  const tall = Number(svg.getAttribute("height")) + change;
  svg.setAttribute("height", String(tall));
  if (svg.hasAttribute("viewBox"))
    svg.setAttribute("viewBox", `0 0 ${svg.getAttribute("width") ?? ""} ${tall}`);
}

/** Adds the search field left of the word `search`, hidden at first. */
function addInput(search: SVGGElement, foot: Element): HTMLInputElement {
  const box = document.createElementNS(SVG, "foreignObject");
  const at = search.getBBox();
  set(box, { x: at.x - 214, y: at.y - 5, width: 210, height: 24 });
  const input = document.createElementNS(XHTML, "input") as HTMLInputElement;
  set(input, {
    placeholder: "name or regular expression",
    "aria-label": "search",
    style: "display:none;width:200px;box-sizing:border-box;font:inherit;height:20px;margin:1px",
  });
  box.appendChild(input);
  foot.appendChild(box);
  return input;
}
