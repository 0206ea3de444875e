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
    'isoTime',
    'logLevels',
    'missedTimes',
    'nextDue',
    'problemOf',
    'readServedFile',
    'runJson',
    'servedSchedule',
    'startHttpServer',
    'startTime',
    'triggerDue',
    'whenText',
  ]);
});
