import type { Handler } from '../world.ts';
import { handleChat, handleGenerate } from './completion.ts';
import { handleEmbed } from './embed.ts';
import { handlePs, handleShow, handleTags } from './models.ts';
import { handlePull } from './pull.ts';

const root: Handler = (_world, { reply }) => reply.plain(200, 'Ollama is running', 'text/plain; charset=utf-8');
const version: Handler = (world, { reply }) => reply.json(200, { version: world.version });

/** Handlers by path and method, the methods in the order of the `Allow` header. */
export const routes: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/': { HEAD: root, GET: root },
  '/api/version': { HEAD: version, GET: version },
  '/api/tags': { HEAD: handleTags, GET: handleTags },
  '/api/ps': { GET: handlePs },
  '/api/show': { POST: handleShow },
  '/api/generate': { POST: handleGenerate },
  '/api/chat': { POST: handleChat },
  '/api/embed': { POST: handleEmbed },
  '/api/pull': { POST: handlePull },
};
