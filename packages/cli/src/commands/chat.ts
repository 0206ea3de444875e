import { withTalkHost } from '../hosts/with-talk-host.ts';
import { createSignals } from '../interrupts.ts';
import { readAnswerFormat } from '../talk/answer-format.ts';
import { oneModel } from '../talk/model-and-prompt.ts';
import { optionsIn } from '../talk/option-value.ts';
import { createTalk } from '../talk/talk.ts';
import { talkAtTerminal } from '../talk/talk-at-terminal.ts';
import { talkByLines } from '../talk/talk-by-lines.ts';
import type { TalkFlags } from '../talk/talk-flags.ts';
import { thinkOf } from '../talk/think-level.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace chat`. */
export interface ChatFlags extends TalkFlags {
  readonly history: boolean;
}

/** `millrace chat [MODEL]`: a talk at the terminal, or over stdin and stdout. Returns the exit code. */
export async function chat(name: string | undefined, flags: ChatFlags, terminal: Terminal): Promise<number> {
  const signals$ = createSignals(terminal);
  const { host: hosts = [], system, option = [], think, stats = false, history } = flags;
  const wanted = { model: oneModel(name, flags.model), hosts, signals$ };
  const start = {
    system,
    options: optionsIn(option),
    think: think === undefined ? undefined : thinkOf(think),
    format: flags.format === undefined ? undefined : await readAnswerFormat(flags.format),
  };
  return await withTalkHost(wanted, terminal, async (host) => {
    const talk = createTalk({ ...start, model: host.model });
    if (terminal.inIsTty) return await talkAtTerminal(talk, { host, signals$, stats, history }, terminal);
    return await talkByLines(talk, { ollama: host.ollama, signals$, stats }, terminal);
  });
}
