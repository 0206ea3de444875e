import type { AnswerFunction } from '@millrace/testing';

/**
 * Answers the prompts of the examples as a model would that is wrong now and then: where a review speaks of a camera it names an aspect
 * that is not in the text, unless it is asked for a word of it, and it apologises, which it does to nobody else.
 */
export const reviewModel: AnswerFunction = ({ prompt, lastText, body }) => {
  const review = /^(?:Review|Complaints about [^:]+): (.*)$/m.exec(prompt)?.[1] ?? prompt;
  const word = /\w+/.exec(review)?.[0] ?? 'it';
  const isCamera = review.includes('camera');
  if (body.format && lastText.includes('points')) return JSON.stringify({ points: ['sound', 'price', 'sound'] });
  if (body.format) {
    const aspect = isCamera && !lastText.includes('a word of it') ? 'nowhere' : word;
    return JSON.stringify({ sentiment: moodOf(review), aspect });
  }
  if (lastText.includes('Classify')) return moodOf(review);
  if (lastText.includes('reply')) return isCamera ? 'We apologise.' : `We are sorry about the ${word}.`;
  return shortened(review);
};

const moodOf = (text: string): string => ['positive', 'negative', 'neutral'][text.length % 3] as string;

/** Two words of three, twelve at most: what is asked for again and again gets short, if it was not too long. */
function shortened(text: string): string {
  const words = text.split(/\s+/);
  return words.slice(0, Math.min(12, Math.ceil((words.length * 2) / 3))).join(' ');
}
