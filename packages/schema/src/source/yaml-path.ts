/** A place in the YAML: the keys and indices that lead there. */
export type YamlPath = readonly (string | number)[];

/** `steps.reply.chat[0].user`; a key that is no plain word stands in quotes. */
export function pathText(path: YamlPath): string {
  return path.reduce<string>((text, part) => {
    if (typeof part === 'number') return `${text}[${part}]`;
    const key = /^[\w-]+$/.test(part) ? part : JSON.stringify(part);
    return text === '' ? key : `${text}.${key}`;
  }, '');
}
