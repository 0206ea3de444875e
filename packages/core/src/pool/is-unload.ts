import type { ChatRequest } from '../endpoints/chat.ts';
import type { GenerateRequest } from '../endpoints/generate.ts';
import type { KeepAlive } from '../inference-request.ts';

/** Whether a model leaves the memory behind a call with this `keep_alive`. */
export const endsAtOnce = (keepAlive: KeepAlive | undefined): boolean =>
  keepAlive === 0 || (typeof keepAlive === 'string' && /^0+[a-z]*$/.test(keepAlive));

/** Whether a request has nothing to say, so that it does nothing but load the model, or unload it. */
export const isEmpty = (request: GenerateRequest & ChatRequest): boolean =>
  !request.prompt && !(Array.isArray(request.messages) && request.messages.length > 0);
