import { expect, test } from '@jest/globals';
import { type AnswerOptions, answer, type ChatMessage, createOllama, type GenerateMessage, text } from '@millrace/core';
import { loadTranscript, type RecordedServer, startReplayServer } from '@millrace/testing';
import { EMPTY, from, lastValueFrom, throwError } from 'rxjs';
import { errorOf, valuesOf } from './support/outcome.ts';

const base = { model: 'm', created_at: '2026-01-01T00:00:00Z', done: false };
const say = (response: string, rest: Partial<GenerateMessage> = {}): GenerateMessage => ({
  ...base,
  response,
  ...rest,
});
const chat = (message: Partial<ChatMessage['message']>, rest: Partial<ChatMessage> = {}): ChatMessage => ({
  ...base,
  message: { role: 'assistant', content: '', ...message },
  ...rest,
});
const fold = (messages: readonly (GenerateMessage | ChatMessage)[], options?: AnswerOptions) =>
  from(messages).pipe(answer(options));
const call = (name: string, id?: string) => ({ ...(id && { id }), function: { name, arguments: { a: 1 } } });

test('folds the messages of generate, with the figures in tokens and milliseconds', async () => {
  const messages = [
    say('', { thinking: 'hm' }),
    say(' Hel', { logprobs: [{ token: ' Hel', logprob: -0.1 }] }),
    say('lo ', {
      logprobs: [
        { token: 'lo', logprob: -0.2 },
        { token: ' ', logprob: -0.3 },
      ],
    }),
    say('', {
      done: true,
      done_reason: 'stop',
      prompt_eval_count: 7,
      eval_count: 3,
      total_duration: 1_500_000,
      load_duration: 250_000,
      prompt_eval_duration: 1e9,
      eval_duration: 2e9,
    }),
  ];
  expect(await lastValueFrom(fold(messages))).toEqual({
    content: ' Hello ',
    thinking: 'hm',
    toolCalls: [],
    logprobs: [
      { token: ' Hel', logprob: -0.1 },
      { token: 'lo', logprob: -0.2 },
      { token: ' ', logprob: -0.3 },
    ],
    doneReason: 'stop',
    usage: { promptTokens: 7, outputTokens: 3, totalMs: 1.5, loadMs: 0.25, promptMs: 1000, outputMs: 2000 },
  });
});

test('collects tool calls from every message, the final one too, and one id once', async () => {
  const messages = [
    chat({ tool_calls: [call('one', '1'), call('none')] }),
    chat({ tool_calls: [call('again', '1'), call('none')] }),
    chat({ content: '!', tool_calls: [call('two', '2')] }, { done: true, done_reason: 'stop' }),
  ];
  const { toolCalls, content } = await lastValueFrom(fold(messages));
  expect(toolCalls).toEqual([call('again', '1'), call('none'), call('none'), call('two', '2')]);
  expect(content).toBe('!');
});

test('figures that the server left out are 0, a reason that it left out is undefined', async () => {
  expect(await lastValueFrom(fold([say('x', { done: true })]))).toMatchObject({
    doneReason: undefined,
    usage: { promptTokens: 0, outputTokens: 0, totalMs: 0, loadMs: 0, promptMs: 0, outputMs: 0 },
  });
});

test('an answer cut by its length is OUTPUT_TRUNCATED with the text, unless accepted', async () => {
  const cut = [say('', { thinking: 'hm' }), say('Hel'), say('', { done: true, done_reason: 'length', eval_count: 2 })];
  const error = await errorOf(fold(cut));
  expect(error).toMatchObject({
    code: 'OUTPUT_TRUNCATED',
    retry: 'length',
    message: 'The answer was cut after 2 tokens.',
    details: { partial: { text: 'Hel', thinking: 'hm' } },
  });
  expect(await lastValueFrom(fold(cut, { acceptTruncated: true }))).toMatchObject({
    content: 'Hel',
    doneReason: 'length',
  });
});

test('thinking that used up the length is OUTPUT_TRUNCATED, and empty when that is accepted', async () => {
  const cut = [say('', { thinking: 'hm' }), say('', { done: true, done_reason: 'length' })];
  expect((await errorOf(fold(cut))).code).toBe('OUTPUT_TRUNCATED');
  expect((await errorOf(fold(cut, { acceptTruncated: true }))).code).toBe('ANSWER_EMPTY');
  expect(await lastValueFrom(fold(cut, { acceptTruncated: true, acceptEmpty: true }))).toMatchObject({ content: '' });
});

test.each(['', ' \n'])('an answer of %j alone is ANSWER_EMPTY, unless accepted', async (blank) => {
  const empty = [chat({ thinking: 'hmm' }), chat({ content: blank }, { done: true, done_reason: 'stop' })];
  const error = await errorOf(fold(empty));
  expect(error).toMatchObject({
    code: 'ANSWER_EMPTY',
    retry: 'invalid',
    details: { partial: { text: blank, thinking: 'hmm' } },
  });
  expect(error.message).toBe('The model answered nothing, after 3 characters of thinking.');
  expect(await lastValueFrom(fold(empty, { acceptEmpty: true }))).toMatchObject({ content: blank });
});

test('a tool call without a word is an answer', async () => {
  const called = [chat({ tool_calls: [call('one')] }), chat({}, { done: true, done_reason: 'stop' })];
  expect(await lastValueFrom(fold(called))).toMatchObject({ content: '', toolCalls: [call('one')] });
});

test.each(['load', 'unload'])('%s is no answer, and not empty', async (reason) => {
  expect(await lastValueFrom(fold([say('', { done: true, done_reason: reason })]))).toMatchObject({
    doneReason: reason,
  });
});

test('no message at all is STREAM_TRUNCATED', async () => {
  expect((await errorOf(EMPTY.pipe(answer()))).code).toBe('STREAM_TRUNCATED');
});

test('an error of the source passes unchanged, and subscriptions share nothing', async () => {
  const bug = new Error('bug');
  await expect(lastValueFrom(throwError(() => bug).pipe(answer()))).rejects.toBe(bug);
  const answer$ = fold([say('x'), say('', { done: true })]);
  expect((await lastValueFrom(answer$)).content).toBe('x');
  expect((await lastValueFrom(answer$)).content).toBe('x');
});

test('many log probabilities at once are no problem', async () => {
  const logprobs = Array.from({ length: 300_000 }, () => ({ token: 'x', logprob: -1 }));
  expect((await lastValueFrom(fold([say('x', { logprobs, done: true })]))).logprobs).toHaveLength(300_000);
});

test('text gives what came since the last time, and nothing for a message without text', async () => {
  const messages = [say('', { thinking: 'hm' }), say('a'), chat({ content: 'b' }), say('', { done: true })];
  expect(await valuesOf(from(messages).pipe(text()))).toEqual(['a', 'b']);
});

test.each<[RecordedServer, string]>([
  ['0.24', 'tools-two-stream'],
  ['0.32', 'tools-two-stream'],
  ['0.32', 'tools-native-two-stream'],
])('%s %s: a recorded answer with two calls holds both', async (version, name) => {
  const server = await startReplayServer({ transcripts: [loadTranscript(name, version)], match: () => true });
  const ollama = createOllama({ baseUrl: server.url });
  const { toolCalls } = await lastValueFrom(ollama.chat({ model: 'm' }).pipe(answer({ acceptTruncated: true })));
  expect(toolCalls).toHaveLength(2);
  expect(
    toolCalls.every(({ function: { name: called, arguments: given } }) => called !== '' && typeof given === 'object'),
  ).toBe(true);
  await server.close();
});
