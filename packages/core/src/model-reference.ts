/**
 * Which model a request is about: name with optional tag. Pull, push, create, delete and show take it as `name` too, as
 * Ollama once called it; a request has one of the two.
 */
export type ModelReference =
  | { readonly model: string; readonly name?: never }
  | { /** Deprecated by Ollama: write `model`. */ readonly name: string; readonly model?: never };
