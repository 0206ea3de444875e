import { type Body, checkBody, checkOptions } from '../check-request.ts';
import { type Failure, fail, failures } from '../fail.ts';
import { parseKeepAlive } from '../go-duration.ts';
import { type HeldSlot, holdSlot, refuse } from '../hold-slot.ts';
import { loadOptionsOf } from '../load-options.ts';
import { countTokens } from '../tokens.ts';
import { normalise, vectorOf } from '../vector.ts';
import { type Exchange, findModel, type Handler, optionsOf, type World } from '../world.ts';

/** POST /api/embed: one vector for each input, in order; no input only loads the model. */
export const handleEmbed: Handler = (world, exchange) => {
  const { reply } = exchange;
  const unread = checkBody('EmbedRequest', exchange.rawBody, exchange.body);
  if (unread) return refuse(reply, unread);
  const body = exchange.body as Body; // checked
  const inputs = inputsOf(body.input);
  if (!inputs) return refuse(reply, failures.badInput);
  const name = (body.model ?? '') as string;
  const model = findModel(world, name);
  if (!model) return refuse(reply, name === '' ? failures.notFound('') : failures.notFoundTryPull(name));
  const keepAlive =
    body.keep_alive === undefined || body.keep_alive === null ? undefined : parseKeepAlive(body.keep_alive);
  if (keepAlive && 'error' in keepAlive) return refuse(reply, fail(400, keepAlive.error));
  const badOption = checkOptions(optionsOf(body));
  if (badOption) return refuse(reply, badOption);
  const load = loadOptionsOf(model, optionsOf(body), undefined);
  const arrivedAt = performance.now();
  holdSlot(world, exchange, { model, load, keepAliveMs: keepAlive?.ms }, (slot) => {
    if (inputs.length === 0) {
      reply.json(200, { model: name, embeddings: [] });
      return slot.release();
    }
    embed(world, exchange, { body, inputs, slot, arrivedAt });
  });
};

interface Embedding {
  readonly body: Body;
  readonly inputs: readonly string[];
  readonly slot: HeldSlot;
  readonly arrivedAt: number;
}

function embed(world: World, { reply, faults, open }: Exchange, { body, inputs, slot, arrivedAt }: Embedding) {
  const { model, load } = slot.runner;
  const counts = inputs.map(countTokens);
  const failure = checkInputs(body, counts, load.num_ctx, model.capabilities);
  if (failure) {
    refuse(reply, failure);
    return slot.release();
  }
  const tokens = counts.reduce((sum, count) => sum + Math.min(count, load.num_ctx), 0);
  open.setTokensCut(counts.reduce((sum, count) => sum + count, 0) - tokens);
  const stall = faults.find((fault) => fault.kind === 'stall');
  const send = () => {
    reply.json(200, {
      model: body.model,
      embeddings: inputs.map((input) => shorten(vectorOf(input, model.embeddingLength), body.dimensions)),
      total_duration: Math.round((performance.now() - arrivedAt) * 1e6),
      load_duration: Math.max(1, Math.round(slot.loadMs * 1e6)),
      prompt_eval_count: tokens,
    });
    slot.release();
  };
  const ms = tokens / world.promptTokensPerMs + (stall ? (stall.ms ?? Number.POSITIVE_INFINITY) : 0);
  if (ms === 0) return send();
  if (ms === Number.POSITIVE_INFINITY) return; // until the client goes
  const timer = setTimeout(send, ms);
  slot.whenGone(() => clearTimeout(timer));
}

function inputsOf(input: unknown): string[] | undefined {
  if (input === undefined || input === null || input === '') return [];
  if (typeof input === 'string') return [input];
  return Array.isArray(input) && input.every((one) => typeof one === 'string') ? input : undefined;
}

function checkInputs(
  body: Body,
  counts: readonly number[],
  limit: number,
  capabilities: readonly string[],
): Failure | undefined {
  if (body.truncate === false && counts.some((count) => count > limit)) return failures.inputTooLong;
  return capabilities.includes('embedding') ? undefined : failures.noEmbeddings;
}

function shorten(vector: number[], dimensions: unknown): number[] {
  if (typeof dimensions !== 'number' || dimensions < 1 || dimensions >= vector.length) return vector;
  return normalise(vector.slice(0, Math.trunc(dimensions)));
}
