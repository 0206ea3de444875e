import { tap } from 'rxjs';
import type { ChatRequest } from '../endpoints/chat.ts';
import type { GenerateRequest } from '../endpoints/generate.ts';
import type { ModelReference } from '../model-reference.ts';
import { agreedByAll } from './agreed-by-all.ts';
import { changeAtAll } from './change-at-all.ts';
import { fullName } from './full-name.ts';
import { endsAtOnce, isEmpty } from './is-unload.ts';
import { modelsOfAll, versionOfAll } from './lists-of-all.ts';
import type { PoolEndpoints } from './ollama-pool.ts';
import { atOneHost, type Work } from './pool-call.ts';
import type { PoolState, PoolView } from './pool-state.ts';
import { tokensOfChat, tokensOfEmbed, tokensOfEmbeddings, tokensOfGenerate } from './tokens-of.ts';
import { transferAtAll } from './transfer-at-all.ts';

/** Every endpoint of a pool, with the way that its calls take. */
export function poolMethods(pool: PoolState, view: PoolView): PoolEndpoints {
  const { answerTokens } = pool;
  /** What a model does, where it is done soonest. */
  const work = <T>({ model, keep_alive }: Worker, tokens: number, send: Work<T>['send']) =>
    atOneHost(pool, view, {
      send,
      model: nameOf(model),
      tokens: Math.max(1, tokens),
      again: true,
      unloads: endsAtOnce(keep_alive),
    });
  const unload = <T>({ model }: Worker, send: Work<T>['send']) =>
    changeAtAll(pool, view, ['MODEL_NOT_FOUND', 'OLLAMA_UNREACHABLE'], send).pipe(
      tap(() => {
        for (const { loaded } of view.hosts) loaded.set(nameOf(model) ?? '', false);
      }),
    );
  const talk = <T>(request: GenerateRequest & ChatRequest, tokens: number, send: Work<T>['send']) =>
    endsAtOnce(request.keep_alive) && isEmpty(request) ? unload(request, send) : work(request, tokens, send);
  /** A question that any host can answer. */
  const ask = <T>(send: Work<T>['send'], model?: string) =>
    atOneHost(pool, view, { send, model, tokens: 0, again: true });

  return {
    generate: (request) => talk(request, tokensOfGenerate(request, answerTokens), (client) => client.generate(request)),
    chat: (request) => talk(request, tokensOfChat(request, answerTokens), (client) => client.chat(request)),
    embed: (request) => work(request, tokensOfEmbed(request), (client) => client.embed(request)),
    embeddings: (request) => work(request, tokensOfEmbeddings(request), (client) => client.embeddings(request)),
    show: (request) => ask((client) => client.show(request), modelOf(request)),
    ping: () => ask((client) => client.ping()),
    head: (path) => ask((client) => client.head(path)),
    status: () => ask((client) => client.status()),
    me: () => ask((client) => client.me()),
    webSearch: (request) => ask((client) => client.webSearch(request)),
    webFetch: (request) => ask((client) => client.webFetch(request)),
    modelRecommendations: () => ask((client) => client.modelRecommendations()),
    push: (request) =>
      atOneHost(pool, view, {
        send: (client) => client.push(request),
        model: modelOf(request),
        tokens: 0,
        again: false,
      }),
    tags: () => modelsOfAll(pool, view, (client) => client.tags()),
    ps: () => modelsOfAll(pool, view, (client) => client.ps()),
    version: () => versionOfAll(pool, view),
    pull: (request) => transferAtAll(pool, view, (client) => client.pull(request)),
    create: (request) => transferAtAll(pool, view, (client) => client.create(request)),
    copy: (request) => changeAtAll(pool, view, ['MODEL_NOT_FOUND'], (client) => client.copy(request)),
    delete: (request) => changeAtAll(pool, view, ['MODEL_NOT_FOUND'], (client) => client.delete(request)),
    signout: (request) => changeAtAll(pool, view, ['SIGN_IN_NEEDED'], (client) => client.signout(request)),
    blobs: {
      exists: (digest) => agreedByAll(pool, view, (client) => client.blobs.exists(digest)),
      upload: (source, options) => transferAtAll(pool, view, (client) => client.blobs.upload(source, options)),
    },
  };
}

/** The part of a request that says what it does to the memory of a host. */
type Worker = Pick<GenerateRequest, 'model' | 'keep_alive'>;

// What has no name goes to any host, which says what is wrong with it.
const nameOf = (model: unknown): string | undefined =>
  typeof model === 'string' && model !== '' ? fullName(model) : undefined;

const modelOf = ({ model, name }: ModelReference): string | undefined => nameOf(model ?? name);
