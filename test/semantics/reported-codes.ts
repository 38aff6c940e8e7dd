/** The codes of the diagnostics that a folder of the compiler reports, read from its source. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import * as ts from "typescript";

/** By the name of a function: which of its parameters is the code. */
type Reporters = ReadonlyMap<string, number>;

const SEVERITIES: readonly string[] = ["error", "warning", "note", "add"];

/** Throws where a code is worked out, and so cannot be read from the source. */
export function reportedCodes(folders: readonly string[]): ReadonlySet<string> {
  const files = folders
    .flatMap((folder) =>
      readdirSync(folder, { recursive: true, encoding: "utf8" }).map((path) => join(folder, path)),
    )
    .filter((path) => path.endsWith(".ts"))
    .map((path) => ts.createSourceFile(path, readFileSync(path, "utf8"), ts.ScriptTarget.Latest, true));
  const reporters = new Map(files.flatMap(reportersOf));
  return new Set(files.flatMap((file) => codesOf(file, reporters)));
}

function all(node: ts.Node): readonly ts.Node[] {
  const found: ts.Node[] = [node];
  for (const each of found) ts.forEachChild(each, (child) => void found.push(child));
  return found;
}

/** The functions with a parameter `code` that is a text. */
function reportersOf(file: ts.SourceFile): readonly (readonly [string, number])[] {
  return all(file).flatMap((node) => {
    if (!ts.isFunctionLike(node)) return [];
    const at = node.parameters.findIndex((parameter) => /^code: string\b/.test(parameter.getText()));
    const name = node.name ?? (ts.isVariableDeclaration(node.parent) ? node.parent.name : undefined);
    return at >= 0 && name ? [[name.getText(), at] as const] : [];
  });
}

function codesOf(file: ts.SourceFile, reporters: Reporters): readonly string[] {
  return all(file).flatMap((node) => {
    if (
      ts.isPropertyAssignment(node) &&
      node.name.getText() === "code" &&
      ts.isStringLiteral(node.initializer)
    )
      return codesIn(node.initializer);
    if (!ts.isCallExpression(node)) return [];
    const callee = node.expression;
    const at =
      ts.isPropertyAccessExpression(callee) && SEVERITIES.includes(callee.name.text)
        ? // Others have methods of that name as well.
          /diagnostics$/.test(callee.expression.getText())
          ? 0
          : undefined
        : reporters.get(ts.isPropertyAccessExpression(callee) ? callee.name.text : callee.getText());
    const code = at === undefined ? undefined : node.arguments[at];
    return code ? codesIn(code) : [];
  });
}

function codesIn(code: ts.Expression): readonly string[] {
  if (ts.isStringLiteralLike(code)) return [code.text];
  if (ts.isConditionalExpression(code)) return [...codesIn(code.whenTrue), ...codesIn(code.whenFalse)];
  // A reporter that is given it, or a diagnostic that is reported once more: it is read where it was made.
  if (code.getText() === "code" || code.getText().endsWith(".code")) return [];
  const { line } = code.getSourceFile().getLineAndCharacterOfPosition(code.getStart());
  throw new Error(`${code.getSourceFile().fileName}:${line + 1}: the code ${code.getText()} is worked out`);
}
