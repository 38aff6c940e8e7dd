/** Aggregates, keys and columns as other languages, and people, write them. */
import { phrases, type Phrase } from "./phrase.js";

const RATED = "what comes in a second is a rate, and `{}` is none";
const CALLED = "`{}` is not how an aggregate is written: its argument stands in parentheses";

const SECOND = "second|sec|s|seconds|secs";

export const COLUMNS: readonly Phrase[] = [
  ...phrases("`count()` counts events, and takes no argument", [
    ["count ( * )", "count()"],
    ["count ( 1 )", "count()"],
    ["count ( all|events|rows )", "count()"],
  ]),
  ...phrases("how many different values there are is an aggregate of its own", [
    ["count ( distinct|unique <value> )", "distinct(<value>)"],
    ["count distinct|unique|different <value>", "distinct(<value>)"],
    ["number|count of distinct|unique|different <field>", "distinct(<field|field>)", "distinct(<field>)"],
    ["distinct|unique|uniq|different <field>", "distinct(<field|field>)", "distinct(<field>)"],
    ["<field> distinct|unique", "distinct(<field|field>)"],
  ]),
  ...phrases(RATED, [
    [`<aggregate> ( <value> ) per|by <key:field> per|a|/|each ${SECOND}`, "rate(<value>) by <key|field>"],
    [`count ( ) per|by <key:field> per|a|/|each ${SECOND}`, "rate() by <key|field>"],
    [`per|by <key:field> per|a|/|each ${SECOND}`, "rate() by <key|field>"],
    [`count ( ) per|a|/|each ${SECOND}`, "rate()"],
    [`<aggregate> ( <value> ) per|a|/|each ${SECOND}`, "rate(<value>)"],
    [`<field> per|a|/ ${SECOND}`, "rate(<field|field>)"],
    [`rate per|a|/ ${SECOND}`, "rate()"],
    [`count? per|a|/ ${SECOND}`, "rate()", "every 1s"],
    ["ops|events|calls|times|number per|/|a second|s|sec", "rate()"],
    ["rps|qps|iops|ops|tps", "rate()"],
  ]),
  ...phrases("there are the percentiles p50, p90, p95 and p99", [
    ["percentile|percentiles|quantile|perc|pct|approx_quantiles ( <value> , <number> )", "<number|percentile>(<value>)"],
    ["quantile|percentile|histogram_quantile|percentile_cont ( <number> , <value> )", "<number|percentile>(<value>)"],
    ["<number>th|nd|st percentile of <field>", "<number|percentile>(<field|field>)"],
  ]),
  ...phrases("`lhist` takes a value, a least and a greatest one, and the step, all in the unit of the value", [
    ["lhist|lquantize|linear ( <value> in <unit:word> , <low:number> , <high:number> , <step:number> )",
      "lhist(<value>, <low><unit>, <high><unit>, <step><unit>) in <unit>"],
  ]),
  ...phrases("a unit stands behind the column, not in it", [
    ["<aggregate> ( <value> in|as <unit:word> )", "<aggregate|ours>(<value>) in <unit>"],
  ]),
  ...phrases("there is no aggregate `{}`; it has another name here", [
    ["<aggregate> ( distinct <value> )", "<aggregate|ours>(<value>)"],
    ["<aggregate> ( * )", "<aggregate|ours>()", "<aggregate|ours>(<measure>)"],
  ]),
  ...phrases(CALLED, [
    ["<aggregate> of|on|for the? <field>", "<aggregate|ours>(<field|field>)", "<aggregate|ours>(<field>)"],
    ["<aggregate> <field>", "<aggregate|ours>(<field|field>)", "<aggregate|ours>(<field>)"],
    ["<aggregate> the? <value>", "<aggregate|ours>(<value>)"],
    ["as? in? a histogram|distribution of <field>", "hist(<field|field>)"],
    ["as? in? a histogram|distribution", "hist(<measure>)"],
    ["<aggregate> ( )", "<aggregate|ours>()", "<aggregate|ours>(<measure>)"],
    ["<aggregate>", "<aggregate|ours>()", "<aggregate|ours>(<measure>)"],
    ["<field> <aggregate>", "<aggregate|ours>(<field|field>)"],
  ]),
  ...phrases("keys and columns stand behind each other, with commas between them", [
    ["show|print *|all|everything", "show time, pid, comm, <fields>"],
    ["by <list> , and? by <second:list>", "by <list|keys>, <second|keys>"],
    ["by <list> and? by <second:list>", "by <list|keys>, <second|keys>"],
    ["by <list>", "by <list|keys>"],
    ["show <list>", "show <list|keys>"],
  ]),
]; // prettier-ignore
