import { didYouMean } from '@millrace/schema';

/** Names are the same whatever their case, and `latest` may be left out. */
export const isSameModel = (a: string, b: string): boolean => fullName(a) === fullName(b);

/** Models of the cloud run without being installed. */
export const isCloudModel = (model: string): boolean => /[:-]cloud$/.test(model);

const fullName = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();

/** The installed model that a name most likely meant: another tag of the same, else one spelt nearly so; undefined where none is near. */
export function nearModel(name: string, installed: readonly string[]): string | undefined {
  const family = familyOf(name);
  const relative = installed.find((one) => familyOf(one) === family);
  if (relative !== undefined) return relative;
  const near = (word: string, names: readonly string[]): string | undefined =>
    /^Did you mean `(.*)`\?$/.exec(didYouMean(word, names))?.[1];
  const whole = near(name, installed);
  if (whole !== undefined) return whole;
  // `gema3` is `gemma3:4b`, whatever its tag.
  const relatives = near(family, installed.map(familyOf));
  return installed.find((one) => familyOf(one) === relatives);
}

const familyOf = (name: string): string => name.replace(/:[^/]*$/, '').toLowerCase();
