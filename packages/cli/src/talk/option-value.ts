import type { ModelOptions } from '@millrace/core';
import { MillraceError } from '@millrace/errors';
import { didYouMean, type JsonSchema, ollamaOptions } from '@millrace/schema';
import { oneLine } from '../render/safe-text.ts';

/** The value of an option of a request. */
export type OptionValue = number | boolean | readonly string[];

/** The names of all options. */
export const optionNames: readonly string[] = Object.keys(ollamaOptions);

/** What is known of an option, in a sentence. */
export const aboutOption = (name: string): string => schemaOf(name).description as string;

/**
 * Reads the value of an option as a person writes it. `stop` is a text, or a JSON list of them.
 *
 * @throws {MillraceError} `USAGE_INVALID` where there is no such option, or it takes no such value.
 */
export function optionValue(name: string, text: string): OptionValue {
  const schema = schemaOf(name);
  const value = schema.type === 'array' ? textsIn(text) : schema.type === 'boolean' ? truth[text] : numberIn(text);
  if (value !== undefined && (typeof value !== 'number' || fits(value, schema))) return value;
  throw new MillraceError('USAGE_INVALID', `The option \`${name}\` cannot be \`${oneLine(text, 60)}\`.`, {
    hint: `It takes ${wanted(schema)}. ${schema.description}`,
  });
}

/** Reads `name=value` as often as it was given; `stop` collects its texts. */
export function optionsIn(pairs: readonly string[]): ModelOptions {
  const options: Record<string, OptionValue> = {};
  for (const pair of pairs) {
    const at = pair.indexOf('=');
    if (at < 1)
      throw new MillraceError('USAGE_INVALID', `\`--option ${oneLine(pair, 60)}\` has no value.`, {
        hint: 'Write it as name=value, for example `--option temperature=0`.',
      });
    const [name, value] = [pair.slice(0, at), optionValue(pair.slice(0, at), pair.slice(at + 1))];
    options[name] = Array.isArray(value) ? [...((options[name] as string[] | undefined) ?? []), ...value] : value;
  }
  return options as ModelOptions;
}

function schemaOf(name: string): JsonSchema {
  if (Object.hasOwn(ollamaOptions, name)) return ollamaOptions[name as keyof typeof ollamaOptions];
  const hint = name === 'max_tokens' ? 'Ollama calls it `num_predict`.' : didYouMean(name, optionNames);
  throw new MillraceError('USAGE_INVALID', `Ollama does not know the option \`${oneLine(name, 60)}\`.`, { hint });
}

const truth: Readonly<Record<string, boolean>> = { true: true, false: false };

const numberIn = (text: string): number | undefined =>
  /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text) ? Number(text) : undefined;

function textsIn(text: string): readonly string[] | undefined {
  if (!text.startsWith('[')) return [text];
  try {
    const list: unknown = JSON.parse(text);
    return Array.isArray(list) && list.every((one) => typeof one === 'string') ? list : undefined;
  } catch {
    return [text]; // a text that begins with a bracket
  }
}

function fits(value: number, schema: JsonSchema): boolean {
  const { type, minimum = Number.NEGATIVE_INFINITY, maximum = Number.POSITIVE_INFINITY, not } = schema;
  const isRefused = (not as { const?: unknown } | undefined)?.const === value;
  if (type === 'integer' && !Number.isSafeInteger(value)) return false;
  return Number.isFinite(value) && value >= (minimum as number) && value <= (maximum as number) && !isRefused;
}

function wanted({ type, minimum, maximum, expects }: JsonSchema): string {
  if (typeof expects === 'string') return expects;
  if (type === 'boolean') return 'true or false';
  if (type === 'array') return 'a text, or a JSON list of texts';
  const number = type === 'integer' ? 'a whole number' : 'a number';
  if (maximum !== undefined) return `${number} from ${minimum} to ${maximum}`;
  return minimum === undefined ? number : `${number} from ${minimum} on`;
}
