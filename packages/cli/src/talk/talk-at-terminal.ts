import { isMillraceError } from '@millrace/errors';
import type { Observable } from 'rxjs';
import { exitCodes } from '../exit-codes.ts';
import type { TalkHost } from '../hosts/talk-host.ts';
import type { Signal } from '../interrupts.ts';
import { renderError } from '../render/errors.ts';
import { plural } from '../render/figures.ts';
import { safeText } from '../render/safe-text.ts';
import type { Terminal } from '../terminal.ts';
import { ask } from './ask.ts';
import { noHistory, openHistory } from './prompt-history.ts';
import { createPromptLines, type Typed } from './prompt-lines.ts';
import { commandIn, runCommand } from './run-command.ts';
import type { Session } from './session.ts';
import type { Talk } from './talk.ts';

/** How a talk at a terminal goes. */
export interface AtTerminal {
  readonly host: TalkHost;
  readonly signals$: Observable<Signal>;
  readonly stats: boolean;
  /** Whether what is typed is kept for another time. */
  readonly history: boolean;
}

/** Talks until the person leaves; what goes wrong is said, and the talk goes on. Returns the exit code. */
export async function talkAtTerminal(talk: Talk, at: AtTerminal, terminal: Terminal): Promise<number> {
  const { signals$, stats, history } = at;
  const { ollama } = at.host;
  const say = (text: string): void => terminal.err(`${safeText(text)}\n`);
  const session: Session = { talk, ollama, terminal, say };
  const answerTo = async (typed: Extract<Typed, { text: string }>): Promise<boolean> => {
    const command = typed.isBlock ? undefined : commandIn(typed.text);
    if (command) return await runCommand(command.name, command.rest, session);
    const message = typed.text.trim();
    if (message !== '') await ask(talk, message, { ollama, terminal, stop$: signals$, stats });
    return false;
  };

  say(`Talking with ${talk.model} at ${ollama.baseUrl}. /help lists the commands, Ctrl-D leaves.`);
  const remembered = history ? await openHistory(terminal) : noHistory();
  const lines = createPromptLines(terminal, remembered);
  const leaving = createLeaving(signals$);
  try {
    for (;;) {
      const typed = await Promise.race([leaving.asked, lines.read(promptOf(talk))]);
      if ('ending' in typed) return typed.ending === 'end' ? exitCodes.done : exitCodes.interrupted;
      if (await leaving.notYet(() => saidIfWrong(() => answerTo(typed), terminal))) return exitCodes.done;
    }
  } finally {
    leaving.close();
    lines.close();
    await remembered.close();
  }
}

const promptOf = ({ images }: Talk): string => (images.length > 0 ? `(${plural(images.length, 'picture')}) > ` : '> ');

/** What Ctrl-C and SIGTERM mean: during an answer Ctrl-C ends only that. */
function createLeaving(signals$: Observable<Signal>) {
  let isAnswering = false;
  let leave: (how: Typed) => void = () => {};
  const asked = new Promise<Typed>((resolve) => {
    leave = resolve;
  });
  const listening = signals$.subscribe((signal) => {
    if (!isAnswering || signal === 'SIGTERM') leave({ ending: 'interrupted' });
  });
  const notYet = async <Value>(work: () => Promise<Value>): Promise<Value> => {
    isAnswering = true;
    try {
      return await work();
    } finally {
      isAnswering = false;
    }
  };
  return { asked, notYet, close: () => listening.unsubscribe() };
}

/** A bug ends the program; everything else is said, and the talk goes on. */
async function saidIfWrong(work: () => Promise<boolean>, terminal: Terminal): Promise<boolean> {
  try {
    return await work();
  } catch (error) {
    if (!isMillraceError(error)) throw error;
    terminal.err(renderError(error));
    return false;
  }
}
