import type { UnknownName } from './explain-name.ts';
import type { CheckedExpression, Language } from './language.ts';
import type { Names } from './names.ts';

/** What the expressions of a place may read. */
export interface Scope {
  readonly names: Names;
  /** The check of the expressions of a text. */
  checkerOf(text: string): (code: string) => CheckedExpression;
}

/** What is said of a name that a place does not know; undefined where there is nothing special to say. */
export type ExplainUnknown = (name: string) => UnknownName | undefined;

/** A scope that many places share: its names are declared once, which is costly where they are many. */
export function sharedScope(language: Language, names: Names, explain?: ExplainUnknown): Scope {
  let check: ReturnType<Language['checker']> | undefined;
  return {
    names,
    checkerOf: () => {
      check ??= language.checker(names, explain && { explain });
      return check;
    },
  };
}

/** Makes scopes of a few places each; those in which a text would read the same share what is declared. */
export type NarrowScopes = (outer: Names, own: Names, explain?: ExplainUnknown) => Scope;

/** Scopes in which only the names are declared that a text has in it: the `own` ones of a place, and the others that it can read. */
export function createNarrowScopes(language: Language): NarrowScopes {
  const checkers = new Map<string, ReturnType<Language['checker']>>();
  return (outer, own, explain) => {
    let all: Names | undefined;
    const names = (): Names => {
      all ??= { ...outer, ...own };
      return all;
    };
    return {
      get names() {
        return names();
      },
      checkerOf: (text) => {
        const declared = namesIn(text, outer, own);
        const key = JSON.stringify([declared, Object.keys(own)]);
        const check = checkers.get(key) ?? language.checker(declared, { names, ...(explain && { explain }) });
        checkers.set(key, check);
        return check;
      },
    };
  };
}

function namesIn(text: string, outer: Names, own: Names): Names {
  const words = [...new Set(text.match(/[A-Za-z_]\w*/g))].sort();
  return Object.fromEntries(
    words.flatMap((word) => {
      const from = Object.hasOwn(own, word) ? own : outer;
      return Object.hasOwn(from, word) ? [[word, from[word] as Names[string]]] : [];
    }),
  );
}

/** A shared scope with names of one place's own, for which alone they are declared anew. */
export function widened(scope: Scope, own: Names, narrow: NarrowScopes, explain?: ExplainUnknown): Scope {
  const words = Object.keys(own);
  if (words.length === 0) return scope;
  const isRead = new RegExp(`\\b(${words.join('|')})\\b`);
  const wide = narrow(scope.names, own, explain);
  return {
    get names() {
      return wide.names;
    },
    checkerOf: (text) => (isRead.test(text) ? wide : scope).checkerOf(text),
  };
}
