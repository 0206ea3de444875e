/** A model name with its defaults filled in, as in `registry.ollama.ai/library/millrace-micro:latest`. */
export interface ModelName {
  readonly host: string;
  readonly namespace: string;
  readonly model: string;
  readonly tag: string;
}

const host = /^[A-Za-z0-9_][A-Za-z0-9_.:-]{0,349}$/;
const namespace = /^[A-Za-z0-9_][A-Za-z0-9_-]{0,79}$/;
const part = /^[A-Za-z0-9_][A-Za-z0-9_.-]{0,79}$/;

/** Reads `[[scheme://]host/][namespace/]model[:tag]`; null where it is no name. */
export function parseModelName(text: string): ModelName | null {
  const parts = text.replace(/^[a-z+]+:\/\//i, '').split('/');
  if (parts.length > 3) return null;
  const [, model = '', tag = 'latest'] = /^([^:]*)(?::(.*))?$/s.exec(parts.at(-1) ?? '') ?? [];
  const name = { host: parts.at(-3) ?? 'registry.ollama.ai', namespace: parts.at(-2) ?? 'library', model, tag };
  const valid = host.test(name.host) && namespace.test(name.namespace) && part.test(model) && part.test(tag);
  return valid ? name : null;
}

/** The name with every part, as capability errors print it. */
export function fullName(name: ModelName): string {
  return `${name.host}/${name.namespace}/${name.model}:${name.tag}`;
}

/** The name without the parts that are defaults, tag included, as the lists print it. */
export function shortName(name: ModelName): string {
  const { host: server, namespace: owner } = name;
  const prefix = server === 'registry.ollama.ai' ? (owner === 'library' ? '' : `${owner}/`) : `${server}/${owner}/`;
  return `${prefix}${name.model}:${name.tag}`;
}
