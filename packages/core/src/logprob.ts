/** How likely a token was. */
export interface TokenLogprob {
  readonly token: string;
  /** Natural logarithm of the probability. */
  readonly logprob: number;
  /** UTF-8 of the token, which may be a part of a character. */
  readonly bytes?: readonly number[];
}

/** A token of the answer, and what could have stood in its place. */
export interface Logprob extends TokenLogprob {
  /** Only if asked for. */
  readonly top_logprobs?: readonly TokenLogprob[];
}
