/** Makes the TextMate grammar for editors, with the word lists of the language. */
import {
  CONSTANT_WORDS,
  DEFINITION_PARTS,
  DEFINITION_WORDS,
  OPERATOR_WORDS,
  PROBE_TYPES,
  QUERY_WORDS,
  TYPE_PREFIXES,
} from "../../src/syntax/words.js";

const oneOf = (words: readonly string[]): string => words.join("|");

export const TEXT_MATE = {
  $schema: "https://raw.githubusercontent.com/martinring/tmlanguage/master/tmlanguage.json",
  name: "Faultline",
  scopeName: "source.faultline",
  fileTypes: ["fl"],
  firstLineMatch: "^#!.*\\bfaultline\\b",
  patterns: [
    { include: "#comments" },
    { include: "#strings" },
    { include: "#probes" },
    { include: "#constants" },
    { include: "#keywords" },
    { include: "#numbers" },
    { include: "#calls" },
    { include: "#fields" },
    { include: "#operators" },
  ],
  repository: {
    comments: {
      patterns: [
        { name: "comment.line.shebang.faultline", match: "\\A#!.*$" },
        { name: "comment.line.documentation.faultline", match: "///(?!/).*$" },
        { name: "comment.line.double-slash.faultline", match: "//.*$" },
      ],
    },
    strings: {
      patterns: [
        {
          name: "string.quoted.double.faultline",
          begin: '"',
          end: '"|$',
          patterns: [
            {
              name: "constant.character.escape.faultline",
              match: '\\\\(?:[ntre0"\\\\]|x[0-9A-Fa-f]{2}|u\\{[0-9A-Fa-f]{1,6}\\})',
            },
            { name: "invalid.illegal.escape.faultline", match: "\\\\." },
          ],
        },
      ],
    },
    probes: {
      patterns: [
        {
          match: `(?<![.\\w])(${oneOf(PROBE_TYPES)})((?::(?:"[^"]*"|\\.{0,2}/[^\\s"(),:;{}]*|[\\w*?.@+$!\\[\\]-]+))+)`,
          captures: {
            "1": { name: "storage.type.probe.faultline" },
            "2": { name: "entity.name.function.probe.faultline" },
          },
        },
      ],
    },
    constants: {
      patterns: [{ name: "constant.language.faultline", match: `(?<![.\\w])(${oneOf(CONSTANT_WORDS)})\\b` }],
    },
    keywords: {
      patterns: [
        { name: "keyword.control.faultline", match: `(?<![.\\w])(${oneOf(QUERY_WORDS)})\\b(?!\\s*:)` },
        { name: "keyword.operator.word.faultline", match: `(?<![.\\w])(${oneOf(OPERATOR_WORDS)})\\b` },
        {
          name: "keyword.other.definition.faultline",
          match: `(?<![.\\w])(${oneOf([...DEFINITION_WORDS, ...DEFINITION_PARTS])})\\b(?!\\s*:)`,
        },
      ],
    },
    numbers: {
      patterns: [
        {
          match: "(?<!\\w)(0x[0-9A-Fa-f_]+|[0-9][0-9_]*(?:\\.[0-9_]+)?)([A-Za-zµ]\\w*)?",
          captures: {
            "1": { name: "constant.numeric.faultline" },
            "2": { name: "keyword.other.unit.faultline" },
          },
        },
      ],
    },
    calls: {
      patterns: [{ name: "support.function.faultline", match: "(?<![.\\w])[A-Za-z_]\\w*(?=\\s*\\()" }],
    },
    fields: {
      patterns: [
        {
          match: `([A-Za-z_]\\w*)\\s*:\\s+((?:${oneOf(TYPE_PREFIXES)})\\s+)?([A-Za-z_]\\w*)`,
          captures: {
            "1": { name: "variable.other.member.faultline" },
            "2": { name: "storage.modifier.faultline" },
            "3": { name: "storage.type.faultline" },
          },
        },
      ],
    },
    operators: {
      patterns: [{ name: "keyword.operator.faultline", match: "==|!=|<=|>=|!~|<<|>>|[=<>~+\\-*/%&|^?]" }],
    },
  },
};
