import type { Diagnostic, DiagnosticCode, JsonSchema } from '@millrace/schema';

/** Places where a file may hold anything, so that all that stands below is one position. */
const free = /^(steps\.\*\.(set|returns|format|expect|on_error\.use)|save\.fields\.\*)(?=[.[]).*$/;
/** Maps whose keys are names that the file chooses. */
const named = new Set(['steps', 'inputs', 'each.columns', 'save.fields', 'save.over']);

/** The position of a place in a file: names and indices are `*`, and what stands in a free value is `**`. */
export function positionOf(path: string): string {
  const parts = [...path.matchAll(/\[\d+\]|"(?:[^"\\]|\\.)*"|[^.[]+/g)].map(([part]) => part);
  const position = parts.reduce((before, part) => {
    if (part.startsWith('[')) return `${before}[*]`;
    return join(before, named.has(before) ? '*' : part);
  }, '');
  return position.replace(free, '$1.**');
}

/** The position that a diagnostic is about: of a key that is wrong as such, its map with a `?`; of one that is missing, where it would be. */
export function positionOfDiagnostic({ code, path = '', message = '' }: Partial<Diagnostic>): string {
  const position = positionOf(path);
  if (code === 'KEY_UNKNOWN' || code === 'KEY_DUPLICATE' || code === 'OPTION_UNKNOWN')
    return join(position.replace(/(^|\.)[^.]+$/, ''), '?');
  const missing = code === 'KEY_MISSING' ? /^The key `(\w+)` is missing here\./.exec(message)?.[1] : undefined;
  return missing === undefined ? position : join(position, missing);
}

const join = (before: string, part: string): string => (before === '' ? part : `${before}.${part}`);

/** A code at a position. */
export type Shown = `${DiagnosticCode} ${string}`;

/** What may be wrong with the shape of each value, as the schema of the language says it. */
export function positionsOfSchema(schema: JsonSchema): ReadonlySet<Shown> {
  const found = new Set<Shown>();
  eachNode(schema, '', (node, position, isForm) => {
    const { type, properties, additionalProperties, required } = node;
    if (!isForm) {
      if (type !== undefined) found.add(`TYPE_WRONG ${position}`);
      if (isLimited(node)) found.add(`VALUE_INVALID ${position}`);
    }
    if (properties !== undefined && additionalProperties === false) {
      found.add(`KEY_UNKNOWN ${join(position, '?')}`);
      found.add(`KEY_DUPLICATE ${join(position, '?')}`);
    }
    // A step without any of its kinds has a code of its own.
    if (position === 'steps.*') return;
    for (const key of (required ?? []) as readonly string[]) found.add(`KEY_MISSING ${join(position, key)}`);
  });
  return found;
}

/** The positions of all values that the schema of the language tells. */
export function keyPositions(schema: JsonSchema): ReadonlySet<string> {
  const found = new Set<string>();
  eachNode(schema, '', (_, position) => {
    if (position !== '' && !/(^|\.)\*$|^(steps|inputs|save|each|limits|schedule)$/.test(position)) found.add(position);
  });
  return found;
}

type Visit = (node: JsonSchema, position: string, isForm: boolean) => void;

/** Goes through all schemas of values; `isForm` tells that a value may have another form instead. */
function eachNode(node: JsonSchema, position: string, visit: Visit, isForm = false): void {
  for (const part of [node.then, node.else]) if (part !== undefined) eachNode(part as JsonSchema, position, visit);
  const forms = formsOf(node);
  if (forms.length === 1) eachNode(forms[0] as JsonSchema, position, visit, isForm);
  else for (const form of forms) eachNode(form, position, visit, true);
  visit(node, position, isForm);
  const { properties, additionalProperties, items } = node;
  for (const [key, child] of Object.entries((properties ?? {}) as Readonly<Record<string, JsonSchema>>))
    eachNode(child, join(position, key), visit);
  if (typeof additionalProperties === 'object')
    eachNode(additionalProperties as JsonSchema, join(position, '*'), visit);
  if (typeof items === 'object') eachNode(items as JsonSchema, `${position}[*]`, visit);
}

/** What a value may be; not counting that an expression may stand for it. */
const formsOf = ({ anyOf }: JsonSchema): readonly JsonSchema[] =>
  ((anyOf ?? []) as readonly JsonSchema[]).filter((form) => !isExpression(form) && !('required' in form && !form.type));

const isLimited = (node: JsonSchema): boolean =>
  // A condition that is none has a code of its own.
  node.pattern !== '\\$\\{' && (formsOf(node).length > 1 || limits.some((limit) => limit in node));

const limits = [
  'enum',
  'const',
  'pattern',
  'minLength',
  'minimum',
  'maximum',
  'exclusiveMinimum',
  'minItems',
  'uniqueItems',
  'not',
];

/** What an editor is told of a place that takes an expression too. */
const isExpression = ({ type, pattern }: JsonSchema): boolean => type === 'string' && pattern === '^\\s*\\$\\{';
