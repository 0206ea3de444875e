import type { RecordedServer } from '@millrace/testing';

/** Recorded exchanges that end in the same error. */
interface Failures {
  readonly code: string;
  readonly kind: string | null;
  readonly names: readonly string[];
}

/** Code and kind of each recorded exchange that ends in an error, by its name; held against what each server said. */
export type FailuresByName = Readonly<Record<string, readonly [code: string, kind: string | null]>>;

const inBoth: readonly Failures[] = [
  {
    code: 'BAD_REQUEST',
    kind: 'invalid_format',
    names: ['generate-format-bad-schema', 'generate-format-bad-schema-stream', 'generate-format-bad-string'],
  },
  {
    code: 'BAD_REQUEST',
    kind: 'invalid_model_name',
    names: ['copy-bad-destination', 'create-bad-name', 'generate-bad-model-name', 'pull-bad-name'],
  },
  { code: 'BAD_REQUEST', kind: 'invalid_option', names: ['generate-wrong-type-option-value'] },
  {
    code: 'BAD_REQUEST',
    kind: 'invalid_request',
    names: [
      'chat-messages-wrong-type',
      'chat-no-body',
      'create-no-from-no-files',
      'create-not-a-gguf',
      'create-unknown-quantize',
      'delete-no-body',
      'embed-wrong-item-type',
      'embed-wrong-type',
      'generate-images-bad-base64',
      'generate-keep-alive-bad',
      'generate-malformed-json',
      'generate-no-body',
      'generate-not-json',
      'generate-raw-with-context',
      'generate-raw-with-template-400',
      'generate-think-bad-level',
      'generate-top-logprobs-too-many',
      'generate-wrong-type-options',
      'generate-wrong-type-prompt',
      'generate-wrong-type-stream',
      'pull-no-body',
      'pull-not-insecure',
      'show-no-body',
      'thinking-chat-bad-level',
      'tools-followup-arguments-string',
    ],
  },
  { code: 'BAD_REQUEST', kind: 'invalid_template', names: ['generate-bad-template'] },
  { code: 'BAD_REQUEST', kind: 'model_required', names: ['chat-no-model', 'generate-no-model', 'show-empty-model'] },
  {
    code: 'CAPABILITY_MISSING',
    kind: 'unsupported_capability',
    names: [
      'chat-images-nonvision',
      'chat-think-unsupported',
      'chat-tools-unsupported',
      'embed-array',
      'embed-dimensions',
      'embed-single',
      'embeddings-legacy',
      'generate-images-nonvision',
      'generate-suffix-unsupported',
      'generate-think-unsupported',
      'minilm-chat-unsupported',
      'minilm-generate-load',
      'minilm-generate-unsupported',
      'tools-on-thinking-model-400',
    ],
  },
  {
    code: 'CONTEXT_OVERFLOW',
    kind: 'context_overflow',
    names: [
      'generate-truncate-false-too-long',
      'generate-truncate-false-too-long-stream',
      'minilm-embed-truncate-false-too-long',
    ],
  },
  { code: 'FORBIDDEN', kind: 'origin_or_host_forbidden', names: ['cors-forbidden-origin', 'host-header-forbidden'] },
  {
    code: 'MODEL_NOT_FOUND',
    kind: 'model_not_found',
    names: [
      'chat-404',
      'copy-404',
      'delete-404',
      'embed-404',
      'generate-404',
      'generate-404-nonstream',
      'pull-unknown-tag-nonstream',
      'pull-unknown-tag-stream',
      'push-missing-model',
      'show-404',
    ],
  },
  {
    code: 'MODEL_OUTPUT_BAD',
    kind: 'bad_model_output',
    names: ['tools-parser-bad-json-nonstream', 'tools-parser-bad-json-stream', 'tools-parser-thinking-bad-json-stream'],
  },
  { code: 'OLLAMA_BUSY', kind: 'busy', names: ['queue-full-503'] },
  {
    code: 'RUNNER_CRASHED',
    kind: 'runner_crash',
    names: ['midstream-runner-killed-chat', 'midstream-runner-killed-generate', 'runner-killed-nonstream'],
  },
  { code: 'STREAM_TRUNCATED', kind: null, names: ['client-disconnects-midstream'] },
  { code: 'TRANSFER_FAILED', kind: 'blob_not_found', names: ['create-bad-file-digest', 'pull-missing-blob-stream'] },
  {
    code: 'TRANSFER_FAILED',
    kind: 'digest_mismatch',
    names: ['blob-post-wrong-digest-400', 'pull-corrupt-blob-stream'],
  },
  {
    code: 'TRANSFER_FAILED',
    kind: 'network',
    names: [
      'create-missing-from',
      'create-missing-from-nonstream',
      'pull-no-network-nonstream',
      'pull-no-network-stream',
      'pull-refused-nonstream',
      'pull-refused-stream',
      'push-nonstream',
      'push-refused-stream',
    ],
  },
];

const only024: readonly Failures[] = [
  { code: 'CAPABILITY_MISSING', kind: 'unsupported_capability', names: ['embed-truncate-false-too-long'] },
  { code: 'TRANSFER_FAILED', kind: 'network', names: ['push-insecure-missing'] },
];

const only032: readonly Failures[] = [
  { code: 'BAD_REQUEST', kind: 'invalid_request', names: ['push-insecure-missing'] },
  { code: 'CONTEXT_OVERFLOW', kind: 'context_overflow', names: ['embed-truncate-false-too-long'] },
  {
    code: 'MODEL_OUTPUT_BAD',
    kind: 'bad_model_output',
    names: ['tools-native-bad-json-stream', 'tools-native-cut-nonstream', 'tools-native-cut-stream'],
  },
];

const byName = (failures: readonly Failures[]): FailuresByName =>
  Object.fromEntries(failures.flatMap(({ code, kind, names }) => names.map((name) => [name, [code, kind] as const])));

export const recordedFailures: Readonly<Record<RecordedServer, FailuresByName>> = {
  '0.24': byName([...inBoth, ...only024]),
  '0.32': byName([...inBoth, ...only032]),
};
