import { patternProblem } from '../linear-reg-exp.ts';
import { didYouMean } from '../suggest.ts';
import { functionNameRange } from './function-name-range.ts';
import { callOn, formsOf, functionForms, isFunctionName, sameFunction } from './function-table.ts';
import type { Names } from './names.ts';
import type { ExpressionProblem } from './problem.ts';
import { callOf, childrenOf, fieldOf, literalText, macroOf, type SyntaxNode } from './syntax-tree.ts';

/** Names that cel-js knows by itself and that stand for nothing here, with what to write instead. */
const foreignNames: ReadonlyMap<string, string> = new Map([
  ['int', 'The type of numbers is `double`.'],
  ['uint', 'The type of numbers is `double`.'],
  ['bytes', ''],
  ['cel', ''],
  ['google', ''],
]);

/** Finds what is CEL and not of this language: functions of cel-js that are none of ours, bytes, steps whose name is computed. */
export function checkRules(root: SyntaxNode, code: string, names: Names): ExpressionProblem | undefined {
  const check = (node: SyntaxNode, local: ReadonlySet<string>): ExpressionProblem | undefined => {
    const problem = ownProblem(node, code, names, local);
    if (problem) return problem;
    const macro = macroOf(node);
    const inner = macro ? new Set([...local, macro.variable]) : local;
    for (const child of childrenToCheck(node)) {
      const found = check(child, macro?.args.includes(child) ? inner : local);
      if (found) return found;
    }
    return undefined;
  };
  return check(root, new Set());
}

/** Without the variable that a macro declares, and without the `steps` of `steps.NAME`. */
function childrenToCheck(node: SyntaxNode): readonly SyntaxNode[] {
  const macro = macroOf(node);
  const receiver = callOf(node)?.receiver;
  if (macro && receiver) return [receiver, ...macro.args];
  const owner = fieldOf(node)?.owner;
  return owner?.op === 'id' && owner.args === 'steps' ? [] : childrenOf(node);
}

function ownProblem(
  node: SyntaxNode,
  code: string,
  names: Names,
  local: ReadonlySet<string>,
): ExpressionProblem | undefined {
  const call = callOf(node);
  if (call && !isFunctionName(call.name)) return unknownFunction(node, call.name, code);
  if (call?.name === 'matches') return badPattern(call.args[0]);
  if (node.op === 'map') return badKey(node, code);
  if (node.op === 'value' && typeof node.args === 'object' && node.args !== null) {
    const message = `\`${code.slice(node.start, node.end)}\` is a value that JSON does not have.`;
    return { ...rangeOf(node), code: 'EXPRESSION_SYNTAX', message, hint: 'Write a plain number or a text in quotes.' };
  }
  if (node.op !== 'id' || local.has(String(node.args))) return undefined;
  const name = String(node.args);
  const hint = foreignNames.get(name);
  if (hint !== undefined)
    return { ...rangeOf(node), code: 'NAME_UNKNOWN', message: `There is no \`${name}\` here.`, hint };
  if (name !== 'steps' || !Object.hasOwn(names, 'steps')) return undefined;
  const message = 'Behind `steps` stands the name of a step, written out.';
  return { ...rangeOf(node), code: 'EXPRESSION_TYPE', message, hint: 'Write `steps.NAME.status`, for example.' };
}

function unknownFunction(node: SyntaxNode, name: string, code: string): ExpressionProblem {
  const same = sameFunction(name);
  const call = callOf(node);
  const value = call?.receiver ?? call?.args[0];
  const form = same && value ? `\`${callOn(same, code.slice(value.start, value.end))}\`` : same && formsOf(same);
  return {
    ...functionNameRange(node, code, name),
    code: 'FUNCTION_UNKNOWN',
    message: `There is no function \`${name}\`.`,
    hint: form ? `Write ${form}.` : didYouMean(name, Object.keys(functionForms)),
  };
}

function badPattern(node: SyntaxNode | undefined): ExpressionProblem | undefined {
  const pattern = literalText(node);
  const problem = pattern === undefined ? undefined : patternProblem(pattern);
  if (!node || problem === undefined) return undefined;
  const message = `This pattern cannot be used: ${problem}.`;
  return { ...rangeOf(node), code: 'EXPRESSION_SYNTAX', message, hint: 'The syntax is that of RE2.' };
}

/** Fields have names, as in JSON, and each only once. */
function badKey(map: SyntaxNode, code: string): ExpressionProblem | undefined {
  const seen = new Set<string>();
  for (const [key] of map.args as readonly (readonly [SyntaxNode, SyntaxNode])[]) {
    if (key.op !== 'value') continue;
    const name = literalText(key);
    const written = code.slice(key.start, key.end);
    if (name === undefined) {
      const message = `\`${written}\` is no name of a field: that is a text, as in JSON.`;
      return { ...rangeOf(key), code: 'EXPRESSION_TYPE', message, hint: `Write \`"${written}"\`.` };
    }
    if (seen.has(name)) {
      const message = `The field ${written} stands twice in this map.`;
      return { ...rangeOf(key), code: 'EXPRESSION_TYPE', message, hint: 'Remove one of them.' };
    }
    seen.add(name);
  }
  return undefined;
}

const rangeOf = ({ start, end }: SyntaxNode) => ({ start, end });
