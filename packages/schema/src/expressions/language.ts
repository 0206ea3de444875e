import { Environment } from '@marcbachmann/cel-js';
import { createCelValues } from './cel-values.ts';
import { checkChoices } from './check-choices.ts';
import { checkNulls } from './check-nulls.ts';
import { checkRules } from './check-rules.ts';
import { declareNames } from './declare-names.ts';
import { createContext } from './evaluation-context.ts';
import { explainProblem } from './explain-problem.ts';
import { guardValues } from './guard-values.ts';
import { useJsonNumbers } from './json-numbers.ts';
import type { Names } from './names.ts';
import { plainJson } from './plain-json.ts';
import type { ExpressionProblem } from './problem.ts';
import { type References, referencesOf } from './references.ts';
import { registerFunctions } from './register-functions.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import { typeOfNode } from './type-of-node.ts';
import type { ValueType } from './value-type.ts';

/** What a check found out about an expression. */
export interface CheckedExpression {
  /** Undefined where it is no CEL at all. */
  readonly references?: References;
  /** The first thing wrong. */
  readonly problem?: ExpressionProblem;
  /** CEL's name of the type; `dyn` where it is only known when it runs. */
  readonly type: string;
  /** Our own, more exact type, where the expression only reads a value. */
  readonly value?: ValueType;
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
  checker(names: Names): (code: string) => CheckedExpression;
  /** Compiles an expression that has been checked. */
  compile(code: string): Expression;
}

/** Longer than any that can be read; the parser's recursion must not come near the end of the stack. */
const maxLength = 5000;

const options = {
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 2000, maxDepth: 100 },
} as const;

/** Makes the language; one instance serves any number of workflows. */
export function createLanguage(): Language {
  const typed = registerFunctions(new Environment(options));
  for (const type of ['string', 'double', 'bool', 'list', 'map']) {
    typed.registerOperator(`${type} == null`, (value: unknown) => value === null);
  }
  const dynamic = registerFunctions(new Environment({ ...options, unlistedVariablesAreDyn: true }));
  const dynCall = treeOf(dynamic.parse('dyn(0)'));
  const celValue = createCelValues();

  const parse = (environment: Environment, code: string) => {
    if (code.length > maxLength) throw new RangeError(`it is longer than ${maxLength} characters`);
    return environment.parse(code);
  };

  return {
    checker: (names) => {
      const environment = declareNames(typed.clone(), names);
      return (code) => {
        try {
          return checkTree(parse(environment, code), code, names, dynCall);
        } catch (error) {
          return { type: 'dyn', problem: explainProblem(error, code, names) };
        }
      };
    },
    compile: (code) => {
      const parsed = parse(dynamic, code);
      const tree = treeOf(parsed);
      const references = referencesOf(tree);
      useJsonNumbers(tree, dynCall);
      guardValues(tree);
      const names = [...references.needed, ...references.optional];
      const contextOf = createContext(names, /\bsteps\b/.test(code), celValue);
      return { code, references, evaluate: (values) => plainJson(parsed(contextOf(values))) };
    },
  };
}

function checkTree(
  parsed: ReturnType<Environment['parse']>,
  code: string,
  names: Names,
  dynCall: SyntaxNode,
): CheckedExpression {
  const tree = treeOf(parsed);
  const references = referencesOf(tree);
  const refused = checkRules(tree, code, names);
  if (refused) return { references, type: 'dyn', problem: refused };
  useJsonNumbers(tree, dynCall);
  const result = parsed.check();
  if (!result.valid) return { references, type: 'dyn', problem: explainProblem(result.error, code, names, tree) };
  const problem = checkChoices(tree, code, names) ?? checkNulls(tree, code, names);
  const value = typeOfNode(tree, names);
  const type = result.type ?? 'dyn';
  return { references, type, ...(problem && { problem }), ...(value && { value }) };
}

// cel-js types its nodes per operator; we walk them all alike.
const treeOf = (parsed: { readonly ast: unknown }): SyntaxNode => parsed.ast as SyntaxNode;
