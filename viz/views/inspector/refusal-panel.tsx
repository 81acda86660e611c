import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ReplayJob } from '../../../sim/observe/replay/index.ts';
import { isRefusal, REFUSAL_RULES } from '../../../sim/sharing/slot.ts';
import type { Run } from '../../app/context.ts';
import { demandText } from '../../draw/words.ts';
import type { CardAnswer } from '../../worker/messages.ts';
import { asksText } from '../jobs/job-rows.ts';
import { CannotAsk } from '../jobs/why-panel.tsx';
import { type WorkerKind, workerKinds } from '../jobs/workers.ts';
import { otherRefusals } from './refusals.ts';
import { useCardAnswers } from './use-card-answers.ts';

/** Jobs that can be chosen. */
const MOST_JOBS = 500;

/** Why this GPU does not take a job that waits: the rule that refuses it, with the figures of the case. */
export function RefusalPanel({ run, gpu }: { run: Run; gpu: number }): JSX.Element {
  const { state } = run.player;
  const [number, choose] = useState(-1);
  const [isOpen, open] = useState(false);
  const waiting = isOpen ? state.jobs.filter((job): job is ReplayJob => job?.phase === 'waiting') : [];
  waiting.sort((a, b) => a.number - b.number);
  const job = waiting.find((each) => each.number === number) ?? waiting[0];
  return (
    <details class="refusals" open={isOpen} onToggle={({ currentTarget }) => open(currentTarget.open)}>
      <summary>Why does it not take a job that waits?</summary>
      {job === undefined ? (
        <p class="soft">Nobody waits at this moment.</p>
      ) : (
        <>
          <label>
            Job{' '}
            <select
              value={String(job.number)}
              onChange={({ currentTarget }) => choose(Number(currentTarget.value))}
            >
              {waiting.slice(0, MOST_JOBS).map((each) => (
                <option key={each.number} value={String(each.number)}>
                  {`${each.name}: ${asksText(each.kind)}`}
                </option>
              ))}
            </select>
          </label>
          {waiting.length > MOST_JOBS && <p class="soft">The first {MOST_JOBS} by arrival.</p>}
          <Reasons key={job.number} run={run} gpu={gpu} job={job} />
        </>
      )}
    </details>
  );
}

/** What keeps each kind of workers of a job off the GPU. */
function Reasons({ run, gpu, job }: { run: Run; gpu: number; job: ReplayJob }): JSX.Element {
  const { state } = run.player;
  const workers = workerKinds(job.kind);
  const asking = workers.filter(({ request }) => request.ask !== undefined);
  const { said, problem, again } = useCardAnswers(
    run,
    `${run.id} ${job.number} ${gpu}`,
    [gpu],
    asking.flatMap(({ request: { ask } }) => ask ?? []),
  );
  const answerTo = (worker: WorkerKind): CardAnswer | null | undefined =>
    said?.answers[asking.indexOf(worker)]?.[said.cards.sheetOf.get(gpu) ?? -1];
  const isAsking = asking.length > 0 && state.cards[gpu] !== undefined && problem === '';
  return (
    <div aria-live="polite" aria-busy={isAsking && (said?.isOld ?? true)}>
      {problem !== '' && <CannotAsk problem={problem} again={again} />}
      {workers.map((worker, i) => (
        <div key={i}>
          {workers.length > 1 && (
            <p>{`${worker.count} of its workers, each ${demandText([worker.request])}:`}</p>
          )}
          <ul>
            <WorkerReasons
              run={run}
              gpu={gpu}
              job={job}
              worker={worker}
              answer={answerTo(worker)}
              isAsking={isAsking && said === undefined}
            />
          </ul>
        </div>
      ))}
    </div>
  );
}

function WorkerReasons({
  run,
  gpu,
  job,
  worker: { request },
  answer,
  isAsking,
}: {
  run: Run;
  gpu: number;
  job: ReplayJob;
  worker: WorkerKind;
  /** Null: the card cannot be asked. */
  answer: CardAnswer | null | undefined;
  isAsking: boolean;
}): JSX.Element {
  const { state, file } = run.player;
  const others = otherRefusals(state, file.outline.header, gpu, job.kind.claim.pool, request);
  const says = answer?.says;
  return (
    <>
      {others.map((text) => (
        <li key={text}>{text}</li>
      ))}
      {says !== undefined && isRefusal(says) && (
        <li>{`${says.detail} (rule ${says.refused}: ${REFUSAL_RULES[says.refused]})`}</li>
      )}
      {says !== undefined && !isRefusal(says) && (
        <li>
          {others.length === 0
            ? `It would take it now, as ${says.label}${request.gpuCount > 1 ? `; the job wants ${request.gpuCount} such GPUs on one host` : ''}. What the job waits for is not this card.`
            : `The card itself would take it, as ${says.label}.`}
        </li>
      )}
      {isAsking && request.ask !== undefined && <li class="soft">Asking the card ...</li>}
      {answer === null && <li class="soft">The replay does not say enough of this card to ask it.</li>}
      {others.length === 0 && state.cards[gpu] === undefined && (
        <li>It has room for it now. What the job waits for is not this GPU.</li>
      )}
    </>
  );
}
