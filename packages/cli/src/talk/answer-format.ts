import { readFile } from 'node:fs/promises';
import type { Format } from '@millrace/core';
import { MillraceError, OllamaError } from '@millrace/errors';
import type { JsonSchema } from '@millrace/schema';

/** What an answer is held to. */
export interface AnswerFormat {
  /** As the request says it. */
  readonly format: Format;
  /**
   * Reads an answer.
   *
   * @throws {OllamaError} `ANSWER_INVALID` where it is no JSON, or does not fit the schema.
   */
  read(text: string): unknown;
}

/**
 * Reads `--format`: `json`, or a file that holds a JSON Schema.
 *
 * @throws {MillraceError} `FILE_NOT_FOUND`, `FILE_UNREADABLE`, `USAGE_INVALID`.
 */
export async function readAnswerFormat(word: string): Promise<AnswerFormat> {
  if (word === 'json') return { format: 'json', read: jsonIn };
  const schema = schemaIn(word, await textOf(word));
  const validate = await validatorOf(word, schema);
  return {
    format: schema,
    read: (text) => {
      const value = jsonIn(text);
      const problems = validate(value);
      if (problems.length === 0) return value;
      throw invalid(`The answer does not fit ${word}: ${problems.join('; ')}.`, text, problems);
    },
  };
}

async function textOf(file: string): Promise<string> {
  try {
    return await readFile(file, 'utf8');
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    if (code !== 'ENOENT')
      throw new MillraceError('FILE_UNREADABLE', `\`${file}\` cannot be read: ${message}.`, { cause });
    throw new MillraceError('FILE_NOT_FOUND', `\`${file}\` does not exist.`, {
      cause,
      hint: '`--format` takes `json`, or a file with a JSON Schema.',
    });
  }
}

function schemaIn(file: string, text: string): JsonSchema {
  const hint = '`--format` takes `json`, or a file with a JSON Schema.';
  try {
    const schema: unknown = JSON.parse(text);
    if (typeof schema === 'object' && schema !== null && !Array.isArray(schema)) return schema as JsonSchema;
  } catch (cause) {
    throw new MillraceError('USAGE_INVALID', `\`${file}\` is no JSON: ${(cause as Error).message}.`, { cause, hint });
  }
  throw new MillraceError('USAGE_INVALID', `\`${file}\` holds no JSON Schema.`, { hint });
}

/** Loaded here: checking against a schema needs more than all else that a talk needs. */
async function validatorOf(file: string, schema: JsonSchema): Promise<(value: unknown) => readonly string[]> {
  const { createAnswerValidator } = await import('@millrace/schema');
  try {
    return createAnswerValidator(schema);
  } catch (cause) {
    throw new MillraceError('USAGE_INVALID', `\`${file}\` is no JSON Schema: ${(cause as Error).message}`, {
      cause,
      hint: 'Mend it at the place that is named.',
    });
  }
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw invalid(`The answer is no JSON: ${(cause as Error).message}.`, text, []);
  }
}

const invalid = (message: string, text: string, problems: readonly string[]): OllamaError =>
  new OllamaError('ANSWER_INVALID', message, { partial: { text, thinking: '' }, problems });
