import { isMap } from '../yaml-map.ts';
import { commonType } from './infer-type.ts';
import { scanTemplate } from './scan-template.ts';
import type { Scope } from './scope.ts';
import type { ValueType } from './value-type.ts';

/** The type of a value of the YAML when its expressions have been evaluated; of a literal text, that text alone. */
export function inferValue(value: unknown, scope: Scope): ValueType {
  if (typeof value === 'string') return inferText(value, scope);
  if (typeof value === 'number') return 'double';
  if (typeof value === 'boolean') return 'bool';
  if (Array.isArray(value)) return { list: commonType(value.map((item) => inferValue(item, scope))) };
  if (!isMap(value)) return { nullable: 'dyn' };
  return { fields: Object.fromEntries(Object.entries(value).map(([name, part]) => [name, inferValue(part, scope)])) };
}

function inferText(text: string, scope: Scope): ValueType {
  const parts = scanTemplate(text);
  if ('unclosedAt' in parts) return 'dyn';
  const [only] = parts;
  if (parts.length === 1 && only?.type === 'expression') {
    const { problem, value } = scope.checkerOf(text)(only.code);
    return problem ? 'dyn' : (value ?? 'dyn');
  }
  return parts.some(({ type }) => type === 'expression') ? 'string' : { choices: [text] };
}
