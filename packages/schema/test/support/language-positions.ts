import { type DiagnosticCode, ollamaOptions } from '@millrace/schema';

/** What may be wrong with an expression wherever it stands. */
export const expressionCodes = [
  'EXPRESSION_SYNTAX',
  'EXPRESSION_TYPE',
  'NAME_UNKNOWN',
  'FIELD_UNKNOWN',
  'FUNCTION_UNKNOWN',
  'SECRET_REFUSED',
  'FILE_NOT_FOUND',
  'PATH_REFUSED',
  'FILE_UNREADABLE',
] as const satisfies readonly DiagnosticCode[];

/** Where a text may have expressions in it; `**` is any place in a free value. */
export const textPositions: readonly string[] = [
  'each.key',
  ...['generate', 'embed', 'embed[*]', 'split', 'split.text', 'set', 'set.**', 'model', 'system'].map(inStep),
  ...['chat[*].system', 'chat[*].user', 'chat[*].assistant', 'images[*]', 'options.stop[*]', 'for[*]'].map(inStep),
  ...['group_by', 'expect', 'expect.**', 'on_error.use', 'on_error.use.**'].map(inStep),
  'save.fields.*',
  'save.fields.*.**',
];

/** Where a value may be an expression, beside these. */
export const expressionPositions: readonly string[] = [
  ...textPositions,
  'each.where',
  ...['when', 'for', 'ensure', 'repeat.until', 'chat', 'chat[*]', 'think', 'images', 'keep_alive'].map(inStep),
  ...['split.tokens', 'split.overlap'].map(inStep),
  ...[...Object.keys(ollamaOptions), 'max_tokens'].map((name) => inStep(`options.${name}`)),
];

/** Every other place of a code that the schema of the language does not tell: what only a whole file shows. */
export const otherPositions: Readonly<Partial<Record<DiagnosticCode, readonly string[]>>> = {
  FILE_UNREADABLE: [''],
  FILE_EMPTY: [''],
  YAML_SYNTAX: [''],
  TYPE_WRONG: ['', 'steps.*', 'inputs.*.default', inStep('on_error.use')],
  KEY_UNKNOWN: [inStep('?')],
  KEY_DUPLICATE: [
    ...['?', 'steps.?', 'inputs.?', 'each.columns.?', 'save.fields.?', 'save.fields.*.?', 'save.over.?'],
    ...['?', 'options.?', 'retry.?', 'returns.?', 'expect.?', 'set.?', 'on_error.use.?'].map(inStep),
  ],
  KEY_MISSING: ['schedule', 'save', inStep('group_by'), inStep('fold')],
  KEYS_CONFLICT: [
    ...['each.encoding', 'schedule.every', 'schedule.watch'],
    ...['for', 'format', 'options.num_ctx'].map(inStep),
  ],
  VALUE_INVALID: [
    'steps',
    inStep('chat[*]'),
    'save.to',
    'save.fields',
    'save.fields.*',
    'save.over.*',
    'save.errors',
    'schedule.cron',
    'schedule.zone',
  ],
  NAME_INVALID: ['steps.*', 'inputs.*'],
  NAME_UNKNOWN: ['save.to'],
  KIND_MISSING: ['steps.*', inStep('summary'), inStep('translate')],
  KIND_AMBIGUOUS: [inStep('chat')],
  RETURNS_INVALID: [inStep('returns'), inStep('returns.**')],
  MODEL_MISSING: ['steps.*'],
  STEP_UNKNOWN: [inStep('over'), inStep('continue'), inStep('on_error.run'), 'save.over.*'],
  STEP_UNFIT: [inStep('over'), inStep('continue'), inStep('on_error.run'), 'save.over.*'],
  CYCLE: ['steps.*'],
  FILE_NOT_FOUND: ['each.from', inStep('images[*]'), 'schedule.watch.paths[*]'],
  PATH_REFUSED: [
    ...['each.from', 'save.to', 'save.over.*', 'save.errors', 'schedule.watch.paths[*]'],
    inStep('images[*]'),
  ],
  ROWS_UNREADABLE: ['each.from'],
  HOST_REFUSED: ['hosts[*]'],
  OPTION_UNKNOWN: [inStep('options.?')],
  OPTION_RENAMED: [inStep('options.max_tokens')],
  MODEL_RELOADED: ['steps.*', inStep('context'), inStep('options.num_ctx'), inStep('options.use_mmap')],
  ROW_UNUSED: [inStep('generate'), inStep('chat')],
  ANSWER_CUT: [inStep('options.num_predict'), inStep('options.max_tokens')],
  SPLIT_IMPOSSIBLE: [inStep('on_overflow')],
  STEP_UNUSED: ['steps.*'],
};

function inStep(key: string): string {
  return `steps.*.${key}`;
}
