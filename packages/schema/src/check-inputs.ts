import { declaredType } from './expressions/names.ts';
import type { Findings } from './findings.ts';
import { nameOfType, nameOfValue } from './shape/name-of-value.ts';
import { isName, unreadableFields } from './shape/reserved-names.ts';
import { mapIn, type YamlMap } from './yaml-map.ts';

/** Checks what a schema cannot say of inputs: their names, and that a default has the type it is declared with. */
export function checkInputs(inputs: YamlMap, findings: Findings): void {
  for (const [name, input] of Object.entries(inputs)) {
    if (!isName(name) || unreadableFields.has(name)) {
      const message = `\`${name}\` cannot be the name of an input.`;
      const hint = isName(name)
        ? 'It is a word of the expression language.'
        : 'Names are small letters, digits and `_`, beginning with a letter.';
      findings.add(['inputs', name], 'key', { code: 'NAME_INVALID', message, hint });
    }
    const { type, default: value } = mapIn(input) ?? {};
    const isKnown = declaredType(type) !== 'dyn' && ['string', 'number', 'boolean'].includes(typeof value);
    if (!isKnown || typeof value === type) continue;
    const message = `The default must be ${nameOfType(type)}, and is ${nameOfValue(value)}.`;
    const hint = type === 'string' ? `Put it in quotes: \`"${value}"\`.` : 'Write it without quotes, or change `type`.';
    findings.add(['inputs', name, 'default'], 'value', { code: 'TYPE_WRONG', message, hint });
  }
}
