import type { ChatRequest } from '../endpoints/chat.ts';
import type { EmbedRequest } from '../endpoints/embed.ts';
import type { EmbeddingsRequest } from '../endpoints/embeddings.ts';
import type { GenerateRequest } from '../endpoints/generate.ts';

// One request is compared with the others, so that any measure is good that is the same for all, and costs next to nothing.
const charactersPerToken = 4;
const tokensOfImage = 512;

/** Tokens that an answer is taken to have: `num_predict`, unless that is no limit. */
const answerTokensOf = ({ options }: GenerateRequest | ChatRequest, unknown: number): number => {
  const limit = options?.num_predict;
  return typeof limit === 'number' && limit > 0 ? limit : unknown;
};

/** What the parts of a request measure; of a wrong shape is the server's affair. */
const lengthOf = (text: unknown): number => (typeof text === 'string' ? text.length / charactersPerToken : 0);
const countOf = (list: unknown): number => (Array.isArray(list) ? list.length : 0);

/** How much work a prompt is, in tokens, roughly. */
export function tokensOfGenerate(request: GenerateRequest, answerTokens: number): number {
  const { prompt, suffix, system, context, images } = request;
  const text = lengthOf(prompt) + lengthOf(suffix) + lengthOf(system);
  return text + countOf(context) + countOf(images) * tokensOfImage + answerTokensOf(request, answerTokens);
}

/** How much work a talk is, in tokens, roughly. */
export function tokensOfChat(request: ChatRequest, answerTokens: number): number {
  let tokens = answerTokensOf(request, answerTokens);
  if (!Array.isArray(request.messages)) return tokens;
  for (const turn of request.messages) tokens += lengthOf(turn?.content) + countOf(turn?.images) * tokensOfImage;
  return tokens;
}

/** How much work it is to embed some texts, in tokens, roughly. */
export function tokensOfEmbed({ input }: EmbedRequest): number {
  if (!Array.isArray(input)) return lengthOf(input);
  let tokens = 0;
  for (const text of input) tokens += lengthOf(text);
  return tokens;
}

/** As `tokensOfEmbed`. */
export const tokensOfEmbeddings = ({ prompt }: EmbeddingsRequest): number => lengthOf(prompt);
