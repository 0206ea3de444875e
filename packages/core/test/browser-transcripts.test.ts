import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { createOllama } from '@millrace/core';
import type { OllamaError } from '@millrace/errors';
import {
  type RecordedServer,
  type ReplayServer,
  startReplayServer,
  type Transcript,
  transcriptHeader,
} from '@millrace/testing';
import type { Job, JobResult } from './browser/page.ts';
import { places, type TestPage } from './support/open-page.ts';
import { type Outcome, outcomeOf } from './support/outcome.ts';
import { callableTranscripts, callOf } from './support/recorded-calls.ts';

/** Where a call has another name than the last part of its path. */
const names: Readonly<Record<string, Job['call']>> = { 'GET /': 'ping', 'HEAD /': 'head', 'HEAD /api/version': 'head' };

function jobOf({ request: { method, path, body } }: Transcript): Omit<Job, 'options'> {
  if (path.startsWith('/api/blobs/')) return { call: 'exists', request: path.replace('/api/blobs/', '') };
  const call = names[`${method} ${path}`] ?? (path.replace('/api/', '') as Job['call']);
  return { call, request: method === 'HEAD' ? path : (body ?? (method === 'GET' ? undefined : {})) };
}

/** A result as it is after its way through JSON, the words of the platform for a broken connection left out. */
const comparable = ({ values, error }: JobResult | Outcome<unknown>): unknown => {
  const { code, details, hint, retry, message } = (error ?? {}) as Partial<OllamaError>;
  const said = String(message).replace(/ \(.*?\)\.$/s, '.');
  return JSON.parse(JSON.stringify({ values, ...(error && { error: { code, details, hint, retry, said } }) }));
};

jest.setTimeout(120_000); // starting a browser may take long

describe.each<RecordedServer>(['0.24', '0.32'])('recorded exchanges of %s', (version) => {
  // What is sent is tested with the uploads; a connection that broke in the middle, with the fake.
  const transcripts = callableTranscripts(version).filter(
    ({ request, response }) =>
      !(request.method === 'POST' && request.path.startsWith('/api/blobs/')) && response.ended === 'complete',
  );

  describe.each(places)('in %s', (_, open) => {
    let page: TestPage;
    beforeAll(async () => {
      page = await open();
    });
    afterAll(() => page.close());

    test.each([undefined, 7, 61])(
      'cut into pieces of %s bytes they give what they give in Node',
      async (cut) => {
        const server: ReplayServer = await startReplayServer({ transcripts, ...(cut !== undefined && { cut }) });
        const inPage: unknown[] = [];
        const inNode: unknown[] = [];
        for (const one of transcripts) {
          const options = { baseUrl: server.url, headers: { [transcriptHeader]: one.name } };
          inPage.push([one.name, comparable(await page.run({ ...jobOf(one), options }))]);
          inNode.push([one.name, comparable(await outcomeOf(callOf(createOllama(options), one)))]);
        }
        await server.close();
        expect(inPage.length).toBeGreaterThan(100);
        expect(inPage).toEqual(inNode);
      },
      120_000,
    );
  });
});
