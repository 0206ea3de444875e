import { expect, test } from '@jest/globals';
import * as server from '@millrace/server';

test('exports exactly what its index lists', () => {
  expect(Object.keys(server).sort()).toEqual([
    'decideOverlap',
    'dueTimes',
    'isPausedByFailures',
    'missedTimes',
    'nextDue',
    'startTime',
  ]);
});
