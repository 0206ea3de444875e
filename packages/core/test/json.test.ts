import { expect, test } from '@jest/globals';
import { type GenerateMessage, type JsonCheck, json } from '@millrace/core';
import { assert, asyncProperty, jsonValue, string } from 'fast-check';
import { from, lastValueFrom } from 'rxjs';
import { errorOf, outcomeOf } from './support/outcome.ts';

const base = { model: 'm', created_at: '2026-01-01T00:00:00Z' };

/** The messages of an answer of this text. */
function say(text: string, done_reason = 'stop', thinking = ''): GenerateMessage[] {
  const half = Math.floor(text.length / 2);
  return [
    { ...base, done: false, response: text.slice(0, half), thinking },
    { ...base, done: false, response: text.slice(half) },
    { ...base, done: true, response: '', done_reason, eval_count: 7 },
  ];
}

const fold = (messages: readonly GenerateMessage[], check?: JsonCheck) => from(messages).pipe(json(check));

test('the text is the value, blanks around it or not', async () => {
  expect(await lastValueFrom(fold(say(' {"score": 0.5}\n')))).toEqual({ score: 0.5 });
  expect(await lastValueFrom(fold(say('[1, null, "é"]')))).toEqual([1, null, 'é']);
});

test('any value comes back as it was', async () => {
  await assert(
    asyncProperty(jsonValue(), async (value) => {
      const text = JSON.stringify(value);
      expect(await lastValueFrom(fold(say(text)))).toEqual(JSON.parse(text));
    }),
  );
});

test('a text that is no JSON is ANSWER_INVALID with the text and thinking', async () => {
  const error = await errorOf(fold(say('Sure! {"score": 1}', 'stop', 'hm')));
  expect(error).toMatchObject({
    code: 'ANSWER_INVALID',
    retry: 'invalid',
    message: String.raw`The answer does not fit: it is not JSON. It was: "Sure! {\"score\": 1}"`,
    details: { partial: { text: 'Sure! {"score": 1}', thinking: 'hm' } },
    cause: expect.any(SyntaxError),
  });
});

test('the problems that the check finds are ANSWER_INVALID, each one named', async () => {
  const check: JsonCheck = (value) =>
    Object.entries(value as object).flatMap(([name, field]) => (field === null ? [`\`${name}\` is null`] : []));
  const error = await errorOf(fold(say('{"a":null,"b":1,"c":null}'), check));
  expect(error).toMatchObject({
    code: 'ANSWER_INVALID',
    details: { partial: { text: '{"a":null,"b":1,"c":null}', thinking: '' } },
  });
  expect(error.message).toContain('`a` is null; `c` is null');
  expect(await lastValueFrom(fold(say('{"b":1}'), check))).toEqual({ b: 1 });
});

test('the start of a long answer is enough for the message', async () => {
  const error = await errorOf(fold(say('x'.repeat(10_000))));
  expect(error.message.length).toBeLessThan(200);
  expect(error.details.partial?.text).toHaveLength(10_000);
});

test.each(['{"a":1}', '[1,2]', '"text"', 'true', 'null'])(
  'a cut answer that is the whole value %s passes',
  async (text) => {
    expect(await lastValueFrom(fold(say(text, 'length')))).toEqual(JSON.parse(text));
  },
);

test.each(['{"a":', '[1,2', '"te', '12', '-0.5', ''])('a cut answer of %j is OUTPUT_TRUNCATED', async (text) => {
  expect(await errorOf(fold(say(text, 'length')))).toMatchObject({ code: 'OUTPUT_TRUNCATED', retry: 'length' });
});

test('a cut answer that is whole is checked as any other', async () => {
  expect(await errorOf(fold(say('{}', 'length'), () => ['it is empty']))).toMatchObject({ code: 'ANSWER_INVALID' });
});

test('nothing at all is ANSWER_EMPTY, no message STREAM_TRUNCATED', async () => {
  expect(await errorOf(fold(say(' ')))).toMatchObject({ code: 'ANSWER_EMPTY' });
  expect(await errorOf(fold([]))).toMatchObject({ code: 'STREAM_TRUNCATED' });
});

test('whatever the model says, it is a value or a typed error with the text', async () => {
  await assert(
    asyncProperty(string(), async (text) => {
      const { values, error } = await outcomeOf(fold(say(text)));
      if (error === undefined) return expect(values).toEqual([JSON.parse(text)]);
      expect(['ANSWER_INVALID', 'ANSWER_EMPTY']).toContain(error.code);
      expect(error.details.partial?.text).toBe(text);
    }),
  );
});

test('a check that throws fails with what it threw', async () => {
  const bug = new Error('bug');
  const thrower = () => {
    throw bug;
  };
  await expect(lastValueFrom(fold(say('{}'), thrower))).rejects.toBe(bug);
});
