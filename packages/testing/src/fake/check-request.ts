import { type Failure, fail, failures, relayed } from './fail.ts';

/** A request's JSON object. */
export type Body = Readonly<Record<string, unknown>>;

type GoType =
  | 'string'
  | 'bool'
  | 'int'
  | '[]string'
  | '[]int'
  | '[]api.Message'
  | 'api.Tools'
  | 'map[string]interface {}';

const shared: Readonly<Record<string, GoType>> = {
  model: 'string',
  stream: 'bool',
  options: 'map[string]interface {}',
  truncate: 'bool',
  shift: 'bool',
  logprobs: 'bool',
  top_logprobs: 'int',
};

const fields: Readonly<Record<string, Readonly<Record<string, GoType>>>> = {
  GenerateRequest: {
    ...shared,
    prompt: 'string',
    suffix: 'string',
    system: 'string',
    template: 'string',
    raw: 'bool',
    images: '[]string',
    context: '[]int',
  },
  ChatRequest: { ...shared, messages: '[]api.Message', tools: 'api.Tools' },
  EmbedRequest: { model: 'string', truncate: 'bool', dimensions: 'int', options: 'map[string]interface {}' },
  PullRequest: { model: 'string', name: 'string', insecure: 'bool', stream: 'bool' },
  ShowRequest: { model: 'string', name: 'string', verbose: 'bool', options: 'map[string]interface {}' },
};

/** What Go would say on reading a body into the named struct; undefined where it can. */
export function checkBody(struct: string, rawBody: string, body: unknown): Failure | undefined {
  if (rawBody === '') return failures.noBody;
  if (body === undefined) return fail(400, goSyntaxError(rawBody));
  if (goKind(body) !== 'object')
    return fail(400, `json: cannot unmarshal ${goKind(body)} into Go value of type api.${struct}`);
  for (const [name, type] of Object.entries(fields[struct] ?? {})) {
    const value = (body as Body)[name];
    if (value === undefined || value === null || hasGoType(value, type)) continue;
    return fail(400, `json: cannot unmarshal ${goKind(value)} into Go struct field ${struct}.${name} of type ${type}`);
  }
  return undefined;
}

