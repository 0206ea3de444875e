import { parseKeepAlive } from './keep-alive.ts';
import { readFields } from './read-fields.ts';
import { countImages } from './read-images.ts';
import { readThink } from './read-think.ts';

/** What generate and chat have in common. */
export interface AnswerRequest {
  readonly model: string;
  readonly stream: boolean;
  /** As it came: it is checked when the prompt is at hand, like Ollama does. */
  readonly format: unknown;
  readonly options: Readonly<Record<string, unknown>>;
  readonly think: boolean;
  /** Milliseconds; undefined where the request does not say. */
  readonly keepAliveMs: number | undefined;
  readonly truncate: boolean;
  readonly shift: boolean;
  readonly logprobs: boolean;
  readonly topLogprobs: number;
  readonly renderOnly: boolean;
  readonly images: number;
}

/** The body of `POST /api/generate`. */
export interface GenerateRequest extends AnswerRequest {
  readonly prompt: string;
  readonly system: string;
  readonly suffix: string;
  readonly template: string;
  readonly raw: boolean;
  readonly context: readonly number[];
}

/** Reads the fields that generate and chat share. @param struct Go's name of the request, for its error texts. */
export function readAnswerRequest(
  struct: string,
  body: Readonly<Record<string, unknown>>,
): Omit<AnswerRequest, 'images'> {
  const fields = readFields(struct, body);
  return {
    model: fields.text('model'),
    stream: fields.flag('stream') ?? true,
    format: fields.value('format'),
    options: fields.object('options'),
    think: readThink(fields.value('think')),
    keepAliveMs: parseKeepAlive(fields.value('keep_alive')),
    truncate: fields.flag('truncate') ?? true,
    shift: fields.flag('shift') ?? true,
    logprobs: fields.flag('logprobs') ?? false,
    topLogprobs: fields.integer('top_logprobs') ?? 0,
    renderOnly: fields.flag('_debug_render_only') ?? false,
  };
}

/** @throws {RequestError} 400 for a field of the wrong type, in the words of Go's decoder. */
export function readGenerateRequest(body: Readonly<Record<string, unknown>>): GenerateRequest {
  const fields = readFields('GenerateRequest', body);
  return {
    ...readAnswerRequest('GenerateRequest', body),
    prompt: fields.text('prompt'),
    system: fields.text('system'),
    suffix: fields.text('suffix'),
    template: fields.text('template'),
    raw: fields.flag('raw') ?? false,
    context: fields.integers('context'),
    images: countImages(fields.list('images', '[]api.ImageData')),
  };
}
