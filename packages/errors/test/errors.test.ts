import { expect, test } from '@jest/globals';
import * as errors from '@millrace/errors';
import { codes, describeError, isMillraceError, MillraceError, OllamaError, StepError } from '@millrace/errors';

test('the package exports exactly this', () => {
  expect(Object.keys(errors).sort()).toEqual([
    'MillraceError',
    'OllamaError',
    'StepError',
    'codes',
    'describeError',
    'isMillraceError',
  ]);
});

test('every code says in whole sentences what happened and what to do', () => {
  for (const [code, { summary, hint }] of Object.entries(codes)) {
    expect(code).toMatch(/^[A-Z]+(_[A-Z]+)*$/);
    for (const sentence of [summary, hint]) expect(sentence).toMatch(/^[A-Z].*[.…]$/);
  }
});

test('an error takes its hint and its retry from the table, unless it knows better', () => {
  const busy = new MillraceError('OLLAMA_BUSY', 'busy');
  expect(busy).toMatchObject({
    code: 'OLLAMA_BUSY',
    hint: codes.OLLAMA_BUSY.hint,
    retry: 'busy',
    retryable: true,
    name: 'MillraceError',
  });
  const known = new MillraceError('OLLAMA_BUSY', 'busy', { hint: 'Wait.', retry: null, cause: 1 });
  expect(known).toMatchObject({ hint: 'Wait.', retry: null, retryable: false, cause: 1 });
  expect(busy).toBeInstanceOf(Error);
  expect('cause' in busy).toBe(false);
});

test('errors of another copy of the package are known by their brand', () => {
  const foreign = Object.assign(new Error('x'), { [Symbol.for('millrace.error')]: true, code: 'OLLAMA_BUSY' });
  expect(isMillraceError(foreign)).toBe(true);
  for (const other of [new Error('x'), null, undefined, 'OLLAMA_BUSY', { code: 'OLLAMA_BUSY' }])
    expect(isMillraceError(other)).toBe(false);
});

test('an OllamaError keeps what had arrived, and a StepError says where it happened', () => {
  const cut = new OllamaError('STREAM_TRUNCATED', 'ended', { partial: { text: 'Hel', thinking: '' }, status: 200 });
  const failed = new StepError('reply', '17', cut);
  expect(failed).toMatchObject({
    code: 'STEP_FAILED',
    message: 'Step `reply` of row `17` failed: ended',
    hint: cut.hint,
    cause: cut,
    retryable: false,
  });
  expect(cut.details).toEqual({ partial: { text: 'Hel', thinking: '' }, status: 200 });
});

test('an error becomes plain data with its causes; what is none of ours is a bug', () => {
  const failed = new StepError(
    'a',
    '1',
    new MillraceError('CONTEXT_OVERFLOW', 'too long', { cause: new TypeError('deep') }),
  );
  expect(describeError(failed)).toEqual({
    code: 'STEP_FAILED',
    message: 'Step `a` of row `1` failed: too long',
    hint: codes.CONTEXT_OVERFLOW.hint,
    retryable: false,
    cause: {
      code: 'CONTEXT_OVERFLOW',
      message: 'too long',
      hint: codes.CONTEXT_OVERFLOW.hint,
      retryable: false,
      cause: { code: 'INTERNAL', message: 'deep', retryable: false },
    },
  });
  expect(describeError('text')).toEqual({ code: 'INTERNAL', message: 'text', retryable: false });
  const endless = new Error('round');
  endless.cause = endless;
  expect(JSON.stringify(describeError(endless)).match(/round/g)).toHaveLength(5);
});
