/** Gives a text a colour, or not. */
export type Paint = Readonly<Record<'error' | 'warning' | 'note' | 'place' | 'dim', (text: string) => string>>;

/** What says whether colours are wanted. */
export interface PaintFor {
  readonly isTty: boolean;
  readonly env: Readonly<Record<string, string | undefined>>;
}

/** Colours on a terminal only, and none where NO_COLOR is set (https://no-color.org) or the terminal can show none. */
export function createPaint({ isTty, env }: PaintFor): Paint {
  const colours = isTty && !env.NO_COLOR && env.TERM !== 'dumb';
  const as = (code: string) => (text: string) => (colours ? `\u001b[${code}m${text}\u001b[0m` : text);
  return { error: as('1;31'), warning: as('1;33'), note: as('36'), place: as('34'), dim: as('2') };
}
