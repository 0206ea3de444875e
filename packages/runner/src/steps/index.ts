import type { StepKind } from '../step-kind.ts';
import { chatStep } from './chat.ts';
import { embedStep } from './embed.ts';
import { generateStep } from './generate.ts';
import { setStep } from './set.ts';
import { splitStep } from './split.ts';

/** Every built-in kind. A test checks that no file of this folder is missing here. */
export const builtInKinds: readonly StepKind[] = [generateStep, chatStep, embedStep, splitStep, setStep];
