import { sendText } from '../http/answers.ts';
import type { Handler, Routes } from '../http/router.ts';
import { chatRoute } from './chat.ts';
import type { EngineState } from './engine-state.ts';
import { generateRoute } from './generate.ts';
import { psRoute } from './ps.ts';
import { showRoute } from './show.ts';
import { tagsRoute } from './tags.ts';
import { versionRoute } from './version.ts';

/** Every route of the engine. The rest of Ollama's API is answered like an unknown path. */
export function engineRoutes(state: EngineState): Routes {
  const tags = tagsRoute(state);
  return {
    '/': { HEAD: rootRoute, GET: rootRoute },
    '/api/version': { HEAD: versionRoute, GET: versionRoute },
    '/api/tags': { HEAD: tags, GET: tags },
    '/api/ps': { GET: psRoute(state) },
    '/api/show': { POST: showRoute(state) },
    '/api/generate': { POST: generateRoute(state) },
    '/api/chat': { POST: chatRoute(state) },
  };
}

const rootRoute: Handler = (_request, response) =>
  sendText(response, 200, 'text/plain; charset=utf-8', 'Ollama is running');
