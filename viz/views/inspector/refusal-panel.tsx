import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { ReplayJob } from '../../../sim/observe/replay/index.ts';
import { isRefusal, REFUSAL_RULES } from '../../../sim/sharing/slot.ts';
import type { Run } from '../../app/context.ts';
import { asksText } from '../jobs/job-rows.ts';
import { useCardTwins } from '../jobs/why-panel.tsx';
import { otherRefusals } from './refusals.ts';

/** Jobs that can be chosen. */
const MOST_JOBS = 500;

/** Why this GPU does not take a job that waits: the rule that refuses it, with the figures of the case. */
export function RefusalPanel({ run, gpu }: { run: Run; gpu: number }): JSX.Element {
  const { state, file } = run.player;
  const [number, choose] = useState(-1);
  const [isOpen, open] = useState(false);
  const waiting = isOpen ? state.jobs.filter((job): job is ReplayJob => job?.phase === 'waiting') : [];
  waiting.sort((a, b) => a.number - b.number);
  const job = waiting.find((each) => each.number === number) ?? waiting[0];
  const request = job?.kind.requests[0];
  const twins = useCardTwins(run, isOpen && state.cards[gpu] !== undefined);
  const answer = request?.ask === undefined ? undefined : twins?.admit(state, gpu, request.ask);
  const others = job === undefined ? [] : otherRefusals(state, file.outline.header, gpu, job);
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
          <ul aria-live="polite">
            {others.map((text) => (
              <li key={text}>{text}</li>
            ))}
            {answer !== undefined && isRefusal(answer) && (
              <li>{`${answer.detail} (rule ${answer.refused}: ${REFUSAL_RULES[answer.refused]})`}</li>
            )}
            {answer !== undefined && !isRefusal(answer) && (
              <li>
                {others.length === 0
                  ? `It would take it now, as ${answer.label}${request !== undefined && request.gpuCount > 1 ? `; the job wants ${request.gpuCount} such GPUs on one host` : ''}. What the job waits for is not this card.`
                  : `The card itself would take it, as ${answer.label}.`}
              </li>
            )}
            {answer === undefined && request?.ask !== undefined && state.cards[gpu] !== undefined && (
              <li class="soft">
                {twins === undefined
                  ? 'Asking the card ...'
                  : 'The replay does not say enough of this card to ask it.'}
              </li>
            )}
            {others.length === 0 && state.cards[gpu] === undefined && (
              <li>It has room for it now. What the job waits for is not this GPU.</li>
            )}
          </ul>
        </>
      )}
    </details>
  );
}
