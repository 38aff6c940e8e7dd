/** The live view: redraws the tables of each interval in place, with keys to sort and pause them. */
import { grouped } from "../../integers.js";
import { Writable } from "node:stream";
import type { ReadStream } from "node:tty";
import type { Plan, Result } from "../../plan/plan.js";
import type { GroupsEvent } from "../../results/events.js";
import { aggregatesOf, isOpen, keyColumns } from "../../plan/columns.js";
import type { RunStatus } from "../../run/run.js";
import { HeatHistory } from "../heat-history.js";
import { histogramsOf, scalarColumns, type ShownColumn } from "../table/columns.js";
import { HEAT_COLUMNS, heatLines } from "../table/heat-lines.js";
import { CsvWriter } from "../formats/csv.js";
import { escapeText } from "../value/escape.js";
import { foldedTable } from "../table/fit-table.js";
import { intervalTime } from "../value/format-value.js";
import { Controls, HELP } from "./controls.js";
import { listenForStop } from "./job-control.js";
import { listenForKeys, type KeyAction } from "./keyboard.js";
import { inOrder, type Order } from "../table/order.js";
import { Screen, type ScreenOutput } from "./screen.js";
import { RunClock, statusText, type StatusLine } from "./status.js";
import { TextWriter } from "../formats/text.js";
import { intervalHead, partialText } from "../partial.js";
import type { Note, ViewContext, Writer } from "../types.js";
import type { Output } from "../streams.js";
import { append, greatest } from "../../lists.js";

/** How long to wait for the batches of other results before drawing, in milliseconds. */
const TOGETHER = 30;
const TICK = 1000;
/** Below this height, in lines, the space above the status line is given up. */
const LOW = 10;
/** The map usage from which on it is shown, in percent. */
const FULL_ENOUGH = 50;
const KEYS_HELP = "? help · q quit · space pause · / filter · s sort";
const HELP_KEYS = greatest(HELP.map(([key]) => key.length));

/** Whether everything before the end is tables at an interval; lines of events scroll instead. */
export function canRedraw(plan: Plan): boolean {
  const { results } = plan;
  return (
    results.some(({ every }) => every !== undefined) &&
    results.every((result) => result.kind === "groups" || isOpen(result))
  );
}

export interface LiveOptions {
  readonly out: ScreenOutput;
  /** Messages to it wait until the normal screen is back. */
  readonly err: Output;
  /** The terminal to read keys from; without it there are no keys. */
  readonly keyboard?: ReadStream | undefined;
  readonly onQuit: () => void;
  /** Called at Ctrl-Z, which raw mode delivers as a key. */
  readonly onStop: () => void;
  readonly now?: () => number;
}

/** The status line of a run and the writer of its results. `end` restores the terminal. */
export class LiveView implements StatusLine {
  /** Replaces stderr while the screen is in use. */
  readonly err: Output;
  private readonly screen: Screen;
  private context: ViewContext | undefined;
  private newest = new Map<number, GroupsEvent>();
  /** Of results with histograms. */
  private readonly heat = new Map<number, HeatHistory>();
  /** Partial batches at the end that are not shown, by result. */
  private readonly cut = new Map<number, GroupsEvent>();
  /** The batches shown while paused. */
  private held: ReadonlyMap<number, GroupsEvent> | undefined;
  private readonly orders = new Map<number, Order>();
  private readonly controls = new Controls();
  private readonly run: RunClock;
  private note: string | undefined;
  private readonly waiting: string[] = [];
  private soon: NodeJS.Timeout | undefined;
  private tick: NodeJS.Timeout | undefined;
  private releaseKeys: (() => void) | undefined;
  private releaseStop: (() => void) | undefined;
  private hasEnded = false;
  private readonly resized = (): void => this.draw();

  constructor(private readonly options: LiveOptions) {
    this.run = new RunClock(options.now ?? ((): number => performance.now()));
    this.screen = new Screen(options.out);
    this.err = Object.assign(
      new Writable({
        decodeStrings: false,
        write: (chunk: string, _, done) => {
          if (this.hasEnded) options.err.write(chunk);
          else this.waiting.push(chunk);
          done();
        },
      }),
      { isTTY: options.err.isTTY === true },
    );
  }

  /** Takes over the terminal. */
  begin(): void {
    this.options.out.on("resize", this.resized);
    this.tick = setInterval(() => this.draw(), TICK);
    this.tick.unref();
    this.releaseStop = listenForStop(
      () => this.leave(),
      () => this.enter(),
    );
    this.enter();
  }

