/** A model that the engine serves: a GGUF file and the name it is asked for by. */
export interface EngineModel {
  /** As in a request; `latest` is the tag where none is given. Compared without regard to case. */
  readonly name: string;
  /** Path of the GGUF file. */
  readonly path: string;
  /** Stop strings where a request brings none; `/api/show` lists them. */
  readonly stop?: readonly string[];
  /** Text for `license` in `/api/show`. */
  readonly license?: string;
}
