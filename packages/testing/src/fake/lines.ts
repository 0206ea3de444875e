import type { Piece } from './pieces.ts';
import { hashOf } from './seeded.ts';

/** Numbers of the final message, durations in milliseconds. */
export interface Metrics {
  readonly totalMs: number;
  readonly loadMs: number;
  readonly promptTokens: number;
  readonly promptMs: number;
  readonly evalCount: number;
  readonly evalMs: number;
}

/** Writes the messages of one request as generate or chat does. */
export interface LineWriter {
  /** The lines of some pieces, each with its newline. */
  lines(pieces: readonly Piece[]): string;
  /** The final message; `pieces` puts the whole answer in it, for a request that does not stream. */
  final(reason: string, metrics?: Metrics, pieces?: readonly Piece[]): object;
  /** What a request that does not stream gets when generation ends without a final message. */
  unfinished(pieces: readonly Piece[]): object;
}

/** Lines of /api/generate; `withContext` as long as the request is not raw. */
export function generateLines(model: string, withContext: boolean): LineWriter {
  const head = headOf(model);
  return {
    lines(pieces) {
      const start = `${head()},"response":`;
      return pieces
        .filter((piece) => piece.kind !== 'tool')
        .map((piece) =>
          piece.kind === 'text'
            ? `${start}${JSON.stringify(piece.text)},"done":false}\n`
            : `${start}"","thinking":${JSON.stringify(piece.text)},"done":false}\n`,
        )
        .join('');
    },
    final: (done_reason, metrics, pieces = []) => ({
      ...base(model),
      ...generateText(pieces),
      done: true,
      done_reason,
      ...(metrics && withContext ? { context: contextOf(metrics.promptTokens + metrics.evalCount) } : {}),
      ...metricsOf(metrics),
    }),
    unfinished: (pieces) => ({ ...base(model), ...generateText(pieces), done: false }),
  };
}

/** Lines of /api/chat. */
export function chatLines(model: string): LineWriter {
  const head = headOf(model);
  return {
    lines(pieces) {
      const start = `${head()},"message":{"role":"assistant","content":`;
      return pieces.map((piece) => `${start}${chatPiece(piece)}},"done":false}\n`).join('');
    },
    final: (done_reason, metrics, pieces = []) => ({
      ...base(model),
      message: chatMessage(pieces),
      done: true,
      done_reason,
      ...metricsOf(metrics),
    }),
    unfinished: (pieces) => ({ ...base(model), message: chatMessage(pieces), done: false }),
  };
}

/** RFC 3339 with nine digits, as Go writes it. */
export function timestamp(ms = Date.now()): string {
  return `${new Date(ms).toISOString().slice(0, -1)}000000Z`;
}

function base(model: string): { model: string; created_at: string } {
  return { model, created_at: timestamp() };
}

function headOf(model: string): () => string {
  const start = `{"model":${JSON.stringify(model)},"created_at":"`;
  return () => `${start}${timestamp()}"`;
}

function generateText(pieces: readonly Piece[]): object {
  const thinking = textOf(pieces, 'thinking');
  return { response: textOf(pieces, 'text'), ...(thinking ? { thinking } : {}) };
}

function chatPiece(piece: Piece): string {
  if (piece.kind === 'tool') return `"","tool_calls":${JSON.stringify([toolCall(piece)])}`;
  const text = JSON.stringify(piece.text);
  return piece.kind === 'text' ? text : `"","thinking":${text}`;
}

function chatMessage(pieces: readonly Piece[]): object {
  const thinking = textOf(pieces, 'thinking');
  const calls = pieces.flatMap((piece) => (piece.kind === 'tool' ? [toolCall(piece)] : []));
  return {
    role: 'assistant',
    content: textOf(pieces, 'text'),
    ...(thinking ? { thinking } : {}),
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
  };
}

function toolCall(piece: Extract<Piece, { kind: 'tool' }>): object {
  const { index, name, arguments: given } = piece;
  const mark = hashOf(`${index} ${name} ${JSON.stringify(given)}`)
    .toString(36)
    .padStart(8, '0')
    .slice(-8);
  return { id: `call_${mark}`, function: { index, name, arguments: given } };
}

function textOf(pieces: readonly Piece[], kind: 'text' | 'thinking'): string {
  return pieces.map((piece) => (piece.kind === kind ? piece.text : '')).join('');
}

function contextOf(length: number): number[] {
  return Array.from({ length }, (_nothing, index) => index + 1);
}

function metricsOf(metrics: Metrics | undefined): object {
  if (!metrics) return {};
  return {
    total_duration: nanoseconds(metrics.totalMs),
    load_duration: nanoseconds(metrics.loadMs),
    prompt_eval_count: metrics.promptTokens,
    prompt_eval_duration: nanoseconds(metrics.promptMs),
    eval_count: metrics.evalCount,
    eval_duration: nanoseconds(metrics.evalMs),
  };
}

/** At least 1, since Ollama leaves out what is 0 and real durations never are. */
function nanoseconds(ms: number): number {
  return Math.max(1, Math.round(ms * 1e6));
}
