import type { AnswerMessage, ChatRequest, GenerateRequest, Ollama } from '@millrace/core';
import type { Observable } from 'rxjs';

/** A question that somebody waits for. */
export type AskedByPerson = ChatRequest | GenerateRequest;

/**
 * Begins a call that a person waits for: a prompt of `generate`, a message of `chat`. Every one begins here, so that this is the place to let it
 * past a batch on the same machine.
 *
 * @returns Cold: each subscription is one request; unsubscribing closes its socket.
 */
export const beginCall = (ollama: Ollama, request: AskedByPerson): Observable<AnswerMessage> =>
  'messages' in request ? ollama.chat(request) : ollama.generate(request as GenerateRequest);
