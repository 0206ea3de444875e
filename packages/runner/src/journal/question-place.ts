import type { StepPlace } from '../step-place.ts';
import type { AnswerPlace } from './answer-table.ts';

/** Where in a row a question belongs, however often it is asked. */
export type QuestionPlace = Omit<AnswerPlace, 'asked'>;

/** The place of a call, as the journal names it. */
export const questionPlace = ({ step, element = -1, round = 0, piece = '' }: StepPlace): QuestionPlace => ({
  step,
  element,
  round,
  piece,
});
