import { RE2JS } from 're2js';

/** A compiled pattern. ajv tells patterns apart by their text. */
interface LinearRegExp {
  test(text: string): boolean;
  toString(): string;
}

/** Of a pattern, in characters: `{1000}` makes a thousand steps of six. */
const maxLength = 2000;
/** Of a compiled pattern, in steps: `a{1000}` has a thousand. */
const maxSteps = 2000;
/** Steps of the pattern times characters of the text, which linear time is linear in: about a second. */
const maxWork = 30_000_000;

/** Compiles a pattern in JavaScript's syntax for an engine that takes linear time; throws where that has no such thing. */
function compile(pattern: string): LinearRegExp {
  if (pattern.length > maxLength) throw new SyntaxError(`it has more than ${maxLength} characters`);
  const compiled = RE2JS.compile(RE2JS.translateRegExp(pattern));
  const steps = compiled.programSize();
  if (steps > maxSteps) throw new SyntaxError(`it is too large: it has ${steps} steps, and can have ${maxSteps}`);
  const test = (text: string): boolean => {
    if (text.length * steps > maxWork) throw tooLong(text, steps);
    return compiled.matcher(text).find();
  };
  return { test, toString: () => pattern };
}

const tooLong = (text: string, steps: number): RangeError =>
  new RangeError(`a pattern of ${steps} steps cannot be looked for in a text of ${text.length} characters`);

/** ajv's hook for another regular-expression engine: patterns of strangers must not take exponential time. */
export const linearRegExp: {
  (pattern: string, flags: string): LinearRegExp;
  code: string;
} = Object.assign(
  (pattern: string, _flags: string) => compile(pattern),
  { code: 'linearRegExp' }, // what ajv writes into standalone code
);

/** Compiled patterns by their text, so that one that is used for every row is compiled once; bounded, since rows may hold patterns. */
export function createPatternCache(size = 100): (pattern: string) => LinearRegExp {
  const compiled = new Map<string, LinearRegExp>();
  return (pattern) => {
    const known = compiled.get(pattern);
    if (known) return known;
    const problem = patternProblem(pattern);
    if (problem) throw new SyntaxError(`the pattern cannot be used: ${problem}`);
    const fresh = compile(pattern);
    if (compiled.size >= size) compiled.clear();
    compiled.set(pattern, fresh);
    return fresh;
  };
}

/** Why a text is no regular expression that can be used, as the end of a sentence; undefined where it is one. */
export function patternProblem(pattern: string): string | undefined {
  try {
    compile(pattern);
    return undefined;
  } catch (error) {
    if (/\(\?(<?[=!])/.test(pattern)) return 'it looks ahead or behind, which cannot be done in linear time';
    if (/\\[1-9]/.test(pattern)) return 'it refers back to a group, which cannot be done in linear time';
    return (error as Error).message.replace(/^error parsing regexp: /, '');
  }
}
