import { Environment } from '@marcbachmann/cel-js';
import { createCelValues } from './cel-values.ts';
import { checkChoices } from './check-choices.ts';
import { checkFiles } from './check-files.ts';
import { checkNulls, mayBeNull } from './check-nulls.ts';
import { checkRules } from './check-rules.ts';
import { declareNames } from './declare-names.ts';
import { createContext } from './evaluation-context.ts';
import type { UnknownName } from './explain-name.ts';
import { explainProblem } from './explain-problem.ts';
import { guardValues } from './guard-values.ts';
import { inferType } from './infer-type.ts';
import { useJsonNumbers } from './json-numbers.ts';
import type { Names } from './names.ts';
import { plainJson } from './plain-json.ts';
import type { ExpressionProblem } from './problem.ts';
import { type References, referencesOf } from './references.ts';
import { type ReadText, registerFile } from './register-file.ts';
import { registerFunctions } from './register-functions.ts';
import type { SyntaxNode } from './syntax-tree.ts';
import { type ValueType, withoutNull } from './value-type.ts';

/** What a check found out about an expression. */
export interface CheckedExpression {
  /** Undefined where it is no CEL at all. */
  readonly references?: References;
  /** The first thing wrong. */
  readonly problem?: ExpressionProblem;
  /** CEL's name of the type; `dyn` where it is only known when it runs. */
  readonly type: string;
  /** Our own, more exact type; undefined where the expression is wrong. */
  readonly value?: ValueType;
}

/** An expression that is ready to be evaluated many times. */
export interface Expression {
  readonly code: string;
  readonly references: References;
  /** The value for these names; throws what cel-js throws. Null where a known column is missing. */
  evaluate(values: Readonly<Record<string, unknown>>): unknown;
}

/** What else is known of the place of an expression. */
export interface ExpressionPlace {
  /** All names that may be read there, for suggestions; default: the declared ones. */
  names?(): Names;
  /** What is special about a name that may not be read there. */
  explain?(name: string): UnknownName | undefined;
}

/** The expression language: CEL with JSON's numbers and our functions. */
export interface Language {
  /** A checker for one set of names; make it once per place, it is the costly part. */
  checker(names: Names, place?: ExpressionPlace): (code: string) => CheckedExpression;
  /** Compiles an expression that has been checked. */
  compile(code: string): Expression;
  /** The same language, with the files that `file(…)` reads. */
  withFiles(readText: ReadText): Language;
}

/** Longer than any that can be read; the parser's recursion must not come near the end of the stack. */
const maxLength = 5000;

const options = {
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 2000, maxDepth: 100 },
} as const;

/** Makes the language; one instance serves any number of workflows. */
export function createLanguage(): Language {
  const typed = registerFile(withOurs(new Environment(options)));
  const untyped = withOurs(new Environment({ ...options, unlistedVariablesAreDyn: true }));
  const dynCall = treeOf(untyped.parse('dyn(0)'));
  const celValue = createCelValues();

  const parse = (environment: Environment, code: string) => {
    if (code.length > maxLength) throw new RangeError(`it is longer than ${maxLength} characters`);
    return environment.parse(code);
  };

  const withFiles = (readText?: ReadText): Language => {
    const dynamic = registerFile(untyped.clone(), readText);
    return {
      checker: (names, place = {}) => {
        const explainError: ExplainError = (error, code, tree) =>
          explainProblem(error, code, place.names?.() ?? names, tree, place.explain);
        const environment = declareNames(typed.clone(), names);
        return (code) => {
          try {
            const parsed = parse(environment, code);
            return withProblem(checkTree(parsed, code, names, dynCall, explainError), () =>
              checkFiles(treeOf(parsed), readText),
            );
          } catch (error) {
            return { type: 'dyn', problem: explainError(error, code) };
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
      withFiles,
    };
  };
  return withFiles();
}

/** With our functions, and null as a value that any other may be compared with. */
function withOurs(environment: Environment): Environment {
  for (const type of ['string', 'double', 'bool', 'list', 'map']) {
    environment.registerOperator(`${type} == null`, (value: unknown) => value === null);
  }
  return registerFunctions(environment);
}

/** A further problem, where there is none yet. */
function withProblem(
  checked: CheckedExpression,
  find: () => CheckedExpression['problem'] | undefined,
): CheckedExpression {
  const problem = checked.problem ?? find();
  return problem ? { ...checked, problem } : checked;
}

type ExplainError = (error: unknown, code: string, tree?: SyntaxNode) => ExpressionProblem;

function checkTree(
  parsed: ReturnType<Environment['parse']>,
  code: string,
  names: Names,
  dynCall: SyntaxNode,
  explainError: ExplainError,
): CheckedExpression {
  const tree = treeOf(parsed);
  const references = referencesOf(tree);
  const refused = checkRules(tree, code, names);
  if (refused) return { references, type: 'dyn', problem: refused };
  useJsonNumbers(tree, dynCall);
  const result = parsed.check();
  if (!result.valid) return { references, type: 'dyn', problem: explainError(result.error, code, tree) };
  const problem = checkChoices(tree, code, names) ?? checkNulls(tree, code, names);
  const type = result.type ?? 'dyn';
  const value = inferType(tree, names, type);
  return { references, type, ...(problem && { problem }), value: mayBeNull(tree, names) ? value : withoutNull(value) };
}

// cel-js types its nodes per operator; we walk them all alike.
const treeOf = (parsed: { readonly ast: unknown }): SyntaxNode => parsed.ast as SyntaxNode;
