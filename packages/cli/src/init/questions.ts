import { createInterface } from 'node:readline';
import type { Terminal } from '../terminal.ts';

/** Asks on a terminal; what is not answered stays as proposed. */
export interface Questions {
  ask(question: string, proposed: string): Promise<string>;
  /** Asks until the answer is one of these, or the beginning of one alone. */
  choose(question: string, choices: readonly string[], proposed: string): Promise<string>;
  close(): void;
}

/** Thrown where nobody answers any more: Ctrl-C, or the end of the input. */
export const noAnswer = Symbol('no answer');

/** Questions go to stderr: stdout is for results. */
export function createQuestions(terminal: Terminal): Questions {
  const lines = createInterface({ input: terminal.stdin, output: terminal.errorStream });
  const nextLine = queueLines(lines);
  const ask = async (question: string, proposed: string): Promise<string> => {
    lines.setPrompt(proposed === '' ? `${question}: ` : `${question} [${proposed}]: `);
    lines.prompt();
    const answer = (await nextLine())?.trim();
    if (answer === undefined) throw noAnswer;
    return answer === '' ? proposed : answer;
  };
  const choose = async (question: string, choices: readonly string[], proposed: string): Promise<string> => {
    const answer = await ask(question, proposed);
    const fits = choices.filter((choice) => choice.startsWith(answer));
    const found = choices.find((choice) => choice === answer) ?? (fits.length === 1 ? fits[0] : undefined);
    if (found !== undefined) return found;
    terminal.err('That is none of them.\n');
    return await choose(question, choices, proposed);
  };
  return { ask, choose, close: () => lines.close() };
}

/** The lines one by one, also those that come before they are asked for; undefined behind the last. */
function queueLines(lines: ReturnType<typeof createInterface>): () => Promise<string | undefined> {
  const waiting: ((line: string | undefined) => void)[] = [];
  const arrived: string[] = [];
  let ended = false;
  lines.on('line', (line) => {
    const resolve = waiting.shift();
    if (resolve) resolve(line);
    else arrived.push(line);
  });
  lines.once('close', () => {
    ended = true;
    for (const resolve of waiting.splice(0)) resolve(undefined);
  });
  lines.on('SIGINT', () => lines.close());
  return () =>
    new Promise((resolve) => {
      if (arrived.length > 0 || ended) resolve(arrived.shift());
      else waiting.push(resolve);
    });
}
