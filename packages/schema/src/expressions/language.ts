import { Environment } from '@marcbachmann/cel-js';
import type { DiagnosticCode } from '../diagnostic.ts';
import { explainProblem } from './explain-problem.ts';
import { registerFunctions } from './functions.ts';
import { useJsonNumbers } from './json-numbers.ts';
import { type References, referencesOf } from './references.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import type { ValueType } from './value-type.ts';

/** The names that an expression may read at its place, with their types. */
export type Names = Readonly<Record<string, ValueType>>;

/** The first thing wrong with an expression; offsets count in its source. */
export interface ExpressionProblem {
  readonly code: DiagnosticCode;
  readonly message: string;
  readonly hint: string;
  readonly start: number;
  readonly end: number;
}

/** An expression that is ready to be evaluated many times. */
export interface Expression {
  readonly code: string;
  readonly references: References;
  /** The value for these names; throws what cel-js throws. Null where a known column is missing. */
  evaluate(values: Readonly<Record<string, unknown>>): unknown;
}

/** The expression language: CEL with JSON's numbers and our functions. */
export interface Language {
  /** A checker for one set of names; make it once per place, it is the costly part. */
  checker(names: Names): (code: string) => { readonly type: string } | ExpressionProblem;
  /** Compiles an expression that has been checked. */
  compile(code: string): Expression;
}

/** Makes the language; one instance serves any number of workflows. */
export function createLanguage(): Language {
  const typed = registerFunctions(new Environment({ homogeneousAggregateLiterals: false }));
  for (const type of ['string', 'double', 'bool', 'list', 'map']) {
    typed.registerOperator(`${type} == null`, (value: unknown) => value === null);
  }
  const dynamic = registerFunctions(
    new Environment({ homogeneousAggregateLiterals: false, unlistedVariablesAreDyn: true }),
  );
  const dynCall = treeOf(dynamic.parse('dyn(0)'));

  const parse = (environment: Environment, code: string) => {
    const parsed = environment.parse(code);
    useJsonNumbers(treeOf(parsed), dynCall);
    return parsed;
  };

  return {
    checker: (names) => {
      const environment = declareNames(typed.clone(), names);
      return (code) => {
        try {
          const result = parse(environment, code).check();
          return result.valid ? { type: result.type ?? 'dyn' } : explainProblem(result.error, code, names);
        } catch (error) {
          return explainProblem(error, code, names);
        }
      };
    },
    compile: (code) => {
      const parsed = parse(dynamic, code);
      return { code, references: referencesOf(treeOf(parsed)), evaluate: (values) => finite(parsed(values)) };
    },
  };
}

// cel-js types its nodes per operator; we walk them all alike.
const treeOf = (parsed: { readonly ast: unknown }): SyntaxNode => parsed.ast as SyntaxNode;

function declareNames(environment: Environment, names: Names): Environment {
  for (const [name, type] of Object.entries(names)) {
    if (typeof type === 'object' && 'fields' in type) {
      environment.registerVariable({ name, schema: celFields(type.fields) });
    } else {
      environment.registerVariable(name, celType(type));
    }
  }
  return environment;
}

interface CelFields {
  [name: string]: string | CelFields;
}

function celFields(fields: Readonly<Record<string, ValueType>>): CelFields {
  return Object.fromEntries(
    Object.entries(fields).map(([name, type]) => [
      name,
      typeof type === 'object' && 'fields' in type ? celFields(type.fields) : celType(type),
    ]),
  );
}

function celType(type: ValueType): string {
  if (typeof type === 'string') return type;
  return 'list' in type && typeof type.list !== 'object' ? `list<${type.list}>` : 'list' in type ? 'list' : 'map';
}

function finite(value: unknown): unknown {
  if (typeof value === 'number' && !Number.isFinite(value)) throw new RangeError('the result is not a finite number');
  return value;
}
