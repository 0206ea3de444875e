import { MillraceError } from '@millrace/errors';
import { didYouMean, type InputDeclaration } from '@millrace/schema';

/** A value for an input: typed, or a text from the command line. */
export type InputValue = string | number | boolean;

/**
 * The values of all declared inputs: those given, else their defaults. A text is read as the declared type.
 *
 * @throws {MillraceError} `INPUT_INVALID` for an input that is not declared, has another type, or is missing.
 */
export function resolveInputs(
  declared: Readonly<Record<string, InputDeclaration>>,
  given: Readonly<Record<string, InputValue>>,
): Readonly<Record<string, InputValue>> {
  for (const name of Object.keys(given)) {
    if (Object.hasOwn(declared, name)) continue;
    const hint = didYouMean(name, Object.keys(declared)) || 'The workflow declares no inputs.';
    throw new MillraceError('INPUT_INVALID', `The workflow has no input \`${name}\`.`, { hint });
  }
  return Object.fromEntries(
    Object.entries(declared).map(([name, { type, default: otherwise, description }]) => {
      const value = Object.hasOwn(given, name) ? given[name] : otherwise;
      if (value !== undefined) return [name, readAs(value, type, name)];
      const hint = `Give it with \`--input ${name}=…\`.${description ? ` It is: ${description}` : ''}`;
      throw new MillraceError('INPUT_INVALID', `The input \`${name}\` has no value.`, { hint });
    }),
  );
}

function readAs(value: InputValue, type: InputDeclaration['type'], name: string): InputValue {
  if (typeof value === type) return value;
  if (type === 'string') return String(value);
  if (type === 'number' && typeof value === 'string' && value.trim() !== '' && Number.isFinite(Number(value)))
    return Number(value);
  if (type === 'boolean' && (value === 'true' || value === 'false')) return value === 'true';
  const hint = type === 'boolean' ? 'Write `true` or `false`.' : '';
  throw new MillraceError(
    'INPUT_INVALID',
    `The input \`${name}\` must be a ${type}, and is ${JSON.stringify(value)}.`,
    { hint },
  );
}
