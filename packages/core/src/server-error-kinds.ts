import type { ErrorCode, RetryCause } from '@millrace/errors';

/** What a kind of server error means to a caller. */
export interface ServerErrorKindInfo {
  readonly code: ErrorCode;
  /** The word of `retry:` that counts it where its pattern is retryable; null where none is. */
  readonly retry: RetryCause | null;
}

/** Every kind of failure a server is known to report, and the code it is raised as. */
export const serverErrorKinds = {
  busy: { code: 'OLLAMA_BUSY', retry: 'busy' },
  context_overflow: { code: 'CONTEXT_OVERFLOW', retry: null },
  model_required: { code: 'BAD_REQUEST', retry: null },
  model_not_found: { code: 'MODEL_NOT_FOUND', retry: null },
  invalid_model_name: { code: 'BAD_REQUEST', retry: null },
  unsupported_capability: { code: 'CAPABILITY_MISSING', retry: null },
  invalid_option: { code: 'BAD_REQUEST', retry: null },
  invalid_format: { code: 'BAD_REQUEST', retry: null },
  invalid_request: { code: 'BAD_REQUEST', retry: null },
  invalid_template: { code: 'BAD_REQUEST', retry: null },
  digest_mismatch: { code: 'TRANSFER_FAILED', retry: 'cut' },
  disk_full: { code: 'TRANSFER_FAILED', retry: null },
  auth_required: { code: 'SIGN_IN_NEEDED', retry: null },
  cloud_disabled: { code: 'FORBIDDEN', retry: null },
  cloud_unreachable: { code: 'OLLAMA_UNREACHABLE', retry: 'unreachable' },
  repeat_limit: { code: 'MODEL_OUTPUT_BAD', retry: null },
  out_of_memory: { code: 'MODEL_LOAD_FAILED', retry: null },
  canceled: { code: 'STREAM_TRUNCATED', retry: null },
  runner_crash: { code: 'RUNNER_CRASHED', retry: 'crashed' },
  load_timeout: { code: 'MODEL_LOAD_FAILED', retry: 'crashed' },
  incompatible_model: { code: 'MODEL_LOAD_FAILED', retry: null },
  load_failed: { code: 'MODEL_LOAD_FAILED', retry: 'crashed' },
  registry_rejected: { code: 'TRANSFER_FAILED', retry: null },
  blob_not_found: { code: 'TRANSFER_FAILED', retry: null },
  network: { code: 'TRANSFER_FAILED', retry: 'unreachable' },
  bad_model_output: { code: 'MODEL_OUTPUT_BAD', retry: 'invalid' },
  runner_protocol: { code: 'RUNNER_CRASHED', retry: null },
  method_not_allowed: { code: 'ROUTE_NOT_FOUND', retry: null },
  route_not_found: { code: 'ROUTE_NOT_FOUND', retry: null },
  origin_or_host_forbidden: { code: 'FORBIDDEN', retry: null },
  too_large: { code: 'BAD_REQUEST', retry: null },
  rate_limited: { code: 'OLLAMA_BUSY', retry: 'busy' },
  proxy_timeout: { code: 'TIMED_OUT', retry: 'idle' },
  server_error: { code: 'SERVER_ERROR', retry: 'crashed' },
  forbidden: { code: 'FORBIDDEN', retry: null },
} as const satisfies Record<string, ServerErrorKindInfo>;

/** The finer kind within a code, found as `details.kind` of an `OllamaError`. */
export type ServerErrorKind = keyof typeof serverErrorKinds;
