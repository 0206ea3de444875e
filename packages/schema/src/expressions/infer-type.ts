import type { Names } from './names.ts';
import { callOf, literalText, macroOf, operandsOf, type SyntaxNode } from './syntax-tree.ts';
import { typeOfNode } from './type-of-node.ts';
import { isSameType, type ValueType, withoutNull } from './value-type.ts';
import { typedChildren } from './walk-typed.ts';

/**
 * The type of a checked expression, more exact than CEL's own: with fields, choices and nulls.
 *
 * @param celType CEL's name of it; used where nothing better is known.
 */
export function inferType(node: SyntaxNode, names: Names, celType: string): ValueType {
  return (
    typeOfNode(node, names) ??
    typeOfBranches(node, names) ??
    typeOfCall(node, names) ??
    typeOfMap(node, names) ??
    fromCel(celType)
  );
}

const infer = (node: SyntaxNode, names: Names): ValueType => inferType(node, names, nameOfCheckedType(node));

function typeOfBranches(node: SyntaxNode, names: Names): ValueType | undefined {
  if (node.op !== '?:') return undefined;
  const [, yes, no] = operandsOf(node);
  if (!yes || !no) return undefined;
  if (isNull(no)) return { nullable: withoutNull(infer(yes, names)) };
  if (isNull(yes)) return { nullable: withoutNull(infer(no, names)) };
  return commonType([infer(yes, names), infer(no, names)]);
}

function typeOfCall(node: SyntaxNode, names: Names): ValueType | undefined {
  const call = callOf(node);
  if (call?.name === 'default' && !call.receiver) {
    const [first, second] = call.args;
    if (!first || !second) return undefined;
    const otherwise = isNull(second) ? ({ nullable: 'dyn' } as const) : infer(second, names);
    return commonType([withoutNull(infer(first, names)), otherwise]);
  }
  const macro = macroOf(node);
  if (!macro || !call?.receiver) return undefined;
  if (call.name === 'filter') return typeOfNode(call.receiver, names) ?? undefined;
  const [last, inner] = typedChildren(node, names).at(-1) ?? [];
  return call.name === 'map' && last && inner ? { list: infer(last, inner) } : undefined;
}

function typeOfMap(node: SyntaxNode, names: Names): ValueType | undefined {
  if (node.op === 'list') return { list: commonType(operandsOf(node).map((item) => infer(item, names))) };
  if (node.op !== 'map') return undefined;
  const fields: (readonly [string, ValueType])[] = [];
  for (const [key, value] of node.args as readonly (readonly [SyntaxNode, SyntaxNode])[]) {
    const name = literalText(key);
    if (name === undefined) return undefined;
    fields.push([name, isNull(value) ? { nullable: 'dyn' } : infer(value, names)]);
  }
  return { fields: Object.fromEntries(fields) };
}

/** One type for all of these: of different ones `dyn`. */
export function commonType(types: readonly ValueType[]): ValueType {
  const bare = types.map(withoutNull);
  const [first, ...others] = bare;
  if (first === undefined) return 'dyn';
  const type = others.every((other) => isSameType(first, other)) ? first : bare.every(isText) ? 'string' : 'dyn';
  return types.some((one) => typeof one === 'object' && 'nullable' in one) ? { nullable: type } : type;
}

const isText = (type: ValueType): boolean => type === 'string' || (typeof type === 'object' && 'choices' in type);

const isNull = (node: SyntaxNode): boolean => node.op === 'value' && node.args === null;

/** cel-js keeps the type that a check found at each node. */
const nameOfCheckedType = (node: SyntaxNode): string =>
  String((node as { readonly checkedType?: { readonly name?: unknown } }).checkedType?.name ?? 'dyn');

function fromCel(celType: string): ValueType {
  const item = /^list<(.*)>$/.exec(celType)?.[1];
  if (item !== undefined) return { list: fromCel(item) };
  if (celType === 'list') return { list: 'dyn' };
  if (celType === 'null' || celType === 'null_type') return { nullable: 'dyn' };
  return celType === 'string' || celType === 'double' || celType === 'bool' ? celType : 'dyn';
}
