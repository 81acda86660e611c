import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { ReplayJob } from '../../../sim/observe/replay/index.ts';
import { REFUSAL_RULES } from '../../../sim/sharing/slot.ts';
import { type Run, useAppState } from '../../app/context.ts';
import type { CardTwins } from '../inspector/card-twins.ts';
import { whyWaits } from './why-text.ts';

/** Cards that are asked while the replay plays: more would make it falter. */
const MOST_WHILE_PLAYING = 1000;

const made = new WeakMap<object, CardTwins>();

/** Cards of a replay that can be asked; undefined until the code for it has been loaded. */
export function useCardTwins(run: Run, isWanted: boolean): CardTwins | undefined {
  const { file } = run.player;
  const [twins, show] = useState<CardTwins | undefined>(made.get(file));
  useEffect(() => {
    if (!isWanted) return undefined;
    let isShown = true;
    void import('../inspector/card-twins.ts').then(({ CardTwins: Twins }) => {
      const own = made.get(file) ?? new Twins(file.outline.header);
      made.set(file, own);
      if (isShown) show(own);
    });
    return () => {
      isShown = false;
    };
  }, [file, isWanted]);
  return twins;
}

/** Why a job waits, in sentences: what it asks, what there is of that, who is before it. */
export function WhyPanel({ run, job }: { run: Run; job: ReplayJob }): JSX.Element {
  const { state, file } = run.player;
  const { sentences, room } = whyWaits(state, file.outline.header, job);
  const ask = job.kind.requests[0]?.ask;
  const twins = useCardTwins(run, ask !== undefined);
  const isPlaying = useAppState((each) => each.isPlaying);
  const candidates = room?.candidates ?? [];
  const isPutOff = isPlaying && candidates.length > MOST_WHILE_PLAYING;
  const answers = ask === undefined || isPutOff ? undefined : twins?.ask(state, candidates, ask);
  return (
    <div class="why">
      <p>{sentences.join(' ')}</p>
      {ask !== undefined && isPutOff && <p class="soft">Its cards are asked when the replay pauses.</p>}
      {answers !== undefined && (
        <p>
          {answers.taking === 0
            ? `No open card would take it now${answers.refusing.length > 0 ? ':' : '.'}`
            : `${answers.taking} open ${answers.taking === 1 ? 'card' : 'cards'} would take it now, with room for ${answers.parts} such ${answers.parts === 1 ? 'part' : 'parts'}`}
          {answers.taking > 0 && (answers.refusing.length > 0 ? '; the others say:' : '.')}
        </p>
      )}
      {answers !== undefined && answers.refusing.length > 0 && (
        <ul>
          {answers.refusing.map(([rule, cards]) => (
            <li key={rule}>
              {`${cards} ${cards === 1 ? 'card' : 'cards'}: ${REFUSAL_RULES[rule]} (${rule})`}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}
