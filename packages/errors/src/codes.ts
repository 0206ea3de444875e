/** The words of `retry:` in a workflow; each counts its own attempts. */
export type RetryCause = 'busy' | 'unreachable' | 'crashed' | 'cut' | 'invalid' | 'length' | 'idle';

/** What an error code means. The table is the documentation: `docs/errors.md` is generated from it. */
export interface CodeInfo {
  /** One sentence: what happened, in the user's words. */
  readonly summary: string;
  /** One sentence: what to do next. */
  readonly hint: string;
  /** The word of `retry:` that counts it; null where the same call cannot succeed when made again. */
  readonly retry: RetryCause | null;
}

/** Every error code of the project. */
export const codes = {
  OLLAMA_UNREACHABLE: {
    summary: 'The Ollama server did not answer.',
    hint: 'Start it with `ollama serve`, or name another with `--host` or OLLAMA_HOST.',
    retry: 'unreachable',
  },
  OLLAMA_BUSY: {
    summary: 'The server is overloaded: its queue is full, or a limit is reached.',
    hint: 'It is tried again by itself; lower `limits.parallel` if it stays.',
    retry: 'busy',
  },
  MODEL_NOT_FOUND: {
    summary: 'The server does not have the model.',
    hint: 'Run `ollama pull MODEL`, or check the name and tag with `ollama list`.',
    retry: null,
  },
  CAPABILITY_MISSING: {
    summary: 'The model cannot do what was asked: tools, thinking, images, embeddings, ….',
    hint: 'Look at `capabilities` in the answer of /api/show, and choose a model that lists it.',
    retry: null,
  },
  BAD_REQUEST: {
    summary: 'The server refused the request as malformed.',
    hint: 'Read the message: it is the server’s own.',
    retry: null,
  },
  CONTEXT_OVERFLOW: {
    summary: 'The prompt is longer than the context window.',
    hint: 'Shorten the prompt, or raise `options.num_ctx`.',
    retry: null,
  },
  MODEL_LOAD_FAILED: {
    summary: 'The model could not be loaded.',
    hint: 'Check the free memory and the server’s log; a smaller model or `num_ctx` may fit.',
    retry: 'crashed',
  },
  RUNNER_CRASHED: {
    summary: 'The process that runs the model died or failed.',
    hint: 'It is tried again by itself; if it stays, read the server’s log.',
    retry: 'crashed',
  },
  MODEL_OUTPUT_BAD: {
    summary: 'The model wrote something the server could not read, such as a broken tool call.',
    hint: 'Ask again, with another seed or a larger `num_predict`.',
    retry: 'invalid',
  },
  SIGN_IN_NEEDED: {
    summary: 'The server or the cloud behind it wants a sign-in.',
    hint: 'Run `ollama signin`, open the URL of the error, or send a valid API key.',
    retry: null,
  },
  FORBIDDEN: {
    summary: 'The server refused the caller: its Origin, its Host header, or the feature is switched off.',
    hint: 'Use a local address, set OLLAMA_ORIGINS on the server, or check the proxy in between.',
    retry: null,
  },
  ROUTE_NOT_FOUND: {
    summary: 'The server does not know this path or method.',
    hint: 'Check the base URL, and whether the server is an Ollama that is new enough.',
    retry: null,
  },
  TRANSFER_FAILED: {
    summary: 'A download, an upload or the creation of a model failed.',
    hint: 'Run it again: what has arrived is kept.',
    retry: null,
  },
  SERVER_ERROR: {
    summary: 'The server failed in a way that Millrace does not know.',
    hint: 'Read the message: it is the server’s own.',
    retry: 'crashed',
  },
  TIMED_OUT: {
    summary: 'A time limit passed: connecting, first byte, silence between messages, or the whole call.',
    hint: 'Raise the limit named in the message, or use a smaller model.',
    retry: 'idle',
  },
  STREAM_TRUNCATED: {
    summary: 'The answer ended before its final message.',
    hint: 'The server or a proxy closed the connection; the partial text is kept in the error.',
    retry: 'cut',
  },
  LINE_MALFORMED: {
    summary: 'A line of the answer was not JSON.',
    hint: 'Check that no proxy rewrites the response.',
    retry: 'cut',
  },
  LINE_TOO_LONG: {
    summary: 'A line of the answer was longer than the limit.',
    hint: 'Raise `maxLineBytes` if the server is right.',
    retry: null,
  },
  OUTPUT_TRUNCATED: {
    summary: 'The answer was cut by `num_predict` or by the end of the context window.',
    hint: 'Raise `options.num_predict`, or ask for less.',
    retry: 'length',
  },
  ANSWER_EMPTY: {
    summary: 'The model answered nothing.',
    hint: 'Check the prompt, or set `think: false` if it spent its tokens on thinking.',
    retry: 'invalid',
  },
  ANSWER_INVALID: {
    summary: 'The answer does not fit what `returns` asks for, or `ensure` is false for it.',
    hint: 'Say in the prompt what the answer must look like, or use a larger model.',
    retry: 'invalid',
  },
  EXPRESSION_FAILED: {
    summary: 'An expression could not be evaluated.',
    hint: 'Check the value it reads, for example with `default(x, …)`.',
    retry: null,
  },
  REPEAT_EXHAUSTED: {
    summary: 'A step ran as often as `repeat.max` allows, and `until` was never true.',
    hint: 'Raise `repeat.max`, ask for less in `until`, or say with `on_error` what happens then.',
    retry: null,
  },
  RUN_ABORTED: {
    summary: 'A step with `on_error: abort` failed, and the run was stopped.',
    hint: 'Read the cause.',
    retry: null,
  },
  TOO_MANY_ERRORS: {
    summary: 'As many rows failed as `limits.errors` allows, and the run was stopped.',
    hint: 'Read the causes; mend them, or raise `limits.errors`.',
    retry: null,
  },
  STEP_FAILED: { summary: 'A step of a row failed.', hint: 'Read the cause.', retry: null },
  WORKFLOW_INVALID: {
    summary: 'The workflow file has problems, so nothing was run.',
    hint: 'Run `millrace validate FILE` to see every one.',
    retry: null,
  },
  ROWS_UNREADABLE: {
    summary: 'The file with the rows cannot be read as what its name says.',
    hint: 'Check the place named in the message.',
    retry: null,
  },
  KEY_DUPLICATE: {
    summary: 'Two rows have the same key.',
    hint: 'Choose `each.key` so that it names one row only.',
    retry: null,
  },
  FILE_NOT_FOUND: { summary: 'There is no such file.', hint: 'Check the path.', retry: null },
  FILE_UNREADABLE: {
    summary: 'The file is there, but cannot be read.',
    hint: 'Check its permissions, and that it is a file.',
    retry: null,
  },
  PATH_REFUSED: {
    summary: 'A path leads where the workflow may not read or write.',
    hint: 'A file may use what lies below its own folder; name other places on the command line.',
    retry: null,
  },
  HOST_REFUSED: {
    summary: 'The workflow names a host that is not on this machine.',
    hint: 'Grant it with `--allow-net=HOST`, or name it yourself with `--host`.',
    retry: null,
  },
  SAVE_FAILED: {
    summary: 'The results could not be written.',
    hint: 'Check the folder, its permissions and the free space.',
    retry: null,
  },
  JOURNAL_UNUSABLE: {
    summary: 'The journal, where runs are kept, cannot be opened or written.',
    hint: 'Check the folder `.millrace`, its permissions and the free space, or name another folder with `--journal`; then run the same command again.',
    retry: null,
  },
  JOURNAL_CORRUPT: {
    summary: 'The journal is damaged, or is no journal.',
    hint: 'Move it away, and run the command again; files that were saved stay as they are.',
    retry: null,
  },
  JOURNAL_NEWER: {
    summary: 'The journal was written by a newer version of Millrace.',
    hint: 'Use that version, or another folder.',
    retry: null,
  },
  RUN_BUSY: {
    summary: 'The run, or a file that it writes, is in work by another process.',
    hint: 'Wait for it, or end it.',
    retry: null,
  },
  RUN_LOST: {
    summary: 'Another process has taken the run over, since this one was not heard of.',
    hint: 'Nothing is lost: the other process goes on with it.',
    retry: null,
  },
  WORKFLOW_NOT_FOUND: {
    summary: 'No folder that is served has such a workflow.',
    hint: 'See `millrace schedule list`, or `/api/workflows`.',
    retry: null,
  },
  SERVER_BUSY: {
    summary: 'Another server starts the schedules of this journal.',
    hint: 'End it, or name another folder with `--journal`.',
    retry: null,
  },
  REQUEST_REFUSED: {
    summary: 'The server does not take requests from there: the Host or Origin header, or the token, is wrong.',
    hint: 'Call it by the address it names at its start, and send `Authorization: Bearer TOKEN` where it has one.',
    retry: null,
  },
  RUN_NOT_FOUND: { summary: 'There is no such run.', hint: 'See `millrace runs`.', retry: null },
  INPUT_INVALID: {
    summary: 'A value given for an input does not fit its declaration.',
    hint: 'See `inputs:` in the workflow.',
    retry: null,
  },
  HOST_MISSING: {
    summary: 'No host answers, or none has the model.',
    hint: 'Start Ollama and pull the model, or name a host with `--host`.',
    retry: null,
  },
  ENGINE_FAILED: {
    summary: 'The embedded engine could not start, or ended.',
    hint: 'Read the cause; an Ollama server can be used in its place.',
    retry: null,
  },
  USAGE_INVALID: { summary: 'The command line is wrong.', hint: 'See `millrace --help`.', retry: null },
} as const satisfies Record<string, CodeInfo>;

/** One of the project's error codes. Stable: callers match on it. */
export type ErrorCode = keyof typeof codes;
