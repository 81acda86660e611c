import { cardAnswers } from '../worker/desk/card-twins.ts';
import type { Answers, Question } from '../worker/messages.ts';

/**
 * Answers in the page itself: a report is one file, and a worker would be another. Cards alone are asked here; what
 * needs the rest of the worker is not in this build.
 */
export async function askDesk<A extends Question['ask']>(
  question: Extract<Question, { ask: A }>,
): Promise<Answers[A]> {
  const asked: Question = question;
  if (asked.ask !== 'cards') throw new Error('A viewer in a report reads no scenarios');
  const answers: Answers['cards'] = cardAnswers(asked.fleet, asked.cards, asked.asks);
  return answers as Answers[A];
}
