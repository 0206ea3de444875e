import { sendJson } from '../http/answers.ts';
import type { Handler } from '../http/router.ts';

/** The Ollama release whose answers these resemble. */
const ollamaVersion = '0.32.15';

/** `GET /api/version`. */
export const versionRoute: Handler = (_request, response) => sendJson(response, 200, { version: ollamaVersion });
