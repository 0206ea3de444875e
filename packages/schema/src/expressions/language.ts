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
  /** An expression that has been checked; it is compiled when it is first evaluated. */
  compile(code: string): Expression;
  /** The same language for the expressions of one workflow, each of which is parsed once; with the files that `file(…)` reads. */
  forFile(readText: ReadText | undefined): Language;
}

/** Longer than any that can be read; the parser's recursion must not come near the end of the stack. */
const maxLength = 5000;

const options = {
  homogeneousAggregateLiterals: false,
  limits: { maxAstNodes: 2000, maxDepth: 100 },
} as const;

/** Makes the language; one instance serves any number of workflows, by `forFile`. */
export function createLanguage(): Language {
  const typed = registerFile(withOurs(new Environment(options)));
  const untyped = withOurs(new Environment({ ...options, unlistedVariablesAreDyn: true }));
  const dynCall = treeOf(untyped.parse('dyn(0)'));
  const celValue = createCelValues();

  const parse = (environment: Environment, code: string) => {
    if (code.length > maxLength) throw new RangeError(`it is longer than ${maxLength} characters`);
    return environment.parse(code);
  };

  const forFile = (readText?: ReadText): Language => {
    let dynamic: Environment | undefined;
    const references = new Map<string, References>();
    const compileNow = (code: string): Expression => {
      dynamic ??= registerFile(untyped.clone(), readText);
      const parsed = parse(dynamic, code);
      const tree = treeOf(parsed);
      const read = referencesOf(tree);
      useJsonNumbers(tree, dynCall);
      guardValues(tree);
      const contextOf = createContext([...read.needed, ...read.optional], /\bsteps\b/.test(code), celValue);
      return { code, references: read, evaluate: (values) => plainJson(parsed(contextOf(values))) };
    };
    const compileOnce = once(compileNow);
    return {
      checker: (names, place = {}) => {
        const explainError: ExplainError = (error, code, tree) =>
          explainProblem(error, code, place.names?.() ?? names, tree, place.explain);
        const environment = declareNames(typed.clone(), names);
        return once((code) => {
          try {
            const parsed = parse(environment, code);
            const checked = checkTree(parsed, code, names, dynCall, explainError);
            if (checked.references) references.set(code, checked.references);
            return withProblem(checked, () => checkFiles(treeOf(parsed), readText));
          } catch (error) {
            return { type: 'dyn', problem: explainError(error, code) };
          }
        });
      },
      compile: (code) => {
        const read = references.get(code);
        return read
          ? { code, references: read, evaluate: (values) => compileOnce(code).evaluate(values) }
          : compileOnce(code);
      },
      forFile,
    };
  };
  return forFile();
}

/** A function that keeps what it gave for each text. */
function once<Result>(make: (text: string) => Result): (text: string) => Result {
  const known = new Map<string, Result>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const result = make(text);
    known.set(text, result);
    return result;
  };
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
