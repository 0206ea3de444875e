/** What kind of weights a model has. */
export interface ModelDetails {
  /** Empty, a model's name, or a path of the server. */
  readonly parent_model: string;
  readonly format: string;
  readonly family: string;
  readonly families: readonly string[] | null;
  /** For people: `268.10M`. */
  readonly parameter_size: string;
  /** For people: `Q4_K_M`. */
  readonly quantization_level: string;
  /** Tokens. Only from tags, since 0.30, and not for every model. */
  readonly context_length?: number;
  /** As `context_length`. */
  readonly embedding_length?: number;
}