  private enter(): void {
    // Before drawing: in the background this stops the process again, so the foreground program is not drawn over.
    if (this.options.keyboard)
      this.releaseKeys = listenForKeys(this.options.keyboard, {
        isTyping: () => this.controls.typed !== undefined,
        onText: (text, name) => {
          this.controls.type(text, name);
          this.draw();
        },
        onDigit: (digit) => {
          if (this.context) this.controls.toggleColumn(digit, this.context.plan);
          this.draw();
        },
        onAction: (action) => this.perform(action),
      });
    this.screen.open();
    this.draw();
  }

  private leave(): void {
    this.releaseKeys?.();
    this.screen.close();
  }

  writer(context: ViewContext): Writer {
    this.context = context;
    return {
      row: () => undefined,
      groups: (event) => this.take(event),
      note: ({ text }: Note) => {
        this.note = text;
        this.drawSoon();
      },
      end: () => this.writeLast(context),
    };
  }

  update(status: RunStatus): void {
    if (this.run.update(status)) this.draw();
  }

  clear(): void {
    // Nothing to clear: messages wait in `waiting`.
  }

  /** Restores the terminal and writes the messages that waited. Later calls do nothing. */
  end(): void {
    if (this.hasEnded) return;
    this.hasEnded = true;
    clearTimeout(this.soon);
    clearInterval(this.tick);
    this.options.out.off("resize", this.resized);
    this.releaseStop?.();
    this.leave();
    for (const text of this.waiting.splice(0)) this.options.err.write(text);
  }

  private take(event: GroupsEvent): void {
    // The last interval is cut short: the whole one before stays.
    const isCut = event.partial === true || event.groups.length === 0;
    if (event.final === true && isCut && this.newest.has(event.result)) this.cut.set(event.result, event);
    else this.newest.set(event.result, event);
    if (event.partial !== true) this.remember(event);
    this.drawSoon();
  }

  private remember(event: GroupsEvent): void {
    const result = this.context?.plan.results[event.result];
    if (!result || histogramsOf(result).length === 0) return;
    const history = this.heat.get(event.result) ?? new HeatHistory(result, HEAT_COLUMNS);
    this.heat.set(event.result, history);
    history.add(event);
  }

  private perform(action: KeyAction): void {
    const leavesHelp = this.controls.showsHelp;
    this.controls.showsHelp = action === "help" && !leavesHelp;
    switch (action) {
      case "help":
        break;
      case "filter":
        this.controls.startTyping();
        break;
      case "up":
      case "down":
        this.controls.scroll(action === "up" ? -1 : 1);
        break;
      case "page up":
      case "page down":
        this.controls.scroll((action === "page up" ? -1 : 1) * Math.max(1, this.screen.height - LOW / 2));
        break;
      case "first row":
        this.controls.scroll(-Infinity);
        break;
      case "pause":
        this.held = this.held ? undefined : new Map(this.newest);
        break;
      case "quit":
      case "interrupt":
        this.options.onQuit();
        return;
      case "stop":
        this.options.onStop();
        return;
      case "reverse":
        this.turn((order) => ({ ...order, isAscending: !order.isAscending }));
        break;
      case "next column":
      case "previous column":
        this.turn((order, columns) => {
          const step = action === "next column" ? 1 : columns.length - 1;
          const column = (order.column + step) % columns.length;
          // Names sort from A to Z at first, numbers from the largest.
          return { column, isAscending: columns[column]?.type.kind !== "number" };
        });
    }
    this.draw();
  }

  /** Changes the order of every result. */
  private turn(change: (order: Order, columns: readonly ShownColumn[]) => Order): void {
    for (const [index, result] of (this.context?.plan.results ?? []).entries()) {
      const columns = scalarColumns(result);
      if (columns.length > 0)
        this.orders.set(index, change(this.orders.get(index) ?? planned(result), columns));
    }
  }

  private drawSoon(): void {
    if (this.hasEnded) return;
    this.soon ??= setTimeout(() => this.draw(), TOGETHER);
  }

  private draw(): void {
    clearTimeout(this.soon);
    this.soon = undefined;
    if (this.hasEnded || !this.context) return;
    const { width, height } = this.screen;
    // Leaves a blank line above the status line where there is room.
    const context = { ...this.context, width, hides: this.controls.hides };
    const body = this.controls.showsHelp
      ? HELP.map(([key, does]) => `  ${context.colors.bold(key.padEnd(HELP_KEYS))}  ${does}`)
      : this.body(context, height - (height < LOW ? 1 : 2));
    const room = Array.from({ length: Math.max(0, height - 1 - body.length) }, () => "");
    this.screen.draw([...body.slice(0, height - 1), ...room, this.statusLine()]);
  }

