import type { Findings } from '../findings.ts';
import type { Finding } from '../source/source.ts';
import type { StepKindSchema } from '../step-kind-schema.ts';
import { nearest } from '../suggest.ts';
import { isMap, type YamlMap } from '../yaml-map.ts';
import { checkConflicts } from './check-conflicts.ts';
import { checkOptions } from './check-options.ts';
import type { KeyPlaces } from './key-places.ts';
import { nameOfValue } from './name-of-value.ts';
import { reportShape } from './report-shape.ts';
import { isName, reservedNames } from './reserved-names.ts';
import { createShapeCompiler } from './shape-validator.ts';
import { modifiers, modifiersOf, modifiersSchema } from './step-schema.ts';
import { otherWord, unknownKey } from './unknown-key.ts';

/** A step of the file, as far as it can be made out. */
export interface ShapedStep {
  readonly id: string;
  /** The kinds it has: exactly one where it is right. */
  readonly kinds: readonly string[];
  readonly value: YamlMap;
}

interface KeyTools {
  readonly kinds: readonly string[];
  /** The keys that have a meaning for a kind. */
  readonly keysOf: ReadonlyMap<string, readonly string[]>;
  readonly keyPlaces: KeyPlaces;
}

/** Checks the shape of one step. */
export type StepChecker = (id: string, step: unknown, findings: Findings) => ShapedStep;

/** A checker for steps of these kinds. */
export function createStepChecker(kinds: readonly StepKindSchema[], keyPlaces: KeyPlaces): StepChecker {
  const compile = createShapeCompiler();
  const validateModifiers = compile(modifiersSchema);
  const bodies = new Map(kinds.map(({ kind, schema }) => [kind, compile(schema)]));
  const names = [...bodies.keys()];
  const keysOf = new Map(kinds.map((kind) => [kind.kind, Object.keys(modifiersOf(kind))]));

  return (id, step, findings) => {
    const path = ['steps', id];
    checkName(id, findings);
    if (!isMap(step)) {
      const message = `A step is a map, and \`${id}\` is ${nameOfValue(step)}.`;
      const hint = `Write \`${names[0]}:\` below the name, indented, or another of ${listed(names)}.`;
      findings.add(path, 'value', { code: 'TYPE_WRONG', message, hint });
      return { id, kinds: [], value: {} };
    }
    const present = Object.keys(step).filter((key) => bodies.has(key));
    checkKeys(id, step, present, { kinds: names, keysOf, keyPlaces }, findings);
    const modifiersPlace = { path, value: step, mayBeExpression: takesExpression, keyPlaces };
    reportShape(validateModifiers(step), modifiersPlace, findings);
    for (const kind of present) {
      const body = { path: [...path, kind], value: step[kind], mayBeExpression: () => true, keyPlaces };
      reportShape(bodies.get(kind)?.(step[kind]) ?? [], body, findings);
    }
    checkOptions(step.options, [...path, 'options'], findings);
    checkConflicts(id, step, findings);
    return { id, kinds: present, value: step };
  };
}

function checkName(id: string, findings: Findings): void {
  if (isName(id) && !reservedNames.has(id)) return;
  const message = isName(id)
    ? `\`${id}\` is a word of the expression language, so no step can have it as its name.`
    : `\`${id}\` cannot be the name of a step.`;
  const hint = isName(id)
    ? `Choose another, such as \`${id}_step\`.`
    : 'Names are small letters, digits and `_`, beginning with a letter.';
  findings.add(['steps', id], 'key', { code: 'NAME_INVALID', message, hint });
}

/** Finds the keys that no step has, and whether exactly one says what to do. */
function checkKeys(id: string, step: YamlMap, present: readonly string[], tools: KeyTools, findings: Findings): void {
  const { kinds, keysOf, keyPlaces } = tools;
  const kind = present.length === 1 ? present[0] : undefined;
  const all = [...kinds, ...Object.keys(modifiers)];
  const known =
    kind === undefined ? all : [kind, ...kinds.filter((other) => other !== kind), ...(keysOf.get(kind) ?? [])];
  const unknown = Object.keys(step).filter((key) => !known.includes(key));
  const meant = present.length > 0 ? undefined : unknown.find((key) => isLike(key, kinds));
  // The kind of a step that has none is most likely the key that is like nothing else.
  const asKind =
    present.length > 0 || meant ? undefined : unknown.find((key) => !isLike(key, known) && !keyPlaces(key));
  for (const key of unknown) {
    if (key === asKind) continue;
    if (kind !== undefined && Object.hasOwn(modifiers, key)) {
      findings.add(['steps', id, key], 'key', keyOfOtherKinds(key, kind, keysOf));
      continue;
    }
    findings.add(['steps', id, key], 'key', unknownKey(key, key === meant ? kinds : known, keyPlaces));
  }
  if (present.length === 0 && !meant) {
    const message = asKind ? `There is no kind of step \`${asKind}\`.` : `The step \`${id}\` says nothing to do.`;
    const path = ['steps', id, ...(asKind ? [asKind] : [])];
    findings.add(path, 'key', { code: 'KIND_MISSING', message, hint: `Give it one of ${listed(kinds)}.` });
  }
  for (const second of present.slice(1)) {
    const message = `\`${id}\` has \`${present[0]}\` and \`${second}\`, and a step does one thing.`;
    const hint = 'Make two steps of it; the later one reads the earlier one by its name.';
    findings.add(['steps', id, second], 'key', { code: 'KIND_AMBIGUOUS', message, hint });
  }
}

/** An expression may stand for these, and is checked with the other expressions. */
const takesExpression = (pointer: string): boolean => /^\/(options\/.|think$|keep_alive$|images$|for$)/.test(pointer);

function keyOfOtherKinds(key: string, kind: string, keysOf: KeyTools['keysOf']): Finding {
  const others = [...keysOf].filter(([, keys]) => keys.includes(key)).map(([other]) => other);
  const message = `\`${kind}\` takes no \`${key}\`.`;
  return { code: 'KEY_UNKNOWN', message, hint: others.length > 0 ? `It belongs in ${oneOf(others)}.` : 'Remove it.' };
}

const oneOf = (kinds: readonly string[]): string =>
  [listed(kinds.slice(0, -1)), `\`${kinds.at(-1)}\``].filter((part) => part !== '').join(' or ');

const isLike = (key: string, words: readonly string[]): boolean =>
  nearest(key, words) !== undefined || words.includes(otherWord(key) ?? '');

const listed = (words: readonly string[]): string => words.map((word) => `\`${word}\``).join(', ');
