import { resolve } from 'node:path';
import type { World } from '@millrace/runner';

/** What a run was asked for with, as plain data without secrets: enough to ask for it again from anywhere. */
export interface Invocation {
  readonly cwd: string;
  /** Absolute, or `-`; as `to`. */
  readonly from?: string | undefined;
  readonly to?: string | undefined;
  readonly model?: string | undefined;
  /** As they were given. */
  readonly inputs: Readonly<Record<string, string>>;
  /** Without names and passwords. */
  readonly host?: readonly string[] | undefined;
  readonly allowNet?: readonly string[] | undefined;
  readonly parallel?: number | undefined;
  readonly range?: World['range'];
  readonly sample?: World['sample'];
  readonly first?: number | undefined;
}

/** The flags that say what is run. */
export interface InvocationFlags {
  readonly input?: Readonly<Record<string, string>>;
  readonly from?: string;
  readonly to?: string;
  readonly model?: string;
  readonly host?: readonly string[];
  readonly allowNet?: readonly string[];
  readonly parallel?: number;
  readonly range?: World['range'];
  readonly sample?: number;
  readonly seed?: number;
  readonly first?: number;
}

/** What a sample is chosen with where no seed is given: the same rows each time, so that a run can go on. */
export const defaultSeed = 1;

/** What flags ask for. */
export function invocationOf(flags: InvocationFlags, cwd: string): Invocation {
  const { input = {}, from, to, model, host, allowNet, parallel, range, sample, seed = defaultSeed, first } = flags;
  const place = (path: string | undefined): string | undefined =>
    path === undefined || path === '-' ? path : resolve(cwd, path);
  return {
    cwd,
    from: place(from),
    to: place(to),
    model,
    inputs: input,
    host: host?.map(withoutCredentials),
    allowNet,
    parallel,
    range,
    ...(sample !== undefined && { sample: { size: sample, seed } }),
    first,
  };
}

/** A host may be written with a name and a password, which are nobody else's business. */
function withoutCredentials(host: string): string {
  const at = host.lastIndexOf('@');
  if (at < 0) return host;
  const scheme = /^[a-z][a-z0-9+.-]*:\/\//i.exec(host)?.[0] ?? '';
  return scheme + host.slice(at + 1);
}
