import type { JSX } from 'preact';
import type { ReplayJob } from '../../../sim/observe/replay/index.ts';
import { type Run, useApp, useAppState } from '../../app/context.ts';
import { classText, clockText, durationText, tenantText } from '../../draw/words.ts';
import { JobLane } from '../jobs/job-lane.tsx';
import { asksText, stateText } from '../jobs/job-rows.ts';
import { gpusOf, gpuText } from '../jobs/places.ts';
import { select, selectGpu, selectHost } from '../jobs/select.ts';
import { useLife } from '../jobs/use-life.ts';
import { WhyPanel } from '../jobs/why-panel.tsx';
import { JobTable } from './host-panel.tsx';
import { definitionOf } from './job-definition.ts';

/** All about one job: what it is, where it is, who is beside it, and its life. */
export function JobPanel({ run, number, name }: { run: Run; number: number; name: string }): JSX.Element {
  const app = useApp();
  const view = useAppState((state) => state.view);
  const { state, file } = run.player;
  const job = state.jobs.find((each) => each?.number === number);
  return (
    <>
      <h2>{name}</h2>
      {job === undefined ? <Absent run={run} number={number} /> : <Present run={run} job={job} />}
      {job?.phase === 'waiting' && view !== 'jobs' && <WhyPanel run={run} job={job} />}
      {view !== 'jobs' && <JobLane run={run} number={number} arrivalUs={job?.arrivalUs} />}
      {job !== undefined && (
        <>
          <details class="definition">
            <summary>Definition</summary>
            <dl class="facts">
              {definitionOf(job, file.outline.header.pools[job.kind.claim.pool]?.name).map(([term, text]) => (
                <>
                  <dt>{term}</dt>
                  <dd>{text}</dd>
                </>
              ))}
            </dl>
          </details>
          {job.parts.length > 0 && (
            <JobTable
              title="Neighbours on its GPUs"
              run={run}
              jobs={neighboursOf(run, job)}
              onSelect={(other) => select(app, other)}
            />
          )}
        </>
      )}
    </>
  );
}

function Present({ run, job }: { run: Run; job: ReplayJob }): JSX.Element {
  const { state } = run.player;
  return (
    <dl class="facts">
      <dt>Now</dt>
      <dd>
        {stateText(state, job)} <span class="soft">for {durationText(state.nowUs - job.sinceUs)}</span>
      </dd>
      <dt>Tenant</dt>
      <dd>{tenantText(job.kind)}</dd>
      <dt>Class</dt>
      <dd>{classText(job.kind)}</dd>
      <dt>Asks for</dt>
      <dd>{asksText(job.kind)}</dd>
      <dt>Arrived</dt>
      <dd>{clockText(job.arrivalUs)}</dd>
      {job.startedUs >= 0 && (
        <>
          <dt>Started</dt>
          <dd>
            {clockText(job.startedUs)}
            {job.starts > 1 && <span class="soft"> the last of {job.starts} times</span>}
          </dd>
        </>
      )}
      {job.parts.length > 0 && <Places title="On" run={run} parts={job.parts} />}
      {job.to !== undefined && <Places title="Moves to" run={run} parts={job.to} />}
    </dl>
  );
}

const MOST_PLACES = 64;

function Places({ title, run, parts }: { title: string; run: Run; parts: ReplayJob['parts'] }): JSX.Element {
  const app = useApp();
  const { state } = run.player;
  return (
    <>
      <dt>{title}</dt>
      <dd>
        {parts.slice(0, MOST_PLACES).map((part, i) => (
          <div key={i}>
            {part.gpus.length === 0 && (
              <button type="button" class="link" onClick={() => selectHost(app, part.host)}>
                {state.hosts[part.host]?.name}
              </button>
            )}
            {gpusOf(state, [part]).map((gpu) => (
              <span key={gpu} class="place">
                <button type="button" class="link" onClick={() => selectGpu(app, gpu)}>
                  {gpuText(state, gpu)}
                </button>{' '}
              </span>
            ))}
            {part.grant.length > 0 && (
              <span class="soft">{part.grant.map(({ label }) => label).join(', ')}</span>
            )}
          </div>
        ))}
        {parts.length > MOST_PLACES && <span class="soft">and {parts.length - MOST_PLACES} more</span>}
      </dd>
    </>
  );
}

/** A job that is not in the system now: whether it has left it or not come yet. */
function Absent({ run, number }: { run: Run; number: number }): JSX.Element {
  const search = useLife(run, number, undefined);
  const { nowUs } = run.player.state;
  if (search.kind === 'going') return <p class="soft">Looking for it in the replay.</p>;
  if (search.kind === 'missing') return <p>{search.why}</p>;
  const { arrivalUs, endUs, kind } = search.life;
  return (
    <>
      <p>
        {nowUs < arrivalUs
          ? `It has not arrived yet: it comes at ${clockText(arrivalUs)}.`
          : `It is not in the system any more${endUs === undefined ? '' : `: it left it at ${clockText(endUs)}`}.`}
      </p>
      {kind !== undefined && (
        <dl class="facts">
          <dt>Tenant</dt>
          <dd>{tenantText(kind)}</dd>
          <dt>Class</dt>
          <dd>{classText(kind)}</dd>
          <dt>Asks for</dt>
          <dd>{asksText(kind)}</dd>
        </dl>
      )}
    </>
  );
}

function neighboursOf({ player: { state } }: Run, job: ReplayJob): readonly ReplayJob[] {
  const others = new Set<ReplayJob>();
  for (const gpu of gpusOf(state, job.parts))
    for (const { job: other } of state.occupants[gpu] ?? []) if (other !== job) others.add(other);
  return [...others];
}
