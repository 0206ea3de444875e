import { failures } from './fail.ts';
import type { Fault } from './faults.ts';
import type { LineWriter, Metrics } from './lines.ts';
import type { CutAnswer } from './pieces.ts';
import type { Reply } from './reply.ts';

/** An answer that is ready to be given, token by token. */
export interface Play {
  readonly answer: CutAnswer;
  readonly lines: LineWriter;
  readonly stream: boolean;
  readonly tokenMs: number;
  /** Milliseconds for reading the prompt, before the first token. */
  readonly promptMs: number;
  readonly faults: readonly Fault[];
  readonly metrics: (evalMs: number) => Metrics;
}

type MidKind = 'reset' | 'cut' | 'error-line' | 'stall' | 'end-early' | 'garbage';
type MidFault = Extract<Fault, { readonly kind: MidKind }>;

const midKinds = new Set<string>(['reset', 'cut', 'error-line', 'stall', 'end-early', 'garbage'] satisfies MidKind[]);

/**
 * Gives an answer in its own time: all tokens that are due go out in one write, so that many cost little. Calls
 * `over` once, when the slot is free again; the returned function stops it where it is.
 */
export function play(reply: Reply, { answer, lines, faults, ...show }: Play, over: () => void): () => void {
  const { pieces } = answer;
  const stops = midFaults(faults, pieces.length);
  let beganAt = 0;
  let sent = 0;
  let timer: NodeJS.Timeout | undefined;

  function later(ms: number, next: () => void): void {
    timer = setTimeout(next, Math.max(1, ms));
  }

  function begin(): void {
    beganAt = performance.now();
    go();
  }

  function go(): void {
    const elapsed = performance.now() - beganAt;
    const stop = stops[0];
    const due = show.tokenMs > 0 ? Math.floor(elapsed / show.tokenMs) : pieces.length;
    const upTo = Math.min(due, stop?.at ?? pieces.length, pieces.length);
    const fresh = show.stream ? lines.lines(pieces.slice(sent, upTo)) : '';
    sent = upTo;
    if (stop?.at === sent) act(stop.fault, fresh);
    else if (sent < pieces.length || elapsed < answer.evalCount * show.tokenMs) wait(fresh, elapsed);
    else finish(fresh, elapsed);
  }

  function wait(fresh: string, elapsed: number): void {
    if (fresh) reply.write(fresh);
    later(Math.min(sent + 1, answer.evalCount) * show.tokenMs - elapsed, go);
  }

  function finish(fresh: string, elapsed: number): void {
    const metrics = show.metrics(elapsed);
    if (!show.stream) reply.json(200, lines.final(answer.doneReason, metrics, pieces));
    else {
      const last = `${JSON.stringify(lines.final(answer.doneReason, metrics))}\n`;
      reply.end(fresh + (faults.some((fault) => fault.kind === 'duplicate-final') ? last + last : last));
    }
    over();
  }

  function act(fault: MidFault, fresh: string) {
    stops.shift();
    if (show.stream) reply.beginStream();
    if (fault.kind === 'stall') return stall(fault, fresh);
    if (fault.kind === 'garbage' && show.stream) {
      reply.write(`${fresh}${fault.line ?? garbage}\n`);
      return go();
    }
    if (show.stream) breakStream(reply, fault, fresh);
    else breakWhole(reply, fault, () => lines.unfinished(pieces.slice(0, sent)));
    over();
  }

  function stall({ ms }: Extract<Fault, { kind: 'stall' }>, fresh: string): void {
    if (fresh) reply.write(fresh);
    if (ms === undefined) return; // until the client goes
    later(ms, () => {
      beganAt += ms;
      go();
    });
  }

  const first = faults.find((fault) => fault.kind === 'stall' && fault.afterTokens === undefined);
  const afterStall = () => (show.promptMs > 0 ? later(show.promptMs, begin) : begin());
  if (first?.kind !== 'stall') afterStall();
  else if (first.ms !== undefined) later(first.ms, afterStall);
  return () => clearTimeout(timer);
}

const garbage = '{"model":"half an obj';

function midFaults(faults: readonly Fault[], pieces: number): { at: number; fault: MidFault }[] {
  const found = faults.flatMap((fault) => {
    if (!midKinds.has(fault.kind) || !('afterTokens' in fault) || fault.afterTokens === undefined) return [];
    return [{ at: Math.min(fault.afterTokens, pieces), fault: fault as MidFault }];
  });
  return found.sort((one, other) => one.at - other.at);
}

function breakStream(reply: Reply, fault: MidFault, fresh: string) {
  if (fault.kind === 'end-early') return reply.end(fresh);
  if (fault.kind === 'error-line') {
    return reply.end(`${fresh}${JSON.stringify({ error: fault.message ?? failures.runnerDied })}\n`);
  }
  if (fresh) reply.write(fresh);
  if (fault.kind === 'cut') reply.cut();
  else reply.reset();
}

function breakWhole(reply: Reply, fault: MidFault, unfinished: () => object): void {
  if (fault.kind === 'end-early') reply.json(200, unfinished());
  else if (fault.kind === 'error-line') reply.json(500, { error: fault.message ?? failures.runnerDied });
  else if (fault.kind === 'garbage') reply.plain(200, fault.line ?? garbage, 'application/json; charset=utf-8');
  else if (fault.kind === 'cut') reply.cut();
  else reply.reset();
}
