import { createHash } from 'node:crypto';
import { type Body, checkBody, isModelName } from '../check-request.ts';
import { fail, failures } from '../fail.ts';
import { fullName } from '../fake-model.ts';
import type { Fault } from '../faults.ts';
import { refuse } from '../hold-slot.ts';
import type { PullableModel } from '../pullable-model.ts';
import type { Reply } from '../reply.ts';
import { findModel, type Handler, type World } from '../world.ts';

/** Faults in the middle of a pull, counted in rows. */
type RowFault = Extract<Fault, { kind: 'error-line' | 'end-early' | 'cut' | 'reset' }>;

const rowFaults = new Set<string>(['error-line', 'end-early', 'cut', 'reset'] satisfies RowFault['kind'][]);

/** What the registry knows of a model. */
type Source = Pick<PullableModel, 'name' | 'size' | 'layers' | 'steps' | 'stepMs' | 'error'>;

/** POST /api/pull: rows of progress for a model the registry has, then it is installed; else an error. */
export const handlePull: Handler = (world, { reply, rawBody, body, faults }) => {
  const unread = checkBody('PullRequest', rawBody, body);
  if (unread) return refuse(reply, unread);
  const { model, name = model, stream } = body as Body;
  const wanted = (model || name || '') as string;
  if (!isModelName(wanted)) return refuse(reply, failures.badName);
  const source = findPullable(world, wanted);
  const rows = source ? rowsOf(source, findModel(world, wanted) !== undefined) : [{ status: 'pulling manifest' }];
  const error = source ? source.error : 'pull model manifest: file does not exist';
  const last = error === undefined ? { status: 'success' } : { error };
  const install = () => error === undefined && world.install(wanted);
  if (stream === false)
    after(reply, (source?.stepMs ?? 0) * rows.length, () => {
      install();
      if (error === undefined) reply.json(200, last, 'bare');
      else refuse(reply, fail(500, error), 'bare');
    });
  else sendRows(reply, [...rows, last], source?.stepMs ?? 0, faults, install);
};

function findPullable(world: World, name: string): Source | undefined {
  const wanted = fullName(name).toLowerCase();
  const offered = world.pullable.find((one) => fullName(one.name).toLowerCase() === wanted);
  return offered ?? findModel(world, name);
}

function rowsOf(model: Source, installed: boolean): object[] {
  const layers = model.layers ?? [model.size ?? 253_113_964];
  const downloads = layers.flatMap((total, index) => layerRows(model, index, total, installed));
  const checked =
    model.error === undefined ? [{ status: 'verifying sha256 digest' }, { status: 'writing manifest' }] : [];
  return [{ status: 'pulling manifest' }, ...downloads, ...checked];
}

function layerRows({ name, steps = 4 }: Source, index: number, total: number, installed: boolean): object[] {
  const hash = createHash('sha256').update(`${name} ${index}`).digest('hex');
  const row = { status: `pulling ${hash.slice(0, 12)}`, digest: `sha256:${hash}`, total };
  if (installed) return [{ ...row, completed: total }];
  const parts = Array.from({ length: steps }, (_nothing, step) => Math.floor((total * (step + 1)) / steps));
  return [row, ...parts.map((completed) => ({ ...row, completed }))];
}

function sendRows(reply: Reply, rows: readonly object[], stepMs: number, faults: readonly Fault[], done: () => void) {
  const stop = faults.find((fault): fault is RowFault => 'afterTokens' in fault && rowFaults.has(fault.kind));
  const text = rows.map((row) => `${JSON.stringify(row)}\n`);
  let at = 0;
  const next = () => {
    if (reply.over) return;
    if (stop && at >= (stop.afterTokens ?? 0)) return stopRows(reply, stop);
    const row = text[at] ?? '';
    at += 1;
    if (at < text.length) {
      reply.write(row);
      return after(reply, stepMs, next);
    }
    done();
    reply.end(row);
  };
  next();
}

function stopRows(reply: Reply, stop: RowFault) {
  if (stop.kind === 'cut') return reply.cut();
  if (stop.kind === 'reset') return reply.reset();
  reply.end(
    stop.kind === 'error-line' ? `${JSON.stringify({ error: stop.message ?? 'max retries exceeded: EOF' })}\n` : '',
  );
}

function after(reply: Reply, ms: number, next: () => void) {
  if (ms <= 0) return next();
  const timer = setTimeout(next, ms);
  reply.onGone(() => clearTimeout(timer));
}
