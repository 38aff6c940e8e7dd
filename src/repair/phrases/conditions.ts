/** Conditions as other languages, and people, write them. */
import { phrases, type Phrase } from "./phrase.js";

const COMPARED =
  "values are compared with `==`, `!=`, `<`, `<=`, `>`, `>=` and `~`, and `{}` is none of them";
const MATCHED = "texts are matched by patterns: `*` is any text, `?` any character; `{}` is not a word of it";
const REGEX =
  "patterns are globs, not regular expressions: `*` is any text, `?` any character, `[ab]` one of these";
const LISTED = "the values to choose from stand behind `in`, in parentheses";

const LIKE = "like|ilike|glob";
const CONTAINS = "contains|contain|containing|includes|include|including|icontains|has";
const STARTS = "starts|start|begins|begin|starting|beginning";
const ENDS = "ends|end|ending";
const MATCHES = "=~|matches|match|matching|regexp|regex|rlike|similar";

export const CONDITIONS: readonly Phrase[] = [
  ...phrases(REGEX, [
    ["=~|!~|~|==|matches|match|matching|regexp|regex|rlike|like <pattern>", "~ <pattern|glob>", "~ <pattern|contains>"],
    ["!=|!~ <pattern>", "!~ <pattern|glob>"],
    ["not matches|match|regexp|rlike <text>", "!~ <text|glob>", "!~ <text|contains>"],
    [`${MATCHES} to? <string>`, "~ <string|glob>", "~ <string|contains>"],
    ["match|matches|regex|regexp|test|regexp_like|re_match ( <value> , <text> )", "<value> ~ <text|glob>"],
  ]),
  ...phrases(MATCHED, [
    ["does|do|is? not contain|contains|include|includes <text>", "!~ <text|contains>"],
    ["doesn't|don't|isn't contain|include|have <text>", "!~ <text|contains>"],
    ["not contains|contain|includes|include|containing <text>", "!~ <text|contains>"],
    [`${CONTAINS} <string>`, "~ <string|contains>"],
    ["contains|contain|includes|include <text>", "~ <text|contains>", "has <text>"],
    [`not ${LIKE} <text>`, "!~ <text|like>"],
    [`${LIKE} <text>`, "~ <text|like>"],
    [`not ${STARTS} with <text>`, "!~ <text|prefix>"],
    [`${STARTS} with <text>`, "~ <text|prefix>"],
    ["startswith|startsWith|starts_with|hasprefix|prefix <text>", "~ <text|prefix>"],
    [`not ${ENDS} with|in <text>`, "!~ <text|suffix>"],
    [`${ENDS} with|in <text>`, "~ <text|suffix>"],
    ["endswith|ends_with|hassuffix|suffix <text>", "~ <text|suffix>"],
    ["startswith|starts_with|hasprefix|strhasprefix ( <value> , <text> )", "<value> ~ <text|prefix>"],
    ["endswith|ends_with|hassuffix ( <value> , <text> )", "<value> ~ <text|suffix>"],
    ["contains|strcontains|strstr|includes|instr ( <value> , <text> )", "<value> ~ <text|contains>"],
    ["strncmp|strcmp ( <value> , <text> ) == <number>", "<value> == <text|quoted>"],
    ["strncmp ( <value> , <text> , <count:number> ) == <number>", "<value> ~ <text|prefix>"],
  ]),
  ...phrases("a range is two comparisons", [
    ["<value> not between <low:value> and|, <high:value>", "(<value> < <low> or <value> > <high>)"],
    ["<value> is? between|from <low:value> and|,|to <high:value>", "<value> >= <low> and <value> <= <high>"],
    ["between <low:value> and|, <high:value>", "where <measure> >= <low> and <measure> <= <high>"],
    ["<value> in <low:number> ..|... <high:number>", "<value> >= <low> and <value> <= <high>"],
  ]),
  ...phrases(LISTED, [
    ["<value> is? not one|any? of? in? ( <list> )", "<value> not in (<list>)"],
    ["<value> is? one|any of ( <list> )", "<value> in (<list>)"],
    ["<value> is? one|any of <list>", "<value> in (<list>)"],
    ["<value> not in [|{ <list> ]|}", "<value> not in (<list>)"],
    ["<value> in [|{ <list> ]|}", "<value> in (<list>)"],
    ["<value> ==|=|is|= ( <list> )", "<value> in (<list>)"],
    ["<value> == [|{ <list> ]|}", "<value> in (<list>)"],
    ["<value> != (|[|{ <list> )|]|}", "<value> not in (<list>)"],
    ["<value> not in <list>", "<value> not in (<list>)"],
    ["<value> in <list>", "<value> in (<list>)"],
  ]),
  ...phrases("every field has a value: what there is not is 0, or the empty text", [
    ["is not null|nil|none|empty", '!= ""', "!= 0"],
    ["!= null|nil|none|empty", '!= ""', "!= 0"],
    ["is null|nil|none|empty|missing", '== ""', "== 0"],
    ["==|= null|nil|none|empty", '== ""', "== 0"],
  ]),
  ...phrases(COMPARED, [
    ["is|are? greater|more|bigger|larger|higher|longer|older than? or equal to?", ">="],
    ["is|are? less|fewer|smaller|lower|shorter than? or equal to?", "<="],
    ["is|are? not more|greater|larger than", "<="],
    ["is|are? greater|more|bigger|larger|higher|longer|older than", ">"],
    ["is|are? less|fewer|smaller|lower|shorter|younger than", "<"],
    ["is|are? above|over|exceeds|exceeding|beyond", ">"],
    ["is|are? below|under", "<"],
    ["is|are? at least", ">="],
    ["is|are? at most", "<="],
    ["is|are? not equal|equals to?", "!="],
    ["is|are|was not", "!="],
    ["isn't|aren't|ne|neq|differs", "!="],
    ["is|are? equal|equals to", "=="],
    ["is|are|was|eq|equals|equal", "=="],
    ["gt", ">"],
    ["lt", "<"],
    ["ge|gte|geq", ">="],
    ["le|lte|leq", "<="],
    [":= <value>", "== <value>"],
  ]),
  ...phrases("`{}` is not one event's value: what comes in a second is the rate of many", [
    ["<amount> / s|sec|second|min|minute|h|hour", "<amount>"],
    ["<amount> per|a second|sec|minute|hour", "<amount>"],
  ], "compare the amount of one event, {}; the rate of all is `rate(…)`, a column"),
  ...phrases("the words that join conditions are `and`, `or` and `not`, in small letters", [
    ["and also|not? <condition>", "and <condition>"],
    ["but not <condition>", "and not (<condition>)"],
    ["but <condition>", "and <condition>"],
    ["AND|plus <condition>", "and <condition>"],
    ["OR <condition>", "or <condition>"],
    ["NOT <condition>", "not <condition>"],
    ["IN ( <list> )", "in (<list>)"],
  ]),
]; // prettier-ignore
