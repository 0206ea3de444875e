/** Every diagnostic code, with what it means; `docs/diagnostics.md` is generated from it. */
export const diagnosticCodes = {
  FILE_UNREADABLE: 'The workflow, or a file that it names, cannot be read, is not text, or is too large.',
  FILE_EMPTY: 'The file holds no workflow.',
  YAML_SYNTAX: 'The file is not valid YAML.',
  KEY_DUPLICATE: 'The same key stands twice in one map.',
  KEY_UNKNOWN: 'The language does not know this key here.',
  KEY_MISSING: 'A key that is needed here is missing.',
  KEYS_CONFLICT: 'Two keys stand together that exclude each other.',
  TYPE_WRONG: 'The value has another type than the key takes.',
  VALUE_INVALID: 'The value is not one that the key takes.',
  NAME_INVALID: 'A step or an input has a name that expressions could not use.',
  KIND_MISSING: 'A step says nothing to do: it has no `generate`, `chat`, ….',
  KIND_AMBIGUOUS: 'A step says two things to do.',
  RETURNS_INVALID: 'The `returns` of a step is neither the shorthand nor a JSON Schema.',
  MODEL_MISSING: 'A step has no model: neither its own nor one for the whole workflow.',
  EXPRESSION_SYNTAX: 'An expression in `${…}` is not CEL.',
  EXPRESSION_TYPE: 'An expression has a type that does not fit.',
  NAME_UNKNOWN: 'An expression reads a name that does not exist here.',
  FIELD_UNKNOWN: 'An expression reads a column or a field that does not exist.',
  FUNCTION_UNKNOWN: 'An expression calls a function that does not exist for these arguments.',
  TEMPLATE_FOREIGN:
    'A text holds `{{…}}` or `{…}` around a name that `${…}` could read; it stays in the text as it is.',
  STEP_UNKNOWN: 'A key names a step that does not exist.',
  STEP_UNFIT: 'A key names a step that cannot be used there.',
  SECRET_REFUSED: 'An expression reads a secret where it could leak.',
  CYCLE: 'Steps read each other in a circle.',
  FILE_NOT_FOUND: 'The workflow names a file that does not exist.',
  ROWS_UNREADABLE: 'The file with the rows cannot be read.',
  PATH_REFUSED: 'A path leads out of the folder of the workflow, through a link, or to a dot file.',
  HOST_REFUSED: 'A host in the file is not on this machine and was not granted.',
  OPTION_UNKNOWN: 'Ollama does not know this option and would ignore it in silence.',
  OPTION_RENAMED: 'The option has another name in Ollama.',
  MODEL_RELOADED: 'Two steps use one model with options that make the server load it again for each change.',
  ROW_UNUSED: 'A prompt never reads the row, so that it is the same for every row.',
  ANSWER_CUT: 'The answer that `returns` asks for is most likely longer than `num_predict` lets it be.',
  SPLIT_IMPOSSIBLE:
    'No text of the prompt can be cut, or answers cannot be put together, as `on_overflow: split` asks for.',
  STEP_UNUSED: 'Nothing reads or saves the value of this step.',
} as const satisfies Record<string, string>;

/** One of the diagnostic codes. Stable: tools match on it. */
export type DiagnosticCode = keyof typeof diagnosticCodes;

/** One thing wrong in a workflow file, placed so that an editor can underline it. */
export interface Diagnostic {
  /** The file as it was named by the caller. */
  readonly file: string;
  /** The place in the YAML, such as `steps.reply.options.seed`; empty for the whole file. */
  readonly path: string;
  /** 1-based; the end is exclusive. */
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
  readonly code: DiagnosticCode;
  readonly severity: 'error' | 'warning';
  readonly message: string;
  /** What to do about it; empty where the message says it all. */
  readonly hint: string;
}

/** True where nothing may run. */
export const hasErrors = (diagnostics: readonly Diagnostic[]): boolean =>
  diagnostics.some(({ severity }) => severity === 'error');

/** A problem of a whole file: it cannot be read, or not be run. */
export const wholeFile = (file: string, message: string, hint: string): Diagnostic => ({
  file,
  path: '',
  line: 1,
  column: 1,
  endLine: 1,
  endColumn: 1,
  code: 'FILE_UNREADABLE',
  severity: 'error',
  message,
  hint,
});
