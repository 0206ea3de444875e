import { exitCodes } from '../exit-codes.ts';
import { explainWorkflow } from '../explain/explanation.ts';
import { renderMermaid } from '../explain/render-mermaid.ts';
import { renderExplanation } from '../explain/render-text.ts';
import { checkFile } from '../files/check-file.ts';
import { renderDiagnostics } from '../render/diagnostics.ts';
import { createPaint } from '../render/paint.ts';
import { safeJson } from '../render/safe-text.ts';
import { viewFor } from '../render/view-for.ts';
import type { Terminal } from '../terminal.ts';

/** The flags of `millrace explain`. */
export interface ExplainFlags {
  readonly format: 'text' | 'mermaid' | 'json';
  readonly model?: string;
  readonly allowNet?: readonly string[];
}

/** `millrace explain FILE`: shows what a workflow does. Calls no model. Returns the exit code. */
export async function explain(file: string, flags: ExplainFlags, terminal: Terminal): Promise<number> {
  const options = { model: flags.model, allowHosts: flags.allowNet };
  const { workflow, diagnostics, source } = await checkFile(file, options, terminal);
  terminal.err(renderDiagnostics(diagnostics, viewFor(terminal, source, 'err')));
  if (!workflow) return exitCodes.invalid;
  const explanation = explainWorkflow(workflow);
  if (flags.format === 'json') await terminal.out(`${safeJson(explanation)}\n`);
  else if (flags.format === 'mermaid') await terminal.out(renderMermaid(explanation));
  else {
    const paint = createPaint({ isTty: terminal.outIsTty, env: terminal.env });
    await terminal.out(renderExplanation(explanation, paint));
  }
  return exitCodes.done;
}
