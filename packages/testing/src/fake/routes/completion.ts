import type { Answer } from '../answer.ts';
import {
  type Body,
  checkBody,
  checkContent,
  checkFormat,
  checkMessages,
  checkOptions,
  checkSchema,
  checkValues,
  isModelName,
} from '../check-request.ts';
import { type Failure, fail, failures } from '../fail.ts';
import { type InstalledModel, registryName } from '../fake-model.ts';
import { parseKeepAlive } from '../go-duration.ts';
import { type HeldSlot, holdSlot, refuse } from '../hold-slot.ts';
import { chatLines, generateLines, type LineWriter } from '../lines.ts';
import { loadOptionsOf } from '../load-options.ts';
import { cutAnswer } from '../pieces.ts';
import { play } from '../play.ts';
import { type ChatTurn, chatPrompt, fitPrompt, generatePrompt, type Prompt } from '../prompt.ts';
import { cachedShare } from '../prompt-cache.ts';
import { type Exchange, findModel, type Handler, optionsOf, type World } from '../world.ts';

type Kind = 'generate' | 'chat';

/** POST /api/generate. */
export const handleGenerate: Handler = (world, exchange) => complete('generate', world, exchange);

/** POST /api/chat. */
export const handleChat: Handler = (world, exchange) => complete('chat', world, exchange);

function complete(kind: Kind, world: World, exchange: Exchange) {
  const { reply, rawBody } = exchange;
  const unread = checkBody(kind === 'generate' ? 'GenerateRequest' : 'ChatRequest', rawBody, exchange.body);
  if (unread) return refuse(reply, unread);
  const body = exchange.body as Body; // checked
  const name = (body.model ?? '') as string;
  const model = findModel(world, name);
  const refused = model ? checkAll(kind, body, name, model) : missingModel(kind, name);
  if (refused || !model) return refuse(reply, refused ?? failures.notFound(name));
  const keepAlive =
    body.keep_alive === undefined || body.keep_alive === null ? undefined : parseKeepAlive(body.keep_alive);
  if (keepAlive && 'error' in keepAlive) return refuse(reply, fail(400, keepAlive.error));
  const lines = kind === 'generate' ? generateLines(name, body.raw !== true) : chatLines(name);
  if (isEmpty(kind, body) && keepAlive?.ms === 0) {
    world.scheduler.expire(model);
    return reply.json(200, lines.final('unload'));
  }
  const badOption = checkOptions(optionsOf(body));
  if (badOption) return refuse(reply, badOption);
  const request = { model, load: loadOptionsOf(model, optionsOf(body), body.shift), keepAliveMs: keepAlive?.ms };
  const arrivedAt = performance.now();
  holdSlot(world, exchange, request, (slot) => {
    if (!isEmpty(kind, body)) return answer(kind, world, exchange, { body, name, lines, slot, arrivedAt });
    reply.json(200, lines.final('load'));
    slot.release();
  });
}

interface Granted {
  readonly body: Body;
  readonly name: string;
  readonly lines: LineWriter;
  readonly slot: HeldSlot;
  readonly arrivedAt: number;
}

function answer(kind: Kind, world: World, exchange: Exchange, granted: Granted) {
  const { body, name, slot } = granted;
  const prompt = kind === 'generate' ? generatePrompt(body) : chatPrompt(body.messages as ChatTurn[]);
  const tokens = checkSchema(body.format) ?? fitPrompt(prompt, body, slot.runner.load);
  if (typeof tokens !== 'number') {
    refuse(exchange.reply, tokens, body.stream === false ? 'usual' : 'late');
    return slot.release();
  }
  const tokensCut = prompt.tokens - tokens;
  exchange.open.setTokensCut(tokensCut);
  const say = (said: string | Answer) => {
    if (!exchange.reply.over)
      perform(world, exchange, granted, prompt, tokens, typeof said === 'string' ? { text: said } : said);
  };
  const broken = (error: unknown) => {
    refuse(exchange.reply, fail(500, error instanceof Error ? error.message : String(error)));
    slot.release();
  };
  try {
    const { text, lastText } = prompt;
    const said = world.answer({ kind, model: name, prompt: text, lastText, tokensCut, body });
    if (said instanceof Promise) said.then(say).catch(broken);
    else say(said);
  } catch (error) {
    broken(error);
  }
}

function perform(
  world: World,
  { reply, faults }: Exchange,
  granted: Granted,
  prompt: Prompt,
  tokens: number,
  said: Answer,
): void {
  const { body, slot, lines, arrivedAt } = granted;
  const { load } = slot.runner;
  const room = load.shift ? Number.POSITIVE_INFINITY : Math.max(1, load.num_ctx - tokens);
  const cut = cutAnswer(said, body, room, faults);
  const share =
    world.prefixCache && world.promptTokensPerMs !== Number.POSITIVE_INFINITY
      ? cachedShare(slot.runner, prompt.text)
      : 0;
  const promptMs = (tokens * (1 - share)) / world.promptTokensPerMs;
  const metrics = (evalMs: number) => ({
    totalMs: performance.now() - arrivedAt,
    loadMs: slot.loadMs,
    promptTokens: tokens,
    promptMs,
    evalCount: cut.evalCount,
    evalMs,
  });
  const stream = body.stream !== false;
  const stop = play(
    reply,
    { answer: cut, lines, stream, tokenMs: world.tokenMs, promptMs, faults, metrics },
    slot.release,
  );
  slot.whenGone(stop);
}

function isEmpty(kind: Kind, body: Body): boolean {
  return kind === 'generate' ? !body.prompt : !Array.isArray(body.messages) || body.messages.length === 0;
}

function missingModel(kind: Kind, name: string): Failure {
  if (name === '' && kind === 'chat') return failures.noModel;
  return name === '' || isModelName(name) ? failures.notFound(name) : failures.badName;
}

function checkAll(kind: Kind, body: Body, name: string, model: InstalledModel): Failure | undefined {
  return (
    checkMessages(body.messages) ??
    checkContent(body, model.capabilities.includes('vision')) ??
    checkValues(body) ??
    checkRaw(body) ??
    checkCapabilities(kind, body, name, model) ??
    checkFormat(body.format)
  );
}

function checkRaw(body: Body): Failure | undefined {
  return body.raw === true && (body.system || body.template || body.context) ? failures.rawWithMore : undefined;
}

function checkCapabilities(
  kind: Kind,
  body: Body,
  name: string,
  { capabilities }: InstalledModel,
): Failure | undefined {
  const can = (capability: string) => capabilities.includes(capability);
  if (!can('completion')) return failures.cannot(JSON.stringify(name), kind);
  const tools = body.tools;
  if (Array.isArray(tools) && tools.length > 0 && !can('tools')) return failures.cannot(registryName(name), 'tools');
  if (body.suffix && !can('insert')) return failures.cannot(registryName(name), 'insert');
  if (body.think && !can('thinking')) return failures.cannot(JSON.stringify(name), 'thinking');
  return undefined;
}
