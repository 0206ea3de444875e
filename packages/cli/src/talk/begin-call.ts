import type { AnswerMessage, ChatRequest, GenerateRequest, Ollama } from '@millrace/core';
import { claimCall } from '@millrace/runner';
import { defer, finalize, type Observable, tap } from 'rxjs';

/** A question that somebody waits for. */
export type AskedByPerson = ChatRequest | GenerateRequest;

/**
 * Begins a call that a person waits for: a prompt of `generate`, a message of `chat`. Every one begins here: until it is answered, runs of this
 * machine begin no call of their own at this host.
 *
 * @returns Cold: each subscription is one request; unsubscribing closes its socket.
 */
export const beginCall = (ollama: Ollama, request: AskedByPerson): Observable<AnswerMessage> =>
  defer(() => {
    let begun: (() => void) | undefined = claimCall(ollama.baseUrl, request.model);
    const letGo = (): void => {
      begun?.();
      begun = undefined;
    };
    const messages$: Observable<AnswerMessage> =
      'messages' in request ? ollama.chat(request) : ollama.generate(request as GenerateRequest);
    return messages$.pipe(tap(letGo), finalize(letGo));
  });
