/** Clauses as other languages, and people, write them. */
import { phrases, type Phrase } from "./phrase.js";

const GROUPED = "groups are made by `by`, and there is no `{}`";
const RANKED = "there is no `{}`: `top` keeps the largest groups, the largest first";
const FILTERED = "which events count is said by `where`, and there is no `{}`";
const PAST =
  "what is past is not recorded: a query begins when it is started, and sees what happens from then on";
const REPEATED = "how often results are printed is said by `every` and a duration";
const ENDED = "how long a query runs is said by `for` and a duration";

const ORDER = "order|sort|sorted|ordered|rank|ranked|orderby|sort_by|order_by";
const DIRECTION = "desc|descending|asc|ascending|nr|reverse";
const OF = "of|for|from|in|on|with|by";

export const CLAUSES: readonly Phrase[] = [
  ...phrases(GROUPED, [
    ["group|grouped|partition|split|keyed|bucket|break|broken|down|facet by <list>", "by <list|keys>"],
    ["groupby|group_by|sum_by|breakdown|facet (? <list> )?", "by <list|keys>"],
    ["group|facet <list>", "by <list|keys>"],
    ["for each|every <field>", "by <field|field>", "by <field>"],
    ["per|each|across|foreach <field>", "by <field|field>", "by <field>"],
  ]),
  ...phrases("`top` has no direction: the largest come first", [
    [`${ORDER} by <list> asc|ascending`, "top 10 by <list|rank>", "top 10", "by comm top 10", ""],
    ["top <number> by <list> desc|descending|asc|ascending", "top <number> by <list>", "top <number> by <list|rank>", "top <number>"],
    ["top <number> desc|descending|asc|ascending", "top <number>"],
  ]),
  ...phrases(RANKED, [
    [`${ORDER} by <list> ${DIRECTION} limit|head|top <number>`, "top <number> by <list>", "top <number> by <list|rank>", "top <number>", "by comm top <number>", ""],
    [`${ORDER} by <list> ${DIRECTION}?`, "top 10 by <list>", "top 10 by <list|rank>", "top 10", "by comm top 10", ""],
    [`${ORDER} ${DIRECTION}? by? <list>`, "top 10 by <list>", "top 10 by <list|rank>", "top 10", "by comm top 10", ""],
    [`${ORDER} - <list>`, "top 10 by <list|rank>", "top 10", ""],
    [`${ORDER}`, "top 10", "by comm top 10", ""],
    ["limit|head|first|take|fetch|only|max|highest|largest|biggest|worst - <number>", "top <number>", "by comm top <number>", ""],
    ["limit|head|first|take|fetch|only|max|highest|largest|biggest|worst <number> rows? only?", "top <number>", "by comm top <number>", ""],
    ["top <numeral> by <field>", "by <field|field> top <numeral|number>"],
    ["top <numeral>", "top <numeral|number>"],
    ["top <number> by <field>", "by <field|field> top <number>"],
    ["top by <list>", "top 10 by <list>", "top 10 by <list|rank>", "top 10"],
    ["top <field>", "by <field|field> top 10"],
    ["offset|skip <number>", ""],
    ["-? desc|descending|asc|ascending", "top 10", ""],
  ]),
  ...phrases("groups are not filtered by what they add up to: `where` sees each event by itself", [
    ["having <condition>", "where <condition>", "top 10", "by comm top 10", ""],
    ["where <aggregate> ( <value> ) >|>= <number>", "top 10", "by comm top 10"],
    ["where <aggregate> ( ) >|>= <number>", "top 10", "by comm top 10"],
  ], "write {}: the largest groups"),
  ...phrases(PAST, [
    ["in|over|during|within|for|from? the? last|past|previous <duration>", "for <duration|duration>"],
    ["last|past|previous <duration>", "for <duration|duration>"],
    ["<duration> ago", "for <duration|duration>"],
    ["since|after|from|starting at? <clock> to|until|till|- <end:clock>", "for 5m"],
    ["since|after|from|starting|between at? <clock>", "for 5m"],
    ["since|after <duration> ago?", "for <duration|duration>"],
    ["since|after|yesterday|today|ago <value>?", "for 5m"],
    ["[ <duration> ]", "for <duration|duration>"],
  ], "write {} to watch from now on; a run that `--record FILE` kept is shown again by `faultline replay FILE`"),
  ...phrases(ENDED, [
    ["until|till|before <clock>", "for 5m"],
    ["during|lasting|within|over|for|next|timeout|duration|in the? next? <duration>", "for <duration|duration>"],
  ]),
  ...phrases(REPEATED, [
    ["every|each <duration>", "every <duration|duration>"],
    ["interval|step|window|resolution|refresh|tick|bin|bucket =? (? <duration> )?", "every <duration|duration>"],
    ["interval|step|refresh|delay <number>", "every <number>s"],
    ["once|twice? a|an|per|every|each <duration>", "every <duration|duration>"],
    ["per|a|an <duration>", "every <duration|duration>"],
    ["secondly", "every 1s"],
    ["minutely", "every 1m"],
    ["hourly", "every 1h"],
  ]),
  ...phrases(FILTERED, [
    ["unless|except|excluding|without|ignoring|exclude for|when|if|where? <condition>", "where not (<condition>)"],
    ["filter|if|when|with|only|provided|filtered|select|that|which|whose|satisfying on|if|where|by|for? (? <condition> )?", "where <condition>"],
    [`${OF} the? <field> ==|=|:|is? <value>`, "where <field|field> == <value>", "where <field|field> == <value|quoted>", "where <field> == <value>", "where <field> == <value|quoted>"],
    ["<field> <number>", "where <field|field> == <number>", "where <field> == <number>"],
    ["<field> <string>", "where <field|field> == <string|quoted>"],
    ["- p|pid =? <number>", "where pid == <number>"],
    ["filter|grep <text>", "where comm == <text|quoted>"],
    ["of|for|from|in|on <text>", "where comm == <text|quoted>"],
    ["{ <condition> }", "where <condition>"],
    ["/ <condition> /", "where <condition>"],
    ["and|, <condition>", "where <condition>"],
  ]),
  ...phrases("a condition stands behind `where`", [
    ["<value> <operator> <condition>", "where <value> <operator> <condition>"],
    ["<value> <comparison> <condition>", "where <value> <comparison> <condition>"],
    ["larger|greater|more|bigger|over|above|exceeding|longer|slower|older|at than|least? <value>", "where <measure> > <value>"],
    ["smaller|less|fewer|under|below|shorter|faster|younger than? <value>", "where <measure> < <value>"],
  ]),
  ...phrases("which provider is taken is said by `via`", [
    ["using|through|on|with|by <word>", "via <word>"],
  ]),
  ...phrases("clauses follow each other, with nothing between them", [
    ["|", ""],
    ["||", ""],
    ["and|then|please|now ,?", ""],
    [",", ""],
  ]),
]; // prettier-ignore