  private body(context: ViewContext, height: number): string[] {
    const shown = [...(this.held ?? this.newest)].sort(([a], [b]) => a - b);
    const lines: string[] = this.note === undefined ? [] : [context.colors.yellow(escapeText(this.note))];
    for (const [i, [index, event]] of shown.entries()) {
      const result = context.plan.results[index];
      if (!result) continue;
      if (i > 0) lines.push("");
      if (context.plan.results.length > 1) lines.push(context.colors.bold(escapeText(result.query)));
      const head = intervalHead(event, intervalTime(event.nsecs, context.clock, result.every));
      if (head !== "") lines.push(context.colors.dim(head));
      // Height that one result does not use is left for those after it.
      const share = Math.floor((height - lines.length) / (shown.length - i));
      const { event: wanted, above } = this.controls.shown(this.ordered(event), context);
      if (above > 0) lines.push(context.colors.dim(`… ${grouped(above)} above`));
      const room = share - (above > 0 ? 1 : 0);
      append(lines, this.block(wanted, result, context, room));
    }
    return lines;
  }

  /** The table, and what was before where there is room for both. */
  private block(event: GroupsEvent, result: Result, context: ViewContext, room: number): readonly string[] {
    const table = foldedTable(event, result, context, room, this.orders.get(event.result));
    const heat = this.heatOf(event, context);
    return table.length + heat.length < room && heat.length > 0 ? [...table, "", ...heat] : table;
  }

  private heatOf({ result: index }: GroupsEvent, context: ViewContext): readonly string[] {
    const [result, history] = [context.plan.results[index], this.heat.get(index)];
    return result && history ? heatLines(history, result, context) : [];
  }

  private ordered(event: GroupsEvent): GroupsEvent {
    const order = this.orders.get(event.result);
    const result = this.context?.plan.results[event.result];
    const column = order && result && scalarColumns(result)[order.column];
    return column ? { ...event, groups: inOrder(event.groups, column, order.isAscending) } : event;
  }

  private statusLine(): string {
    const more = [...this.controls.status(), ...this.fill()];
    const keys = this.options.keyboard ? KEYS_HELP : "Ctrl-C to end";
    const status = this.run.status();
    let text = status ? statusText(status, undefined, more, keys) : [...more, keys].join(" · ");
    // First, since the rest may be cut off.
    if (this.held) text = `paused · ${text}`;
    return this.context?.colors.inverse(text) ?? text;
  }

  /** Returns the usage of the fullest map, if the tracer's output reports it. */
  private fill(): string[] {
    const plan = this.context?.plan;
    if (!plan || plan.maxEntries === 0) return [];
    const most = greatest(
      [...this.newest.values()].map(({ entries }) => entries ?? 0),
      0,
    );
    const percent = Math.floor((most / plan.maxEntries) * 100);
    return percent >= FULL_ENOUGH ? [`map ${percent} % full`] : [];
  }

  /** What came after the last whole interval is not shown, and not passed over in silence. */
  private cutText(index: number, event: GroupsEvent, { plan, colors }: ViewContext): string {
    const of = plan.results.length > 1 ? ` of ${escapeText(plan.results[index]?.query ?? "")}` : "";
    const rows = `${event.groups.length} ${event.groups.length === 1 ? "row" : "rows"}`;
    return `${colors.dim(`the interval after it${of} is not shown: ${partialText(event) ?? ""}, ${rows}`)}\n`;
  }

  /** Writes the last tables in full to the normal screen. */
  private writeLast(context: ViewContext): void {
    this.end();
    const text = new TextWriter({ ...context, width: this.screen.width, isLast: true }, this.orders);
    let fault: unknown;
    for (const [, event] of [...this.newest].sort(([a], [b]) => a - b))
      try {
        text.groups(this.ordered(event));
        const heat = this.heatOf(event, context);
        if (heat.length > 0) context.write(`\n${heat.join("\n")}\n`);
      } catch (error) {
        fault ??= error;
        // The rows are still written, as CSV.
        new CsvWriter(context).groups(event);
      }
    for (const [index, event] of this.cut)
      if (event.groups.length > 0) context.write(this.cutText(index, event, context));
    if (fault !== undefined) throw fault;
  }
}

/** Returns the plan's own order: by the ranking column, largest first. */
function planned(result: Result): Order {
  const aggregates = aggregatesOf(result);
  const by = "top" in result ? result.top?.by : undefined;
  const keys = keyColumns(result).length;
  const label = aggregates[by ?? 0]?.label;
  const column = scalarColumns(result).findIndex((each, i) => i >= keys && each.label === label);
  return {
    column: column === -1 ? Math.min(keys, scalarColumns(result).length - 1) : column,
    isAscending: false,
  };
}