function goSyntaxError(text: string): string {
  const start = text.trimStart();
  if (/^[[{"]/.test(start)) return 'unexpected EOF';
  return `invalid character '${start[0] ?? ' '}' looking for beginning of value`;
}

function hasGoType(value: unknown, type: GoType): boolean {
  if (type === 'bool') return typeof value === 'boolean';
  if (type === 'int') return typeof value === 'number';
  if (type === 'string') return typeof value === 'string';
  return type.startsWith('map') ? goKind(value) === 'object' : Array.isArray(value);
}

function goKind(value: unknown): string {
  if (typeof value === 'boolean') return 'bool';
  return Array.isArray(value) ? 'array' : typeof value;
}

const optionTypes: Readonly<Record<string, 'integer' | 'float32' | 'boolean' | 'array'>> = {
  ...Object.fromEntries(
    [
      'num_ctx',
      'num_batch',
      'num_gpu',
      'main_gpu',
      'num_thread',
      'draft_num_predict',
      'num_keep',
      'seed',
      'num_predict',
      'top_k',
      'repeat_last_n',
    ].map((name) => [name, 'integer' as const]),
  ),
  ...Object.fromEntries(
    ['temperature', 'top_p', 'min_p', 'typical_p', 'repeat_penalty', 'presence_penalty', 'frequency_penalty'].map(
      (name) => [name, 'float32' as const],
    ),
  ),
  use_mmap: 'boolean',
  stop: 'array',
};

/** A 500, as Ollama answers, for the first option of a wrong type; unknown options are ignored. */
export function checkOptions(options: Body): Failure | undefined {
  for (const [name, value] of Object.entries(options)) {
    const type = optionTypes[name];
    if (type === undefined || value === null) continue;
    const fits = type === 'array' ? Array.isArray(value) : typeof value === (type === 'boolean' ? 'boolean' : 'number');
    if (!fits) return fail(500, `option "${name}" must be of type ${type}`);
  }
  return undefined;
}

const thinkLevels = new Set<unknown>([undefined, null, true, false, 'low', 'medium', 'high', 'max']);

/** Checks `think` and `top_logprobs`, whose types are checked by hand. */
export function checkValues(body: Body): Failure | undefined {
  if (!thinkLevels.has(body.think)) {
    const words = '(must be "high", "medium", "low", "max", true, or false)';
    return fail(400, `invalid think value: ${JSON.stringify(body.think)} ${words}`);
  }
  const top = body.top_logprobs ?? 0;
  return typeof top === 'number' && (top < 0 || top > 20) ? failures.badTopLogprobs : undefined;
}

/** Checks `format`: nothing, `"json"`, or a schema object. */
export function checkFormat(format: unknown): Failure | undefined {
  if (format === undefined || format === null || format === '' || format === 'json') return undefined;
  if (goKind(format) === 'object') return undefined;
  const quoted = JSON.stringify(JSON.stringify(format));
  return fail(500, `invalid format: ${quoted}; expected "json" or a valid JSON Schema object`);
}

const schemaTypes = new Set<unknown>(['object', 'array', 'string', 'number', 'integer', 'boolean', 'null', undefined]);

/** What the runner says, once the model is loaded, of a `format` whose schema it cannot use. */
export function checkSchema(format: unknown): Failure | undefined {
  const schema = (typeof format === 'object' && format !== null ? format : {}) as Body;
  if ([schema.type].flat().every((type) => schemaTypes.has(type))) return undefined;
  const reason = `JSON schema conversion failed:\nUnrecognized schema: ${JSON.stringify(schema)}`;
  return relayed(`Field 'json_schema': "json_schema": ${reason}`, 'invalid_request_error');
}

/** What Go would say of the first message that is none; null stands for an empty one. */
export function checkMessages(messages: unknown): Failure | undefined {
  for (const message of Array.isArray(messages) ? messages : []) {
    if (message === null) continue;
    const start = `json: cannot unmarshal ${goKind(message)} into Go struct field ChatRequest.messages`;
    if (goKind(message) !== 'object') return fail(400, `${start} of type api.Message`);
    const { content } = message as Body;
    if (content === undefined || content === null || typeof content === 'string') continue;
    return fail(
      400,
      `json: cannot unmarshal ${goKind(content)} into Go struct field ChatRequest.messages.content of type string`,
    );
  }
  return undefined;
}

/** Checks the images of a prompt or of messages, and the arguments of earlier tool calls. */
export function checkContent(body: Body, canSee: boolean): Failure | undefined {
  const messages = Array.isArray(body.messages) ? (body.messages as (Body | null)[]) : [];
  const images = [body.images, ...messages.map((message) => message?.images)]
    .flat()
    .filter((one) => typeof one === 'string');
  if (images.some((image) => !/^([A-Za-z0-9+/]{4})*([A-Za-z0-9+/]{2}(==|[A-Za-z0-9+/]=))?$/.test(image)))
    return failures.badBase64;
  const calls = messages.flatMap(
    (message) =>
      (Array.isArray(message?.tool_calls) ? message.tool_calls : []) as ({
        function?: { arguments?: unknown };
      } | null)[],
  );
  if (calls.some((call) => typeof call?.function?.arguments === 'string')) return failures.argumentsNoObject;
  return images.length > 0 && !canSee ? failures.noVision : undefined;
}

/** Whether a name could be a model's. */
export function isModelName(name: string): boolean {
  const part = '[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}';
  return new RegExp(`^([a-z+]+://)?([A-Za-z0-9_][A-Za-z0-9_.:-]*/)?(${part}/)?${part}(:${part})?$`).test(name);
}
