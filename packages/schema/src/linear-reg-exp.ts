import { RE2JS } from 're2js';

/** ajv's hook for another regular-expression engine: patterns of strangers must not take exponential time. */
export const linearRegExp: {
  (pattern: string, flags: string): { test(text: string): boolean };
  code: string;
} = Object.assign(
  (pattern: string, _flags: string) => {
    const compiled = RE2JS.compile(pattern);
    return { test: (text: string) => compiled.matcher(text).find() };
  },
  { code: 'new RegExp' }, // what ajv would write into standalone code, which we do not generate
);
