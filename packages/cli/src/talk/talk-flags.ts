import type { ThinkLevel } from './think-level.ts';

/** The flags that `chat` and `generate` share. */
export interface TalkFlags {
  readonly model?: string;
  readonly host?: readonly string[];
  readonly system?: string;
  /** `name=value` each. */
  readonly option?: readonly string[];
  readonly think?: ThinkLevel;
  readonly format?: string;
  readonly stats?: boolean;
}
