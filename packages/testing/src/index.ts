export type { Answer, AnswerFunction, AnswerRequest, FakeToolCall } from './fake/answer.ts';
export type { FakeModel } from './fake/fake-model.ts';
export { type FakeLoad, type FakeOllama, startFakeOllama } from './fake/fake-ollama.ts';
export type { FakeOllamaOptions } from './fake/fake-ollama-options.ts';
export { type Fault, type FaultChoice, type FaultRequest, type Faults, nestedError } from './fake/faults.ts';
export { isQuestion } from './fake/is-question.ts';
export type { LoadOptions } from './fake/load-options.ts';
export type { PullableModel } from './fake/pullable-model.ts';
export { type RandomFaultRates, randomFaults } from './fake/random-faults.ts';
export type { FakeRequest, RequestEvent } from './fake/request-log.ts';
export { instanceOf } from './fake/schema-instance.ts';
export { countTokens, tokensOf } from './fake/tokens.ts';
export type { WaitOptions } from './fake/waiters.ts';
export { matchExactly, matchPathAndModel, type TranscriptMatcher } from './replay/match-transcript.ts';
export type { ReplayRequest } from './replay/replay-request.ts';
export {
  type ReplayServer,
  type ReplayServerOptions,
  startReplayServer,
  transcriptHeader,
} from './replay/replay-server.ts';
export { standIn, type Wildcards } from './replay/stand-in.ts';
export { loadTranscript, loadTranscripts, type TranscriptFilter } from './transcripts/load-transcripts.ts';
export {
  bytesOf,
  type RecordedRequest,
  type RecordedResponse,
  type RecordedServer,
  type Transcript,
} from './transcripts/transcript.ts';
export { withoutRights } from './without-rights.ts';
