import { createContext, SourceTextModule, SyntheticModule } from 'node:vm';
import * as core from '@millrace/core';
import * as errors from '@millrace/errors';
import { transformSync } from '@swc/core';
import * as rxjs from 'rxjs';

/**
 * Runs an example as a module of its own, and waits until its calls are over.
 *
 * It meets the real packages, but for one thing: a client that is created without an address has `baseUrl`.
 *
 * @returns What it wrote to the console and to standard output.
 * @throws What it threw, and an error that none of its subscriptions took.
 */
export async function runExample(code: string, baseUrl: string): Promise<readonly string[]> {
  const output: string[] = [];
  const unhandled: unknown[] = [];
  const write = (...values: unknown[]) => output.push(values.map(show).join(' '));
  const context = createContext({
    console: { log: write, error: write },
    process: { env: {}, once: () => {}, stdout: { write } },
    fetch,
    TextDecoderStream,
  });
  const calls = watchCalls();
  const packages: Readonly<Record<string, object>> = {
    '@millrace/core': {
      ...core,
      createOllama: (options: core.OllamaOptions = {}) => calls.watch(core.createOllama({ baseUrl, ...options })),
    },
    '@millrace/errors': errors,
    rxjs,
  };
  const module = new SourceTextModule(withoutTypes(code), { context });
  await module.link((name) => {
    const exported = packages[name];
    if (exported === undefined) throw new Error(`An example may not import ${name}.`);
    const names = Object.keys(exported);
    const synthetic = new SyntheticModule(
      names,
      () => {
        for (const one of names) synthetic.setExport(one, (exported as Record<string, unknown>)[one]);
      },
      { context },
    );
    return synthetic;
  });
  rxjs.config.onUnhandledError = (error) => unhandled.push(error);
  try {
    await module.evaluate();
    await calls.over();
    await new Promise((resolve) => setTimeout(resolve)); // rxjs reports what nobody took a tick later
  } finally {
    rxjs.config.onUnhandledError = null;
  }
  if (unhandled.length > 0) throw unhandled[0];
  return output;
}

const show = (value: unknown): string => (typeof value === 'string' ? value : (JSON.stringify(value) ?? 'undefined'));

const withoutTypes = (code: string): string =>
  transformSync(code, {
    jsc: { target: 'es2022', parser: { syntax: 'typescript' } },
    module: { type: 'es6' },
    isModule: true,
  }).code;

/** Counts the calls of clients that are subscribed to. */
function watchCalls() {
  let open = 0;
  let idle = (): void => {};
  const watchMethod =
    (method: (...given: unknown[]) => unknown) =>
    (...given: unknown[]) => {
      const result = method(...given);
      if (!rxjs.isObservable(result)) return result;
      return rxjs.defer(() => {
        open += 1;
        return result.pipe(
          rxjs.finalize(() => {
            open -= 1;
            if (open === 0) setImmediate(() => open === 0 && idle());
          }),
        );
      });
    };
  const watch = <T extends object>(target: T): T =>
    Object.fromEntries(
      Object.entries(target).map(([name, value]) => [
        name,
        typeof value === 'function' ? watchMethod(value) : typeof value === 'object' ? watch(value) : value,
      ]),
    ) as T;
  const over = (): Promise<void> =>
    new Promise((resolve) => {
      idle = resolve;
      if (open === 0) resolve();
    });
  return { watch, over };
}
