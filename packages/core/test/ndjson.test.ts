import { expect, test } from '@jest/globals';
import { type NdjsonOptions, ndjson } from '@millrace/core';
import { array, assert, asyncProperty, constantFrom, jsonValue, nat, uint8Array } from 'fast-check';
import { from, Subject, take } from 'rxjs';
import { long } from './support/long.ts';
import { errorOf, outcomeOf, valuesOf } from './support/outcome.ts';

const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const parse = (chunks: readonly Uint8Array[], options?: NdjsonOptions) => from(chunks).pipe(ndjson<unknown>(options));

function cutAt(whole: Uint8Array, places: readonly number[]): Uint8Array[] {
  const ends = places.map((place) => place % (whole.length + 1)).sort((one, other) => one - other);
  return [...ends, whole.length].map((end, index) => whole.subarray(index === 0 ? 0 : ends[index - 1], end));
}

test('every single cut gives the same values, also inside a character', async () => {
  const whole = bytes('{"a":"é€😀"}\n\n{"a":2}\r\n  \n{"a":"\\n"}');
  for (let place = 0; place <= whole.length; place += 1) {
    expect(await valuesOf(parse(cutAt(whole, [place])))).toEqual([{ a: 'é€😀' }, { a: 2 }, { a: '\n' }]);
  }
});

test('one byte at a time gives the same values', async () => {
  const whole = bytes('{"a":"é€😀"}\n{"a":2}\n');
  expect(await valuesOf(parse(Array.from(whole, (byte) => Uint8Array.of(byte))))).toEqual([{ a: 'é€😀' }, { a: 2 }]);
});

test('any values, cut at any places, with any line ends, come back as they were', async () => {
  const ends = constantFrom('\n', '\r\n', '\n\n', '\n \t\n');
  const property = asyncProperty(array(jsonValue()), array(ends), array(nat()), async (values, lineEnds, places) => {
    const text = values.map((value, index) => JSON.stringify(value) + (lineEnds[index] ?? '\n')).join('');
    const read = await valuesOf(parse(cutAt(bytes(text), places)));
    expect(read).toEqual(values.map((value) => JSON.parse(JSON.stringify(value))));
  });
  await assert(property, { numRuns: long ? 100_000 : 2000 });
}, 600_000);

test('whatever bytes come, it ends in values or in a typed error, never in another one', async () => {
  const property = asyncProperty(array(uint8Array({ maxLength: 40 })), async (chunks) => {
    const { error } = await outcomeOf(parse(chunks, { maxLineBytes: 60 }));
    if (error) expect(['LINE_MALFORMED', 'LINE_TOO_LONG', 'STREAM_TRUNCATED']).toContain(error.code);
  });
  await assert(property, { numRuns: long ? 100_000 : 2000 });
}, 600_000);

test('nothing at all is no value', async () => {
  expect(await valuesOf(parse([]))).toEqual([]);
  expect(await valuesOf(parse([bytes(''), bytes('\n'), bytes(' \r\n')]))).toEqual([]);
});

test('a line that is not JSON is an error with its number and its start, after the lines before it', async () => {
  const { values, error } = await outcomeOf(parse([bytes('{"a":1}\n\n<html>oops\n{"a":2}\n')]));
  expect(values).toEqual([{ a: 1 }]);
  expect(error).toMatchObject({ code: 'LINE_MALFORMED', message: 'The answer: line 3 is not JSON: <html>oops' });
  expect(error?.cause).toBeInstanceOf(SyntaxError);
});

test('the start of a long bad line is cut in the message', async () => {
  const error = await errorOf(parse([bytes(`${'x'.repeat(10_000)}\n`)]));
  expect(error.message).toHaveLength('The answer: line 1 is not JSON: '.length + 81);
});

test('bytes that end inside an object were cut off', async () => {
  const { values, error } = await outcomeOf(parse([bytes('{"a":1}\n{"a":')], { where: 'POST http://h/api/chat' }));
  expect(values).toEqual([{ a: 1 }]);
  expect(error).toMatchObject({
    code: 'STREAM_TRUNCATED',
    message: 'POST http://h/api/chat: the answer ended inside line 2.',
  });
});

test('a page without a newline is malformed, not cut', async () => {
  expect(await errorOf(parse([bytes('<html>Sign in</html>')]))).toMatchObject({ code: 'LINE_MALFORMED' });
});

test('a line of 5 MB in 64 kB pieces passes', async () => {
  const whole = Buffer.from(`{"a":1}\n${JSON.stringify({ text: 'é'.repeat(2_500_000) })}\n{"a":2}\n`);
  const pieces = Array.from({ length: Math.ceil(whole.length / 65_536) }, (_, index) =>
    whole.subarray(index * 65_536, (index + 1) * 65_536),
  );
  expect(await valuesOf(parse(pieces))).toEqual([{ a: 1 }, { text: 'é'.repeat(2_500_000) }, { a: 2 }]);
});

test('a line of exactly the limit passes, and one byte more is an error after the lines before it', async () => {
  const line = '{"a":"12345"}';
  const fits = bytes(`${line}\n${line}`);
  expect(await valuesOf(parse([fits], { maxLineBytes: line.length }))).toHaveLength(2);
  for (const place of [0, 5, 14, 17, 26]) {
    const { values, error } = await outcomeOf(parse(cutAt(fits, [place]), { maxLineBytes: line.length - 1 }));
    expect(values).toEqual([]);
    expect(error?.code).toBe('LINE_TOO_LONG');
  }
  const late = await outcomeOf(parse([bytes(`{}\n{}\n${line}\n{}\n`)], { maxLineBytes: 12 }));
  expect(late.values).toEqual([{}, {}]);
  expect(late.error?.message).toBe('The answer: line 3 is longer than 12 bytes (maxLineBytes).');
});

test('a line that never ends is given up at the limit, not kept until memory is full', async () => {
  const source = new Subject<Uint8Array>();
  const outcome = outcomeOf(source.pipe(ndjson({ maxLineBytes: 1000 })));
  for (let sent = 0; sent <= 1000; sent += 100) source.next(new Uint8Array(100).fill(0x61));
  expect((await outcome).error?.code).toBe('LINE_TOO_LONG');
  expect(source.observed).toBe(false);
});

test('lines behind the last one that is wanted are not parsed', async () => {
  const source = new Subject<Uint8Array>();
  const values = valuesOf(source.pipe(ndjson(), take(1)));
  source.next(bytes('{"a":1}\nnot JSON\n'));
  expect(await values).toEqual([{ a: 1 }]);
  expect(source.observed).toBe(false);
});
