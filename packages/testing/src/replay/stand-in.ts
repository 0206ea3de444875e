import type { Transcript } from '../transcripts/transcript.ts';
import { fieldOf, type ReplayRequest } from './replay-request.ts';

/** For a path, the names of the transcripts that may answer any request of their kind. */
export type Wildcards = Readonly<Record<string, string | readonly string[]>>;

/** Wildcards that make the recorded server stand in for a real one with `gemma3:270m` installed and loaded. */
export const standIn: Wildcards = {
  '/': ['root-get', 'root-head'],
  '/api/version': ['version', 'version-head'],
  '/api/tags': 'tags',
  '/api/ps': 'ps-loaded',
  '/api/show': 'show',
  '/api/generate': ['generate-stream', 'generate-nonstream', 'generate-load', 'generate-unload'],
  '/api/chat': ['chat-stream', 'chat-nonstream', 'chat-load', 'chat-unload'],
};

/**
 * The first transcript named for the request's path whose request has the same method, the same model, and asks
 * the same kind of thing: load, unload, stream, or one answer. Prompt, messages and options do not count.
 */
export function findWildcard(
  request: ReplayRequest,
  wildcards: Wildcards,
  transcripts: readonly Transcript[],
): Transcript | undefined {
  const names = [wildcards[request.path] ?? []].flat();
  const candidates = names.flatMap((name) => transcripts.filter((one) => one.name === name));
  return candidates.find(
    ({ request: recorded }) =>
      recorded.method === request.method &&
      fieldOf(recorded.body, 'model') === fieldOf(request.body, 'model') &&
      askedKind(recorded.body) === askedKind(request.body),
  );
}

function askedKind(body: unknown): 'load' | 'unload' | 'stream' | 'once' {
  const messages = fieldOf(body, 'messages');
  const empty = !fieldOf(body, 'prompt') && !(Array.isArray(messages) && messages.length > 0);
  if (empty) return fieldOf(body, 'keep_alive') === 0 ? 'unload' : 'load';
  return fieldOf(body, 'stream') === false ? 'once' : 'stream';
}
