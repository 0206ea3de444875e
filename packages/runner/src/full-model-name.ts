/** The name of a model by which it is the same: with its tag, in small letters. */
export const fullModelName = (name: string): string => (/:[^/]*$/.test(name) ? name : `${name}:latest`).toLowerCase();
