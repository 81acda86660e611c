import { useEffect, useState } from 'preact/hooks';
import type { GpuAsk } from '../../../sim/sharing/index.ts';
import type { Run } from '../../app/context.ts';
import { askDesk } from '../../worker/client.ts';
import { LatestAnswer, type Told } from '../../worker/latest.ts';
import type { Answers } from '../../worker/messages.ts';
import { type CardGround, type CardSheets, cardGround, cardSheets } from './card-sheets.ts';

/** A worker that takes longer counts as dead; cards are asked within milliseconds once it has been loaded. */
const LIMIT_MS = 60_000;

const grounds = new WeakMap<object, CardGround>();

/** What of a replay's scenario is needed to ask its cards; made once. */
function groundOf({ player: { file } }: Run): CardGround {
  let ground = grounds.get(file);
  if (ground === undefined) {
    ground = cardGround(file.outline.header);
    grounds.set(file, ground);
  }
  return ground;
}

interface CardQuestion {
  readonly ground: CardGround;
  readonly subject: string;
  readonly key: string;
  readonly cards: CardSheets;
  readonly asks: readonly GpuAsk[];
}

/** What cards have said. */
export interface CardsSaid {
  readonly cards: CardSheets;
  /** By ask, by sheet. */
  readonly answers: Answers['cards'];
  /** They were asked about another moment: those of this moment are still to come. */
  readonly isOld: boolean;
}

/** What cards say, or why they do not. */
export interface CardAnswers {
  /** Absent until they have been asked. */
  readonly said: CardsSaid | undefined;
  /** Why they could not be asked; empty where they can be. */
  readonly problem: string;
  /** Asks again, of a new worker where the old one has died. */
  again(): void;
}

/**
 * Asks cards in the worker what they would take in at the moment that is shown.
 *
 * @param subject what is asked about: answers about another one are not shown meanwhile
 * @param gpus empty: nothing is asked
 */
export function useCardAnswers(
  run: Run,
  subject: string,
  gpus: readonly number[],
  asks: readonly GpuAsk[],
): CardAnswers {
  const [attempt, setAttempt] = useState(0);
  const [told, tell] = useState<Told<CardQuestion, Answers['cards']> | undefined>(undefined);
  const [asker, setAsker] = useState<LatestAnswer<CardQuestion, Answers['cards']> | undefined>(undefined);
  const ground = groundOf(run);
  const cards = cardSheets(run.player.state, ground, asks.length === 0 ? [] : gpus);
  const isWanted = cards.sheets.length > 0;
  const key = isWanted ? JSON.stringify([run.id, cards.sheets, asks]) : '';
  useEffect(() => {
    const own = new LatestAnswer(
      ({ ground: { fleet }, cards: { sheets }, asks: wanted }: CardQuestion) =>
        askDesk<'cards'>({ ask: 'cards', fleet, cards: sheets, asks: wanted }, LIMIT_MS),
      tell,
    );
    setAsker(own);
    return () => own.close();
  }, []);
  useEffect(() => {
    if (isWanted) asker?.want({ ground, subject, key, cards, asks });
  }, [asker, key, subject, attempt]);
  const again = (): void => {
    tell(undefined);
    setAttempt(attempt + 1);
  };
  if (told === undefined || !isWanted || told.question.subject !== subject)
    return { said: undefined, problem: '', again };
  if ('problem' in told) return { said: undefined, problem: told.problem, again };
  const isOld = told.question.key !== key;
  // Cards that are alike have a sheet together; which ones those are may have changed though the sheets have not.
  return {
    said: { cards: isOld ? told.question.cards : cards, answers: told.answer, isOld },
    problem: '',
    again,
  };
}
