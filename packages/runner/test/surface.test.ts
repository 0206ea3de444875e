import { readdirSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import * as runner from '@millrace/runner';

test('every file in steps/ is in the list of kinds', () => {
  const files = readdirSync(new URL('../src/steps/', import.meta.url)).map((file) => file.replace('.ts', ''));
  expect(runner.builtInKinds.map(({ kind }) => kind).sort()).toEqual(files.filter((file) => file !== 'index').sort());
});

test('the package exports exactly this', () => {
  expect(Object.keys(runner).sort()).toEqual([
    'bindInputs',
    'builtInKinds',
    'claimCall',
    'countRows',
    'defineStepKind',
    'findJournal',
    'initialRun',
    'isLoopback',
    'loadWorkflow',
    'modelsOf',
    'needsHost',
    'openJournal',
    'openScheduleBook',
    'peekRun',
    'planWorkflow',
    'pruneRuns',
    'readJournal',
    'reduceRun',
    'replaceResults',
    'retryLimits',
    'runWorkflow',
  ]);
});
