import { expect, it } from '@jest/globals';
import * as testing from '@millrace/testing';

it('exports what it lists, and no more', () => {
  expect(Object.keys(testing).sort()).toEqual([
    'bytesOf',
    'countTokens',
    'instanceOf',
    'isQuestion',
    'loadTranscript',
    'loadTranscripts',
    'matchExactly',
    'matchPathAndModel',
    'nestedError',
    'randomFaults',
    'standIn',
    'startFakeOllama',
    'startReplayServer',
    'tokensOf',
    'transcriptHeader',
    'withoutRights',
  ]);
});
