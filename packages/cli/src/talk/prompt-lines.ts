import { createInterface } from 'node:readline';
import type { Terminal } from '../terminal.ts';
import type { PromptHistory } from './prompt-history.ts';

/** What was typed; or why nothing more is: Ctrl-D, or Ctrl-C on an empty line. */
export type Typed =
  | { readonly text: string /** It stood in a block, and is no command. */; readonly isBlock: boolean }
  | { readonly ending: Ending };

type Ending = 'end' | 'interrupted';

/**
 * Reads what a person types at a prompt on stderr, with editing and a history. Between two readings the terminal is as it was, so that Ctrl-C is
 * a signal.
 */
export interface PromptLines {
  /** The next message: a line, or a block between `"""` and `"""` over several, which a command may stand before. */
  read(prompt: string): Promise<Typed>;
  close(): void;
}

/** A line, why there is none, or that Ctrl-C was pressed in a block. */
type Event = { readonly line: string } | { readonly ending: Ending } | 'abandoned';

/** Takes the terminal; `close` gives it back. */
export function createPromptLines(terminal: Terminal, history: PromptHistory): PromptLines {
  const { next, close } = createEvents(terminal, history);
  const readBlock = async (first: string): Promise<string | { ending: Ending } | undefined> => {
    const lines = [first];
    for (let last = first; !isClosed(last); lines.push(last)) {
      const event = await next('… ', true);
      if (event === 'abandoned') return undefined;
      if ('ending' in event) return event;
      last = event.line;
    }
    const text = lines.join('\n').trimEnd();
    return text.slice(0, -marks.length).replace(/^\n|\n$/g, '');
  };
  const read = async (prompt: string): Promise<Typed> => {
    const event = await next(prompt, false);
    if (event === 'abandoned') return await read(prompt);
    if ('ending' in event) return event;
    const [opening, command = ''] = /^\s*(\/\w+\s+)?"""/.exec(event.line) ?? [];
    if (opening === undefined) return { text: event.line, isBlock: false };
    const block = await readBlock(event.line.slice(opening.length));
    if (block === undefined) return await read(prompt);
    return typeof block === 'string' ? { text: command + block, isBlock: command === '' } : block;
  };
  return { read, close };
}

const marks = '"""';

const isClosed = (line: string): boolean => line.trimEnd().endsWith(marks);

/** The events of readline one by one, also those that come before they are asked for. */
function createEvents(terminal: Terminal, { lines: history, add }: PromptHistory) {
  const { stdin } = terminal;
  const historySize = 1_000;
  const lines = createInterface({ input: stdin, output: terminal.errorStream, history, historySize });
  const arrived: Event[] = [];
  let waiting: ((event: Event) => void) | undefined;
  let ending: Ending | undefined;
  let isInBlock = false;
  const tell = (event: Event): void => {
    if (!waiting) {
      if (event !== 'abandoned') arrived.push(event);
      return;
    }
    const resolve = waiting;
    waiting = undefined;
    letGo();
    resolve(event);
  };
  const letGo = (): void => {
    if (ending) return;
    lines.pause();
    stdin.setRawMode?.(false);
  };
  lines.on('line', (line) => {
    if (line.trim() !== '') add(line);
    tell({ line });
  });
  lines.once('close', () => {
    ending ??= 'end';
    terminal.err('\n');
    tell({ ending });
  });
  lines.on('SIGINT', () => {
    if (lines.line === '' && !isInBlock) {
      ending = 'interrupted';
      lines.close();
      return;
    }
    terminal.err('^C\n');
    // What was typed is gone, on both sides of the cursor.
    lines.write(null, { ctrl: true, name: 'e' });
    lines.write(null, { ctrl: true, name: 'u' });
    if (isInBlock) tell('abandoned');
    else lines.prompt();
  });
  const next = (prompt: string, inBlock: boolean): Promise<Event> => {
    const event = arrived.shift();
    if (event) return Promise.resolve(event);
    if (ending) return Promise.resolve({ ending });
    isInBlock = inBlock;
    return new Promise((resolve) => {
      waiting = resolve;
      stdin.setRawMode?.(true);
      lines.setPrompt(prompt);
      lines.prompt();
    });
  };
  return { next, close: () => lines.close() };
}
