import type { Terminal } from '../terminal.ts';
import type { DiagnosticsView } from './diagnostics.ts';
import { createPaint } from './paint.ts';

/** Wide enough to read where nobody says how wide it is. */
const columnsElsewhere = 120;

/** How diagnostics of a text look on one of the outputs. */
export function viewFor(terminal: Terminal, source: string | undefined, output: 'out' | 'err'): DiagnosticsView {
  const isTty = output === 'out' ? terminal.outIsTty : terminal.errIsTty;
  const paint = createPaint({ isTty, env: terminal.env });
  return { source, paint, columns: isTty ? terminal.columns : columnsElsewhere };
}
