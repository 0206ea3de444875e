import type { Ollama } from '@millrace/core';
import { bytesOf, loadTranscripts, type RecordedServer, type Transcript } from '@millrace/testing';
import { filter, type Observable } from 'rxjs';

/** How a recorded request is made with a client. */
type CallOf = (ollama: Ollama, body: never, transcript: Transcript) => Observable<unknown>;

const digestIn = ({ request }: Transcript): string => request.path.replace('/api/blobs/', '');

const calls: Readonly<Record<string, CallOf>> = {
  'GET /': (ollama) => ollama.ping(),
  'HEAD /': (ollama) => ollama.head(),
  'HEAD /api/version': (ollama) => ollama.head('/api/version'),
  'POST /api/generate': (ollama, body) => ollama.generate(body),
  'POST /api/chat': (ollama, body) => ollama.chat(body),
  'POST /api/embed': (ollama, body) => ollama.embed(body),
  'POST /api/embeddings': (ollama, body) => ollama.embeddings(body),
  'POST /api/pull': (ollama, body) => ollama.pull(body),
  'POST /api/push': (ollama, body) => ollama.push(body),
  'POST /api/create': (ollama, body) => ollama.create(body),
  'POST /api/copy': (ollama, body) => ollama.copy(body),
  'DELETE /api/delete': (ollama, body) => ollama.delete(body),
  'POST /api/show': (ollama, body) => ollama.show(body),
  'GET /api/tags': (ollama) => ollama.tags(),
  'GET /api/ps': (ollama) => ollama.ps(),
  'GET /api/version': (ollama) => ollama.version(),
  'GET /api/status': (ollama) => ollama.status(),
  'HEAD /api/blobs/:digest': (ollama, _, transcript) => ollama.blobs.exists(digestIn(transcript)),
  'POST /api/blobs/:digest': (ollama, _, transcript) =>
    ollama.blobs
      .upload(Buffer.from(transcript.request.rawBody ?? 'bytes'), { digest: digestIn(transcript) })
      .pipe(filter(({ status }) => status === 'success')),
};

const routeOf = ({ request }: Transcript): string =>
  `${request.method} ${request.path.replace(/(?<=^\/api\/blobs\/).*/, ':digest')}`;

/** The recorded exchanges that a client can make. What is refused before it is sent is none of them. */
export const callableTranscripts = (version: RecordedServer): Transcript[] =>
  loadTranscripts({ server: version }).filter(
    (one) => routeOf(one) in calls && one.name !== 'blob-post-bad-digest-syntax',
  );

/** Makes the recorded request. */
export const callOf = (ollama: Ollama, transcript: Transcript): Observable<unknown> =>
  (calls[routeOf(transcript)] as CallOf)(ollama, (transcript.request.body ?? {}) as never, transcript);

/** The values a transcript holds, read in the plainest way; of a failed one, those before its error line. */
export function expectedValues(transcript: Transcript): unknown[] {
  const { request, response } = transcript;
  if (request.path.startsWith('/api/blobs/')) return expectedOfBlob(transcript);
  if (response.status !== 200) return [];
  const text = bytesOf(transcript).toString();
  if (request.path === '/' && request.method === 'GET') return [text];
  const lines = text.split('\n').filter((line) => line.trim() !== '');
  if (lines.length === 0) return [undefined];
  return lines.map((line) => JSON.parse(line) as object).filter((value) => !('error' in value));
}

function expectedOfBlob({ request, response }: Transcript): unknown[] {
  if (request.method === 'HEAD') return [response.status === 200];
  if (response.status > 299) return [];
  const bytes = (request.rawBody ?? 'bytes').length;
  const digest = request.path.replace('/api/blobs/', '');
  return [{ status: 'success', digest, completed: bytes, total: bytes }];
}
