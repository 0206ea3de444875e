import { isObject } from '../wire/read-fields.ts';
import { literal } from './gbnf-text.ts';
import { otherString } from './other-string.ts';
import type { Schema } from './resolve-schema.ts';
import type { Visit } from './schema-grammar.ts';

const comma = 'space "," space';

/** GBNF for an object: the required members in their order, then any of the others in theirs. */
export function objectRule(schema: Schema, visit: Visit, define: (body: string) => string): string {
  const properties = isObject(schema.properties) ? schema.properties : {};
  const names = Object.keys(properties);
  const required = names.filter((name) => Array.isArray(schema.required) && schema.required.includes(name));
  const member = (name: string) => `${literal(JSON.stringify(name))} space ":" space ${visit(properties[name])}`;
  const fixed = required.map(member).join(` ${comma} `);
  const optional = names.filter((name) => !required.includes(name)).map((name) => define(member(name)));
  const extra = extraMember(schema, names, visit, define);
  const open = openMembers(optional, extra, define);
  if (fixed === '') return `"{" space ${open === null ? '' : `(${open} space)?`} "}"`;
  return `"{" space ${fixed} ${open === null ? '' : `(${comma} ${open})?`} space "}"`;
}

/** A member that is not declared: any where nothing is declared, else only as `additionalProperties` says. */
function extraMember(
  schema: Schema,
  names: readonly string[],
  visit: Visit,
  define: (body: string) => string,
): string | null {
  const allowed = schema.additionalProperties ?? (names.length === 0 && schema.properties === undefined);
  if (allowed === false) return null;
  const name = names.length === 0 ? 'string' : otherString(names);
  return define(`${name} space ":" space ${visit(allowed)}`);
}

/** At least one of the members that need not be there, in order; null where there is none to choose from. */
function openMembers(
  optional: readonly string[],
  extra: string | null,
  define: (body: string) => string,
): string | null {
  const starts: string[] = extra === null ? [] : [`${extra} (${comma} ${extra})*`];
  let rest = extra === null ? '' : define(`(${comma} ${extra})*`);
  for (const member of [...optional].reverse()) {
    starts.unshift(`${member} ${rest}`);
    rest = define(`(${comma} ${member})? ${rest}`);
  }
  return starts.length === 0 ? null : `(${starts.join(' | ')})`;
}
