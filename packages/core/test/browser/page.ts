// What runs in the page: calls that a test asks for, and what came of them as JSON.
import { answer, createOllama, image, json, type Ollama, type OllamaOptions, text } from '@millrace/core';
import { isMillraceError, OllamaError } from '@millrace/errors';
import { isObservable, type Observable, type OperatorFunction, type Subscription } from 'rxjs';

/** A call, in a form that goes through JSON. */
export interface Job {
  readonly options: OllamaOptions;
  /** The name of an endpoint. */
  readonly call: Exclude<keyof Ollama, 'baseUrl' | 'blobs' | 'close'> | 'exists' | 'upload' | 'image';
  readonly request?: unknown;
  /** An operator that the messages go through. */
  readonly through?: 'answer' | 'text' | 'json';
  /** Bytes for `upload` and `image`: so many, as an array of them or as a blob. */
  readonly bytes?: { readonly length: number; readonly as: 'array' | 'blob' };
  /** A path for `upload`, in place of bytes. */
  readonly path?: string;
}

/** What a call did, in the same form. */
export interface JobResult {
  readonly values: readonly unknown[];
  readonly error?: { readonly [field: string]: unknown };
}

/** The functions that the page has for a test. */
export interface PageFunctions {
  run(job: Job): Promise<string>;
  /** Begins a call that goes on; `name` is for what follows. */
  start(name: string, job: Job): void;
  stop(name: string): void;
  /** Closes the client of a call. */
  closeClient(name: string): void;
  resultOf(name: string): string;
}

const operators = { answer, text, json } as unknown as Record<string, () => OperatorFunction<unknown, unknown>>;

/** The byte at a place; the test makes the same. */
const byteAt = (_: unknown, place: number): number => (place * 31 + (place >> 8)) % 256;

function contentOf({ bytes, path = '' }: Job): string | Uint8Array | Blob {
  if (bytes === undefined) return path;
  const array = Uint8Array.from({ length: bytes.length }, byteAt);
  return bytes.as === 'blob' ? new Blob([array]) : array;
}

function observableOf(ollama: Ollama, job: Job): Observable<unknown> {
  if (job.call === 'image') return image(contentOf(job));
  if (job.call === 'upload') return ollama.blobs.upload(contentOf(job), (job.request ?? {}) as object);
  if (job.call === 'exists') return ollama.blobs.exists(job.request as string);
  const answers = (ollama[job.call] as (request: unknown) => Observable<unknown>)(job.request);
  if (!isObservable(answers)) throw new Error(`${job.call} gave no observable`);
  const operator = job.through && operators[job.through];
  return operator ? answers.pipe(operator()) : answers;
}

function shown(error: unknown): { readonly [field: string]: unknown } {
  if (!isMillraceError(error)) return { unknown: String(error) };
  const { code, message, hint, retry, cause } = error;
  const details = error instanceof OllamaError ? error.details : undefined;
  return { code, message, hint, retry, details, cause: cause === undefined ? undefined : String(cause) };
}

interface Running {
  readonly values: unknown[];
  readonly ollama: Ollama;
  readonly subscription: Subscription;
  error?: { readonly [field: string]: unknown };
}

function begin(job: Job, done: (running: Running) => void): Running {
  const values: unknown[] = [];
  const ollama = createOllama(job.options);
  let failure: Running['error'];
  let over = false;
  const end = (): void => {
    over = true;
    if (running !== undefined) done(Object.assign(running, failure && { error: failure }));
  };
  let running: Running | undefined;
  const subscription = observableOf(ollama, job).subscribe({
    next: (value) => values.push(value),
    error: (error) => {
      failure = shown(error);
      end();
    },
    complete: end,
  });
  running = { values, ollama, subscription };
  if (over) end();
  return running;
}

const asJson = ({ values, error }: Running): string => JSON.stringify({ values, error });
const calls = new Map<string, Running>();
const find = (name: string): Running => {
  const found = calls.get(name);
  if (found === undefined) throw new Error(`There is no call ${name}.`);
  return found;
};

const functions: PageFunctions = {
  run: (job) =>
    new Promise((resolve, reject) => {
      try {
        begin(job, (running) => resolve(asJson(running)));
      } catch (error) {
        if (isMillraceError(error)) resolve(JSON.stringify({ values: [], error: shown(error) }));
        else reject(error);
      }
    }),
  start: (name, job) =>
    void calls.set(
      name,
      begin(job, () => {}),
    ),
  stop: (name) => find(name).subscription.unsubscribe(),
  closeClient: (name) => find(name).ollama.close(),
  resultOf: (name) => asJson(find(name)),
};

Object.assign(globalThis, { page: functions });
