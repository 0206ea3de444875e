import type { Environment } from '@marcbachmann/cel-js';
import type { SyntaxNode } from './syntax-tree.ts';

/** What cel-js hands to the parts of a macro, as far as it is used here. */
interface MacroCall {
  readonly args: readonly [SyntaxNode, SyntaxNode];
}

interface CelType {
  readonly kind: string;
  readonly name: string;
  unify(registry: unknown, other: CelType): CelType | null;
}

interface Checker {
  readonly registry: unknown;
  check(node: SyntaxNode, context: unknown): CelType;
  getType(name: string): CelType;
}

interface Runner {
  run(node: SyntaxNode, context: unknown): unknown;
}

/** What reading something that is not there throws. */
const absent = new Set(['no_such_key', 'index_out_of_bounds']);

/**
 * Adds `default(value, otherwise)`: the first that is there and not null.
 *
 * It is a macro, since its first argument may fail: `default(classify.aspect, "none")` must hold for a `classify` that was skipped
 * and is null, and for a field that a JSON object lacks.
 */
export function registerDefault(environment: Environment): void {
  const expand = ({ args }: MacroCall) => ({ args, evaluate, typeCheck, async: false });
  environment.registerFunction('default(ast, ast): dyn', expand as unknown as (...parameters: unknown[]) => unknown);
}

function typeCheck(checker: Checker, { args: [value, otherwise] }: MacroCall, context: unknown): CelType {
  const [left, right] = [checker.check(value, context), checker.check(otherwise, context)];
  if (left.name === 'null') return right;
  if (right.name === 'null') return left;
  return left.unify(checker.registry, right) ?? checker.getType('dyn');
}

function evaluate(runner: Runner, { args: [value, otherwise] }: MacroCall, context: unknown): unknown {
  let found: unknown;
  try {
    found = runner.run(value, context);
  } catch (error) {
    if (!absent.has((error as { code?: string }).code ?? '')) throw error;
  }
  return found ?? runner.run(otherwise, context);
}
