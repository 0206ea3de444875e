import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import {
  bytesOf,
  type RecordedServer,
  type ReplayServer,
  startReplayServer,
  type Transcript,
  transcriptHeader,
} from '@millrace/testing';
import { type CutServer, startCutServer } from './support/cut-server.ts';
import { long } from './support/long.ts';
import { type Outcome, outcomeOf } from './support/outcome.ts';
import { callableTranscripts, callOf, expectedValues } from './support/recorded-calls.ts';
import { recordedFailures } from './support/recorded-failures.ts';

/** What shall come of a recorded exchange, in a form that can be compared. */
interface Result {
  readonly values: readonly unknown[];
  readonly failure: readonly [code: string, kind: string | null, status: number | undefined] | undefined;
}

function expectedOf(version: RecordedServer, one: Transcript): Result {
  const failure = recordedFailures[version][one.name];
  const status = one.response.status === 200 ? undefined : one.response.status;
  return { values: expectedValues(one), failure: failure && [...failure, status] };
}

const resultOf = ({ values, error }: Outcome<unknown>): Result => ({
  values,
  failure: error && [error.code, error.details.kind ?? null, error.details.status],
});

/** The sizes of the pieces that a body is cut into. */
function cutsOf(one: Transcript): number[] {
  const { length } = bytesOf(one);
  const all = Array.from({ length: Math.max(1, length) }, (_, index) => index + 1);
  return long ? all : all.filter((size) => size <= 64 || size === length || size === length - 1 || size % 1021 === 0);
}

describe.each<RecordedServer>(['0.24', '0.32'])('recorded exchanges of %s', (version) => {
  const transcripts = callableTranscripts(version);
  const cases = transcripts.map((one) => [one.name, one] as const);

  describe('as recorded', () => {
    let server: ReplayServer;
    beforeAll(async () => {
      server = await startReplayServer({ transcripts });
    });
    afterAll(() => server.close());

    // A blob that is to be sent is asked for first: that is another exchange.
    const alone = cases.filter(([name]) => !name.startsWith('blob-post'));
    test.each(alone)('%s gives its values or its error', async (name, one) => {
      const ollama = createOllama({ baseUrl: server.url, headers: { [transcriptHeader]: name } });
      expect(resultOf(await outcomeOf(callOf(ollama, one)))).toEqual(expectedOf(version, one));
      ollama.close();
    });
  });

  describe('cut into pieces of every size', () => {
    let server: CutServer;
    beforeAll(async () => {
      server = await startCutServer(transcripts);
    });
    afterAll(() => server.close());

    test.each(cases)(
      '%s gives its values or its error',
      async (name, one) => {
        const ollama = createOllama({ baseUrl: server.url, headers: { [transcriptHeader]: name } });
        const expected = expectedOf(version, one);
        for (const cut of cutsOf(one)) {
          server.cut = cut;
          const result = resultOf(await outcomeOf(callOf(ollama, one)));
          // The comparison of jest is slow, and its words are wanted only where the two differ.
          if (!isDeepStrictEqual(result, expected)) expect({ cut, ...result }).toEqual({ cut, ...expected });
        }
        ollama.close();
      },
      600_000,
    );
  });

  test('every recorded failure is the failure of a transcript', () => {
    const names = new Set(transcripts.map((one) => one.name));
    expect(Object.keys(recordedFailures[version]).filter((name) => !names.has(name))).toEqual([]);
  });
});
