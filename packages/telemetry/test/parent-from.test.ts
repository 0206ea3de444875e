import { describe, expect, test } from '@jest/globals';
import { parentFrom } from '@millrace/telemetry';
import { context, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import fc from 'fast-check';

const traceId = '0af7651916cd43dd8448eb211c80319c';
const spanId = 'b7ad6b7169203331';
const parentIn = (env: Readonly<Record<string, string>>) => trace.getSpanContext(parentFrom(env));

describe('TRACEPARENT', () => {
  test('names the trace and the span that the process is a part of', () => {
    expect(parentIn({ TRACEPARENT: `00-${traceId}-${spanId}-01` })).toEqual({
      traceId,
      spanId,
      traceFlags: 1,
      isRemote: true,
    });
    expect(parentIn({ TRACEPARENT: ` 00-${traceId}-${spanId}-00\n` })?.traceFlags).toBe(0);
  });

  test('brings TRACESTATE with it', () => {
    const parent = parentIn({ TRACEPARENT: `00-${traceId}-${spanId}-01`, TRACESTATE: 'one=1,two=2' });
    expect(parent?.traceState?.serialize()).toBe('one=1,two=2');
  });

  test('of a later version is understood as far as it is known, also with more behind it', () => {
    expect(parentIn({ TRACEPARENT: `01-${traceId}-${spanId}-03-more` })).toMatchObject({
      traceId,
      spanId,
      traceFlags: 1,
    });
    expect(parentIn({ TRACEPARENT: `cc-${traceId}-${spanId}-01` })).toMatchObject({ traceId, spanId });
  });

  test.each([
    ['nothing', ''],
    ['a version that is none', `ff-${traceId}-${spanId}-01`],
    ['more than its version has', `00-${traceId}-${spanId}-01-more`],
    ['no trace', `00-${'0'.repeat(32)}-${spanId}-01`],
    ['no span', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['capital letters', `00-${traceId.toUpperCase()}-${spanId}-01`],
    ['no flags', `00-${traceId}-${spanId}`],
    ['something before it', `x00-${traceId}-${spanId}-01`],
  ])('with %s is no parent', (_, TRACEPARENT) => {
    expect(parentIn({ TRACEPARENT })).toBeUndefined();
    expect(parentFrom({ TRACEPARENT })).toBe(context.active());
  });

  test('that says anything at all throws nothing', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (TRACEPARENT, TRACESTATE) => {
        expect(parentIn({ TRACEPARENT, TRACESTATE })).toBeUndefined();
      }),
    );
  });

  test('counts less than a span that is active', () => {
    context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
    try {
      const active = { traceId: '1'.repeat(32), spanId: '2'.repeat(16), traceFlags: 1 };
      const env = { TRACEPARENT: `00-${traceId}-${spanId}-01` };
      context.with(trace.setSpanContext(context.active(), active), () => expect(parentIn(env)).toEqual(active));
      expect(parentIn(env)).toMatchObject({ traceId });
    } finally {
      context.disable();
    }
  });
});
