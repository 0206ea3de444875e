import { isDeepStrictEqual } from 'node:util';
import { expect, test } from '@jest/globals';
import { type MessageShape, messages, ndjson } from '@millrace/core';
import { bytesOf, loadTranscripts, type Transcript } from '@millrace/testing';
import { array, assert, asyncProperty, integer, nat } from 'fast-check';
import { from } from 'rxjs';
import { long } from './support/long.ts';
import { outcomeOf } from './support/outcome.ts';

interface Row {
  readonly done?: boolean;
  readonly status?: string;
  readonly response?: string;
}

const shape: MessageShape<Row> = {
  isFinal: ({ done, status }) => done === true || status === 'success',
  textOf: ({ response }) => response,
};

const streams = loadTranscripts({ method: 'POST', status: 200 }).filter(
  ({ response, request }) =>
    response.headers['content-type'] === 'application/x-ndjson' && request.path.startsWith('/api/'),
);

function cutAt(whole: Buffer, places: readonly number[]): Buffer[] {
  const ends = places.map((place) => place % (whole.length + 1)).sort((one, other) => one - other);
  return [...ends, whole.length].map((end, index) => whole.subarray(ends[index - 1] ?? 0, end));
}

async function read(chunks: readonly Buffer[]): Promise<unknown> {
  const { values, error } = await outcomeOf(from(chunks).pipe(ndjson(), messages(shape, { where: 'The answer' })));
  return { values, error: error && [error.code, error.message, error.details] };
}

test('a recorded stream is read the same wherever it is cut', async () => {
  expect(streams.length).toBeGreaterThan(100);
  const whole = await Promise.all(streams.map((one) => read([bytesOf(one)])));
  const places = array(nat(1_000_000), { maxLength: 40 });
  const property = asyncProperty(nat(streams.length - 1), places, async (index, cuts) => {
    const result = await read(cutAt(bytesOf(streams[index] as Transcript), cuts));
    if (!isDeepStrictEqual(result, whole[index])) expect(result).toEqual(whole[index]);
  });
  await assert(property, { numRuns: long ? 100_000 : 2000 });
}, 1_200_000);

test('a recorded stream that is cut off anywhere is an error with the text so far, or is whole', async () => {
  const place = integer({ min: 0, max: 1_000_000 });
  const property = asyncProperty(nat(streams.length - 1), place, async (index, at) => {
    const bytes = bytesOf(streams[index] as Transcript);
    const cut = bytes.subarray(0, at % bytes.length);
    const { values, error } = await outcomeOf(
      from([cut]).pipe(ndjson<Row>(), messages(shape, { where: 'The answer' })),
    );
    const last = values.at(-1);
    if (error === undefined) return expect(last !== undefined && shape.isFinal(last)).toBe(true);
    const text = values.map(({ response = '' }) => response).join('');
    expect(error.details.partial?.text ?? '').toBe(text);
    expect(last === undefined || !shape.isFinal(last)).toBe(true);
  });
  await assert(property, { numRuns: long ? 100_000 : 2000 });
}, 1_200_000);
