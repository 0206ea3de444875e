import type { ServerErrorKind } from './server-error-kinds.ts';

/** One way in which a server words a failure. */
export interface ServerErrorPattern {
  /** Tested against the unwrapped message. */
  readonly match: RegExp;
  /** The HTTP status it comes with; null is any. */
  readonly status: number | null;
  readonly kind: ServerErrorKind;
  readonly retryable: boolean;
  /** What is known about this very failure; for the generic entries the code's own hint is better. */
  readonly hint: string;
}

/**
 * How Ollama words its errors. The first entry that fits wins, so the order matters: texts first, bare statuses last.
 * Checked against the source and against recordings of 0.24 and 0.32.
 */
export const serverErrorTable: readonly ServerErrorPattern[] = [
  {
    match: /maximum pending requests exceeded/i,
    status: 503,
    kind: 'busy',
    retryable: true,
    hint: 'Load queue full (OLLAMA_MAX_QUEUE). Back off; warm the model up with one empty-prompt request before fanning out.',
  },
  {
    match: /exceed_context_size_error|exceeds the available context size/i,
    status: 400,
    kind: 'context_overflow',
    retryable: false,
    hint: 'Nested JSON carries n_prompt_tokens and n_ctx. Shorten the prompt or raise num_ctx (reloads the model).',
  },
  {
    match: /prompt is longer than the context length currently available/i,
    status: 400,
    kind: 'context_overflow',
    retryable: false,
    hint: 'Context shift is off. Shorten the prompt or raise num_ctx.',
  },
  {
    match:
      /input length exceeds the (?:maximum )?context length|input exceeds maximum context length|input after truncation exceeds maximum context length|entire prompt removed by truncation/i,
    status: null,
    kind: 'context_overflow',
    retryable: false,
    hint: 'Embed with truncate:false, or a server up to 0.24. Split the input or raise num_ctx.',
  },
  {
    match: /^model (?:''|"") not found/i,
    status: 404,
    kind: 'model_required',
    retryable: false,
    hint: 'generate and embed answer 404, not 400, when the model is empty or absent.',
  },
  {
    match: /(?:try pulling it first|^model ['"].*['"] not found$)/i,
    status: 404,
    kind: 'model_not_found',
    retryable: false,
    hint: 'Pull the model, or check the name and tag.',
  },
  {
    match: /^pull model manifest: file does not exist/i,
    status: null,
    kind: 'model_not_found',
    retryable: false,
    hint: 'The registry has no such model or tag. Arrives on a 200 stream, or as 500 without streaming.',
  },
  {
    match: /^model is required$/i,
    status: 400,
    kind: 'model_required',
    retryable: false,
    hint: 'Send a non-empty model.',
  },
  {
    match:
      /^invalid model name$|^(?:name|source|destination) ".*" is invalid$|use either :local or :cloud, not both|unqualified name/i,
    status: 400,
    kind: 'invalid_model_name',
    retryable: false,
    hint: 'Check characters, tag and source suffix.',
  },
  {
    match: /does not support embeddings/i,
    status: null,
    kind: 'unsupported_capability',
    retryable: false,
    hint: 'Embedding asked of a completion-only model: 501 on embed, 500 on embeddings. Use a model with capability embedding.',
  },
  {
    match:
      /does not support (?:tools|insert|thinking|vision|audio|embedding|completion|image generation|chat|generate)/i,
    status: 400,
    kind: 'unsupported_capability',
    retryable: false,
    hint: "Look at capabilities from show or tags. The word after 'support' names what is missing.",
  },
  {
    match:
      /(?:image|audio) input is not supported|missing data required for image input|does not support (?:image|multimodal|audio)|mmproj/i,
    status: null,
    kind: 'unsupported_capability',
    retryable: false,
    hint: 'Images or audio sent to a model without that capability; the child process refused (0.24: 500, 0.32: 400).',
  },
  {
    match:
      /image generation models are not currently supported|only supports one image|no longer compatible with your version of Ollama/i,
    status: null,
    kind: 'unsupported_capability',
    retryable: false,
    hint: 'The model or this use of it is not served by this version.',
  },
  {
    match: /invalid reasoning value/i,
    status: 400,
    kind: 'invalid_option',
    retryable: false,
    hint: "reasoning_effort on the /v1 routes takes high, medium, low, max or none, depending on the server's version.",
  },
  {
    match: /^option ".*" must be of (?:type|an array)/i,
    status: 500,
    kind: 'invalid_option',
    retryable: false,
    hint: "Status is 500 but the request (or the model's own parameters) is wrong. Numbers as numbers, stop as an array.",
  },
  {
    match: /invalid format: /i,
    status: null,
    kind: 'invalid_format',
    retryable: false,
    hint: 'format must be "json" or a JSON Schema object. Comes as 500.',
  },
  {
    match: /failed to parse grammar|JSON schema conversion|json.schema/i,
    status: null,
    kind: 'invalid_format',
    retryable: false,
    hint: 'The schema cannot be turned into a grammar (0.24: 500, 0.32: 400). Simplify it.',
  },
  {
    match: /^invalid think value|^think must be a boolean/i,
    status: 400,
    kind: 'invalid_request',
    retryable: false,
    hint: 'think takes true, false, low, medium, high or max.',
  },
  {
    match: /missing unit in duration|unknown unit .* in duration|time: invalid duration|^Unsupported type: '/i,
    status: 400,
    kind: 'invalid_request',
    retryable: false,
    hint: 'keep_alive takes seconds as a number or a Go duration such as 10m.',
  },
  {
    match: /illegal base64 data/i,
    status: 400,
    kind: 'invalid_request',
    retryable: false,
    hint: 'Images are plain padded base64 without a data: prefix.',
  },
  {
    match:
      /^missing request body$|^unexpected EOF$|^json: |^invalid character |Value looks like object|^invalid input type$|top_logprobs must be between|raw mode does not support|is too short - '/i,
    status: 400,
    kind: 'invalid_request',
    retryable: false,
    hint: "Malformed request. Tool arguments must be an object, message content a string. An 'unexpected EOF' in mid-stream is runner_crash instead.",
  },
  {
    match: /template error|^template: |Jinja Exception/i,
    status: null,
    kind: 'invalid_template',
    retryable: false,
    hint: "Bad template, or the messages do not suit the model's template.",
  },
  {
    match:
      /neither 'from' or 'files' was specified|supplied file was not in GGUF format|no files provided to convert|only one adapter is currently supported|^unknown type$|file path must be relative|DRAFT cannot be used|^bad remote$|^info field |--draft-quantize requires|unsupported quantization type|quantization is only supported/i,
    status: null,
    kind: 'invalid_request',
    retryable: false,
    hint: 'Wrong create request. An unknown quantize type comes as 500, files that are no GGUF on a 200 stream.',
  },
  {
    match: /^digest mismatch, file must be downloaded again/i,
    status: null,
    kind: 'digest_mismatch',
    retryable: true,
    hint: 'Corrupt download, already removed. Pull again.',
  },
  {
    match: /^digest mismatch, expected/i,
    status: 400,
    kind: 'digest_mismatch',
    retryable: false,
    hint: 'The uploaded bytes do not hash to the digest in the path.',
  },
  {
    match: /invalid digest format/i,
    status: 400,
    kind: 'invalid_request',
    retryable: false,
    hint: 'A digest is sha256: followed by 64 hex digits.',
  },
  {
    match: /no space left on device|not enough space|disk quota exceeded/i,
    status: null,
    kind: 'disk_full',
    retryable: false,
    hint: 'Free disk on the server.',
  },
  {
    match:
      /^unauthorized$|^unauthorized: |unknown ollama key|not currently signed in|error getting authorization details/i,
    status: null,
    kind: 'auth_required',
    retryable: false,
    hint: 'Sign in on the server (signin_url in the body when present), or send a valid API key to ollama.com.',
  },
  {
    match: /^ollama cloud is disabled/i,
    status: 403,
    kind: 'cloud_disabled',
    retryable: false,
    hint: 'OLLAMA_NO_CLOUD or the server setting. The words after the colon name the operation.',
  },
  {
    match: /cannot run this remote model/i,
    status: 400,
    kind: 'cloud_disabled',
    retryable: false,
    hint: "The stub's host is not in OLLAMA_REMOTES.",
  },
  {
    match: /^account unavailable$/i,
    status: 503,
    kind: 'cloud_unreachable',
    retryable: true,
    hint: 'ollama.com could not be reached to check the account.',
  },
  {
    match: /prediction aborted, token repeat limit reached/i,
    status: 500,
    kind: 'repeat_limit',
    retryable: false,
    hint: 'The model looped. Change prompt, seed or repeat_penalty. Older servers end the stream without done instead.',
  },
  {
    match:
      /out of memory|out of device memory|out-of-memory|cudaMalloc failed|hipMalloc failed|failed to allocate|allocation failed|insufficient memory|not enough memory|requires more system memory|unable to load full model on GPU|erroroutofmemory|vk_error_out_of_device_memory/i,
    status: null,
    kind: 'out_of_memory',
    retryable: false,
    hint: 'Lower num_ctx, parallel slots or model size. The server evicts every model after a runtime OOM, so one retry after a pause may work.',
  },
  {
    match: /^request canceled$|context canceled/i,
    status: null,
    kind: 'canceled',
    retryable: false,
    hint: 'The caller or a proxy closed the connection.',
  },
  {
    match:
      /model runner has unexpectedly stopped|error was encountered while running the model|process no longer running|error reading llama-server|llama runner process no longer running|mlx runner (?:failed|exited)|do embedding request: |"http:\/\/127\.0\.0\.1:\d+\/(?:completion|embedding|tokenize|detokenize|health|v1\/)/i,
    status: null,
    kind: 'runner_crash',
    retryable: true,
    hint: 'The child died. The next request reloads the model; retry once, then report. On embed the status may be 400.',
  },
  {
    match:
      /timed out waiting for (?:llama-server|llama runner|mlx runner)|timeout waiting for mlx runner|llm server not responding/i,
    status: null,
    kind: 'load_timeout',
    retryable: true,
    hint: 'Load stalled longer than OLLAMA_LOAD_TIMEOUT, or the loading client hung up.',
  },
  {
    match:
      /may be incompatible with your version of Ollama|unsupported model (?:format|architecture)|unknown model architecture|error loading model|failed to load model/i,
    status: null,
    kind: 'incompatible_model',
    retryable: false,
    hint: 'Pull the model again or update Ollama.',
  },
  {
    match:
      /(?:llama-server|llama runner) process has terminated|error starting llama-server|llama-server startup failed|llama-server binary not found/i,
    status: null,
    kind: 'load_failed',
    retryable: true,
    hint: 'The child failed to start; the tail of the message holds the cause. Retry once.',
  },
  {
    match: /no slots available|unexpected server status|"?Loading model"?/i,
    status: null,
    kind: 'busy',
    retryable: true,
    hint: 'The child is not ready yet. Retry after a short wait.',
  },
  {
    match: /requires a newer version of Ollama|^(?:pull model manifest: )?4\d\d: /i,
    status: null,
    kind: 'registry_rejected',
    retryable: false,
    hint: "The registry refused: update Ollama, sign in, or check the name. The number is the registry's status.",
  },
  {
    match:
      /insecure protocol http|first record does not look like a TLS handshake|server gave HTTP response to HTTPS client/i,
    status: null,
    kind: 'invalid_request',
    retryable: false,
    hint: 'The registry speaks plain http: send insecure:true.',
  },
  {
    match: /^file does not exist$/i,
    status: null,
    kind: 'blob_not_found',
    retryable: false,
    hint: 'Pull: the registry has the manifest but not one of its layers.',
  },
  {
    match: /(?:)/,
    status: 502,
    kind: 'cloud_unreachable',
    retryable: true,
    hint: 'Cloud, or the upstream of a proxy, unreachable. Stands before the network texts because those come with it.',
  },
  {
    match:
      /max retries exceeded|^pull model manifest: |^(?:get|head|post|put|patch) "https?:\/\/|dial tcp|connection refused|connection reset|no such host|i\/o timeout|TLS handshake/i,
    status: null,
    kind: 'network',
    retryable: true,
    hint: 'The server could not reach the registry or the cloud. Pulls resume from the parts on disk.',
  },
  {
    match: /^failed to parse JSON: /i,
    status: 500,
    kind: 'bad_model_output',
    retryable: true,
    hint: 'The model wrote a tool call that is not JSON; ask again, another seed may help.',
  },
  {
    match: /llama-server returned invalid tool call arguments/i,
    status: null,
    kind: 'bad_model_output',
    retryable: true,
    hint: 'The model produced broken tool JSON. Retry, perhaps with another seed.',
  },
  {
    match: /stream event exceeded|error unmarshalling llama-server/i,
    status: null,
    kind: 'runner_protocol',
    retryable: false,
    hint: 'Internal protocol failure between server and child.',
  },
  {
    match: /^open .*blobs.*(?:no such file|cannot find)/i,
    status: null,
    kind: 'blob_not_found',
    retryable: false,
    hint: "Create names a digest that was never uploaded: POST it to /api/blobs first. Error line after 'parsing GGUF'.",
  },
  {
    match: /^open .*manifests.*(?:no such file|cannot find)/i,
    status: null,
    kind: 'model_not_found',
    retryable: false,
    hint: 'Push of a model that is not installed.',
  },
  {
    match: /^405 method not allowed$/i,
    status: 405,
    kind: 'method_not_allowed',
    retryable: false,
    hint: 'Wrong method; body is text.',
  },
  {
    match: /^404 page not found$/i,
    status: 404,
    kind: 'route_not_found',
    retryable: false,
    hint: 'Wrong path or base URL, or a server too old for this route; body is text.',
  },
  {
    match: /^blob ".*" not found$/i,
    status: 404,
    kind: 'blob_not_found',
    retryable: false,
    hint: 'Upload the blob. HEAD answers have no body.',
  },
  {
    match: /^$/i,
    status: 404,
    kind: 'blob_not_found',
    retryable: false,
    hint: 'HEAD on a blob answers without a body.',
  },
  {
    match: /^$/i,
    status: 403,
    kind: 'origin_or_host_forbidden',
    retryable: false,
    hint: 'Empty 403: Origin not allowed (OLLAMA_ORIGINS) or Host header not local.',
  },
  { match: /(?:)/, status: 401, kind: 'auth_required', retryable: false, hint: 'Any other 401.' },
  { match: /(?:)/, status: 413, kind: 'too_large', retryable: false, hint: 'A proxy limits the body size.' },
  {
    match: /(?:)/,
    status: 429,
    kind: 'rate_limited',
    retryable: true,
    hint: 'Cloud limit. Honour Retry-After when present.',
  },
  { match: /(?:)/, status: 499, kind: 'canceled', retryable: false, hint: 'The client went away while queued.' },
  { match: /(?:)/, status: 503, kind: 'busy', retryable: true, hint: 'Server or proxy overloaded.' },
  {
    match: /(?:)/,
    status: 504,
    kind: 'proxy_timeout',
    retryable: true,
    hint: 'A proxy timed out; stream or raise its read timeout.',
  },
  { match: /(?:)/, status: 400, kind: 'invalid_request', retryable: false, hint: 'Any other 400.' },
  { match: /(?:)/, status: 500, kind: 'server_error', retryable: true, hint: 'Unclassified 500: retry once at most.' },
  { match: /(?:)/, status: 403, kind: 'forbidden', retryable: false, hint: 'Any other 403, often a proxy.' },
  {
    match: /(?:)/,
    status: 404,
    kind: 'route_not_found',
    retryable: false,
    hint: 'Any other 404, often a proxy or a wrong base URL.',
  },
  {
    match: /(?:)/,
    status: 501,
    kind: 'unsupported_capability',
    retryable: false,
    hint: 'The child does not implement this for the model.',
  },
  {
    match: /(?:)/,
    status: null,
    kind: 'server_error',
    retryable: true,
    hint: 'Last resort, also for unclassified error lines in mid-stream; retry at most once, and only if no output was used.',
  },
];
