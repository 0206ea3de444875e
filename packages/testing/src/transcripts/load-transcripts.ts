import { readdirSync, readFileSync } from 'node:fs';
import type { RecordedServer, Transcript } from './transcript.ts';

const folders: Record<RecordedServer, URL> = {
  '0.24': new URL('../../transcripts/', import.meta.url),
  '0.32': new URL('../../transcripts/v0.32.15/', import.meta.url),
};

/** Which transcripts to load; what is left out does not filter. */
export interface TranscriptFilter {
  /** Default: both, 0.24 first. */
  readonly server?: RecordedServer;
  /** The request's path, exactly. */
  readonly path?: string;
  /** The request's method, in capitals. */
  readonly method?: string;
  readonly status?: number;
  /** Exact names; one that does not exist is an error. */
  readonly names?: readonly string[];
}

/**
 * Reads recorded exchanges from disk, ordered by server and name.
 *
 * @throws {Error} Where a name in `names` matches nothing, so that a test cannot pass on an empty list.
 */
export function loadTranscripts(filter: TranscriptFilter = {}): Transcript[] {
  const servers: readonly RecordedServer[] = filter.server ? [filter.server] : ['0.24', '0.32'];
  const found = servers.flatMap((server) => readFolder(folders[server])).filter((one) => passes(one, filter));
  for (const name of filter.names ?? []) {
    if (!found.some((one) => one.name === name)) {
      throw new Error(`No transcript named \`${name}\` passes the filter; see transcripts/README.md for the names.`);
    }
  }
  return found;
}

/**
 * Reads one recorded exchange.
 *
 * @throws {Error} Where that server has no transcript of that name.
 */
export function loadTranscript(name: string, server: RecordedServer = '0.32'): Transcript {
  return loadTranscripts({ server, names: [name] })[0] as Transcript; // names guarantees one
}

function readFolder(folder: URL): Transcript[] {
  const files = readdirSync(folder).filter((file) => file.endsWith('.json'));
  const names = files.map((file) => file.slice(0, -'.json'.length)).sort();
  return names.map((name) => JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Transcript);
}

function passes({ name, request, response }: Transcript, filter: TranscriptFilter): boolean {
  return (
    (filter.path === undefined || request.path === filter.path) &&
    (filter.method === undefined || request.method === filter.method) &&
    (filter.status === undefined || response.status === filter.status) &&
    (filter.names === undefined || filter.names.includes(name))
  );
}
