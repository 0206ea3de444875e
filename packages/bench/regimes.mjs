/**
 * What a client is put through. `model` tells the server what to answer: `TOKENS-PACE`, where the pace is `token` (one
 * write and one HTTP chunk a line), `flat` (many lines a chunk, cut anywhere) or `trickle` (a line every 10 ms).
 *
 * `warmUps` come after the cold run, which is the first of the process; `repeats` are measured together as the hot one.
 * The compilers of V8 run beside a client until about its eighth run, and their time counts: fewer warm-ups would measure
 * how much code there is to compile.
 */
export const regimes = [
  {
    name: 'one-token',
    title: '1 stream × 20,000 tokens, a write per token',
    model: '20000-token',
    streams: 1,
    warmUps: 10,
    repeats: 4,
  },
  {
    name: 'one-flat',
    title: '1 stream × 20,000 tokens, flat out',
    model: '20000-flat',
    streams: 1,
    warmUps: 10,
    repeats: 4,
  },
  {
    name: 'many-token',
    title: '200 streams × 100 tokens, a write per token',
    model: '100-token',
    streams: 200,
    warmUps: 10,
    repeats: 4,
  },
  {
    name: 'many-flat',
    title: '200 streams × 100 tokens, flat out',
    model: '100-flat',
    streams: 200,
    warmUps: 10,
    repeats: 4,
  },
  {
    name: 'trickle',
    title: '200 streams × 50 tokens, a token per 10 ms',
    model: '50-trickle',
    streams: 200,
    warmUps: 10,
    repeats: 4,
  },
];

/** How many tokens a model of the bench answers with. */
export const tokensOf = (model) => Number.parseInt(model, 10);
