import { expect, test } from '@jest/globals';
import * as server from '@millrace/server';

test('exports exactly what its index lists', () => {
  expect(Object.keys(server).sort()).toEqual([
    'backfillDues',
    'createDaemon',
    'createLog',
    'createServedFiles',
    'decideOverlap',
    'definitionOf',
    'dueTime',
    'dueTimes',
    'isPausedByFailures',
    'logLevels',
    'missedTimes',
    'nextDue',
    'problemOf',
    'readServedFile',
    'servedSchedule',
    'startHttpServer',
    'startTime',
    'triggerDue',
    'whenText',
  ]);
});
