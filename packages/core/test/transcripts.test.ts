import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOllama, type Ollama } from '@millrace/core';
import {
  bytesOf,
  loadTranscripts,
  type RecordedServer,
  type ReplayServer,
  startReplayServer,
  type Transcript,
  transcriptHeader,
} from '@millrace/testing';
import type { Observable } from 'rxjs';
import { outcomeOf } from './support/outcome.ts';
import { recordedFailures } from './support/recorded-failures.ts';

type CallOf = (ollama: Ollama, body: never) => Observable<object>;

const routes: Readonly<Record<string, CallOf>> = {
  'POST /api/generate': (ollama, body) => ollama.generate(body),
  'POST /api/chat': (ollama, body) => ollama.chat(body),
  'POST /api/pull': (ollama, body) => ollama.pull(body),
  'POST /api/embed': (ollama, body) => ollama.embed(body),
  'POST /api/show': (ollama, body) => ollama.show(body),
  'GET /api/tags': (ollama) => ollama.tags(),
  'GET /api/ps': (ollama) => ollama.ps(),
  'GET /api/version': (ollama) => ollama.version(),
};

const callOf = ({ request }: Transcript): CallOf | undefined => routes[`${request.method} ${request.path}`];

/** The values a transcript holds, read in the plainest way; of a failed one, those before its error line. */
function expectedValues({ name, response, ...rest }: Transcript): unknown[] {
  if (response.status !== 200) return [];
  const lines = bytesOf({ name, response, ...rest })
    .toString()
    .split('\n');
  const values = lines.filter((line) => line.trim() !== '').map((line) => JSON.parse(line) as object);
  return values.filter((value) => !('error' in value));
}

describe.each<RecordedServer>(['0.24', '0.32'])('recorded exchanges of %s', (version) => {
  const transcripts = loadTranscripts({ server: version }).filter((one) => callOf(one) !== undefined);

  describe.each([
    ['as recorded', undefined],
    ['cut at every byte', 1],
    ['cut every 37 bytes', 37],
  ])('%s', (_, cut) => {
    let server: ReplayServer;
    beforeAll(async () => {
      server = await startReplayServer({ transcripts, ...(cut !== undefined && { cut }) });
    });
    afterAll(() => server.close());

    test.each(transcripts.map((one) => [one.name, one] as const))(
      '%s gives its values or its error',
      async (name, one) => {
        const ollama = createOllama({ baseUrl: server.url, headers: { [transcriptHeader]: name } });
        const call = callOf(one) as CallOf;
        const { values, error } = await outcomeOf(call(ollama, (one.request.body ?? {}) as never));
        expect(values).toEqual(expectedValues(one));
        expect(error && [error.code, error.details.kind ?? null]).toEqual(recordedFailures[version][name]);
        expect(error?.details.status).toBe(one.response.status === 200 ? undefined : one.response.status);
        ollama.close();
      },
    );
  });

  test('every recorded failure is the failure of a transcript', () => {
    const names = new Set(transcripts.map((one) => one.name));
    expect(Object.keys(recordedFailures[version]).filter((name) => !names.has(name))).toEqual([]);
  });
});
