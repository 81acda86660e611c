import type { JSX } from 'preact';
import type { ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import { isRefusal, REFUSAL_RULES } from '../../../sim/sharing/slot.ts';
import { type Run, useAppState } from '../../app/context.ts';
import { type CardTally, tallyAnswers } from '../inspector/card-sheets.ts';
import { type CardsSaid, useCardAnswers } from '../inspector/use-card-answers.ts';
import { hostsFor } from './room.ts';
import { type WorkerWhy, whyWaits } from './why-text.ts';
import { placesText, workerPlaces } from './workers.ts';

/** Cards that are asked while the replay plays: more would make it falter. */
const MOST_WHILE_PLAYING = 1000;

/** Why a job waits, in sentences: what it asks, what there is of that, who is before it; of a gang worker by worker. */
export function WhyPanel({ run, job }: { run: Run; job: ReplayJob }): JSX.Element {
  const { state, file } = run.player;
  const { sentences, workers } = whyWaits(state, file.outline.header, job);
  const isPlaying = useAppState((each) => each.isPlaying);
  const asking = workers.filter(({ request, room }) => request.ask !== undefined && room.openGpus > 0);
  const gpus = [...new Set(asking.flatMap(({ room }) => room.candidates))];
  const isPutOff = isPlaying && gpus.length > MOST_WHILE_PLAYING;
  const { said, problem, again } = useCardAnswers(
    run,
    `${run.id} ${job.number}`,
    isPutOff ? [] : gpus,
    asking.flatMap(({ request: { ask } }) => ask ?? []),
  );
  const hasCards = gpus.some((gpu) => state.cards[gpu] !== undefined);
  const hosts = hostsFor(state, file.outline.header, job.kind.claim.pool);
  const isGang = job.kind.requests.length > 1;
  return (
    <div class="why" aria-busy={said?.isOld ?? (hasCards && !isPutOff && problem === '')}>
      <p>{sentences.join(' ')}</p>
      {hasCards && isPutOff && <p class="soft">Its cards are asked when the replay pauses.</p>}
      {hasCards && !isPutOff && said === undefined && problem === '' && (
        <p class="soft">Asking the cards ...</p>
      )}
      {problem !== '' && <CannotAsk problem={problem} again={again} />}
      {isGang ? (
        <ul class="why-workers">
          {workers.map((worker, i) => (
            <li key={i}>
              <b>{`${workers.length > 1 ? `${worker.count} of ${job.kind.requests.length} workers, each ${worker.asks}` : `Each of its ${worker.count} workers`}: `}</b>
              {placesOf(state, hosts, worker, said, asking.indexOf(worker))}.{' '}
              {workers.length > 1 && worker.sentences.join(' ')}
              <Cards tally={tallyOf(worker, said, asking.indexOf(worker))} />
            </li>
          ))}
        </ul>
      ) : (
        workers.map((worker) => <Cards key={0} tally={tallyOf(worker, said, asking.indexOf(worker))} />)
      )}
    </div>
  );
}

/** The cards could not be asked: why, and a way to try it again. */
export function CannotAsk({ problem, again }: { problem: string; again(): void }): JSX.Element {
  return (
    <p role="alert">
      {`The cards could not be asked: ${problem}. `}
      <button type="button" onClick={again}>
        Ask again
      </button>
    </p>
  );
}

/** Undefined until its cards have answered, and where there are none to ask. */
function tallyOf({ room }: WorkerWhy, said: CardsSaid | undefined, ask: number): CardTally | undefined {
  const answers = ask < 0 ? undefined : said?.answers[ask];
  return answers === undefined || said === undefined
    ? undefined
    : tallyAnswers(room.candidates, said.cards, answers);
}

/** Where workers of a kind fit, in words. */
function placesOf(
  state: ReplayState,
  hosts: readonly number[],
  { request, count }: WorkerWhy,
  said: CardsSaid | undefined,
  ask: number,
): string {
  const answers = ask < 0 ? undefined : said?.answers[ask];
  if (request.ask !== undefined && ask >= 0 && answers === undefined)
    return 'where it fits, its cards have not said yet';
  const partsOn = (gpu: number): number => {
    const answer = answers?.[said?.cards.sheetOf.get(gpu) ?? -1];
    return answer === undefined || answer === null || isRefusal(answer.says) ? 0 : answer.parts;
  };
  return placesText(state, workerPlaces(state, hosts, request, partsOn), count);
}

/** What the cards that would do say to one worker. */
function Cards({ tally }: { tally: CardTally | undefined }): JSX.Element | null {
  if (tally === undefined || tally.taking + tally.refusing.length + tally.unknown === 0) return null;
  const { taking, parts, refusing, unknown } = tally;
  return (
    <>
      <p>
        {taking === 0
          ? `No open card would take it now${refusing.length > 0 ? ':' : '.'}`
          : `${taking} open ${taking === 1 ? 'card' : 'cards'} would take it now, with room for ${parts} such ${parts === 1 ? 'part' : 'parts'}`}
        {taking > 0 && (refusing.length > 0 ? '; the others say:' : '.')}
      </p>
      {refusing.length > 0 && (
        <ul>
          {refusing.map(([rule, cards]) => (
            <li
              key={rule}
            >{`${cards} ${cards === 1 ? 'card' : 'cards'}: ${REFUSAL_RULES[rule]} (${rule})`}</li>
          ))}
        </ul>
      )}
      {unknown > 0 && (
        <p class="soft">{`Of ${unknown} ${unknown === 1 ? 'card' : 'cards'} the replay does not say enough to ask.`}</p>
      )}
    </>
  );
}
