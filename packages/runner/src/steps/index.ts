import type { StepKind } from '../step-kind.ts';
import { chatStep } from './chat.ts';
import { generateStep } from './generate.ts';

/** Every built-in kind. A test checks that no file of this folder is missing here. */
export const builtInKinds: readonly StepKind[] = [generateStep, chatStep];
