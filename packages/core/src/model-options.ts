/**
 * `options` of a request, by their wire names. A request's value goes before the Modelfile's, that before the server's
 * default. No range is checked by the server, and a name it does not know is ignored in silence. A wrong type is a 500
 * (`BAD_REQUEST` here). The first seven reload the model when they change: keep them the same for a whole run.
 */
export interface ModelOptions {
  /** Context window of one slot in tokens, at least 4. Default: by the server's GPU memory. -1 is not automatic but 4. */
  readonly num_ctx?: number;
  /** Tokens of the prompt evaluated at once. Default: 256 to 2048. */
  readonly num_batch?: number;
  /** Layers on the GPU; 0 is the CPU alone, -1 automatic. */
  readonly num_gpu?: number;
  /** The one GPU to use. */
  readonly main_gpu?: number;
  readonly use_mmap?: boolean;
  /** Threads; 0 is automatic. */
  readonly num_thread?: number;
  /** Speculative tokens of a draft model. Since 0.30. */
  readonly draft_num_predict?: number;
  /** Tokens kept at the front when a prompt is cut; below 0 keeps all. Default: 4. */
  readonly num_keep?: number;
  /** -1 is random; 0 is a seed like any other. */
  readonly seed?: number;
  /** Most output tokens; below 0 is ten times `num_ctx`. 0 is no limit either. Default: -1. */
  readonly num_predict?: number;
  /** 0 always takes the likeliest token. Default: 0.8. */
  readonly temperature?: number;
  /** 0 is off. Default: 40. */
  readonly top_k?: number;
  /** 1 is off. Default: 0.9. */
  readonly top_p?: number;
  /** 0 is off. */
  readonly min_p?: number;
  /** 1 is off. */
  readonly typical_p?: number;
  /** Tokens looked back at for repetition: 0 is off, -1 is `num_ctx`. Default: 64. */
  readonly repeat_last_n?: number;
  /** 1 is off. Default: 1; 1.1 before 0.32.10. */
  readonly repeat_penalty?: number;
  readonly presence_penalty?: number;
  readonly frequency_penalty?: number;
  /** Texts that end the answer and are not part of it. Replaces the Modelfile's list. */
  readonly stop?: readonly string[];
}
