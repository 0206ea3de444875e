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
