import type { JSX } from 'preact';
import { CLOSED_FOR } from '../../../sim/cluster/closed-for.ts';
import { GPU_MILLI } from '../../../sim/cluster/request.ts';
import type { ReplayJob } from '../../../sim/observe/replay/index.ts';
import { type Run, useApp } from '../../app/context.ts';
import { shareText } from '../../draw/words.ts';
import { asksText, stateText } from '../jobs/job-rows.ts';
import { modelOf } from '../jobs/places.ts';
import { select, selectGpu } from '../jobs/select.ts';
import { CLOSED_TEXT, gpusText, namesOfBits } from '../jobs/why-text.ts';
import { memoryText } from './mode-text.ts';

const MOST_ROWS = 100;

/** Why a host takes nobody in, in words. */
export function closedText(bits: number): string {
  return namesOfBits(CLOSED_FOR, bits)
    .map((why) => CLOSED_TEXT[why])
    .join('; ');
}

/** All about one host at the cursor. */
export function HostPanel({ run, host }: { run: Run; host: number }): JSX.Element {
  const app = useApp();
  const { state, file } = run.player;
  const spec = state.hosts[host];
  if (spec === undefined)
    return <p>This replay has no host number {host}. Choose another one in the fleet.</p>;
  const [first = 0, end = 0] = [state.gpuStart[host], state.gpuStart[host + 1]];
  const gpus = Array.from({ length: end - first }, (_, i) => first + i);
  const jobs = new Set<ReplayJob>();
  for (const gpu of gpus) for (const { job } of state.occupants[gpu] ?? []) jobs.add(job);
  // Those without a GPU are nobody's occupants.
  for (const job of state.jobs)
    if (job?.parts.some((part) => part.host === host) || job?.to?.some((part) => part.host === host))
      jobs.add(job);
  const { pools } = file.outline.header;
  const pool = pools.find((each) => each.hosts.includes(host));
  const bits = state.closedFor[host] ?? 0;
  const down = [...state.down.values()].filter(
    ({ unit }) => unit === spec.name || unit.startsWith(`${spec.name}/`),
  );
  return (
    <>
      <h2>{spec.name}</h2>
      <dl class="facts">
        <dt>CPU</dt>
        <dd>{`${(state.cpuFreeMilli[host] ?? 0) / 1000} of ${spec.cpuMilli / 1000} cores free`}</dd>
        <dt>Memory</dt>
        <dd>{`${memoryText(state.memoryFreeMib[host] ?? 0)} of ${memoryText(spec.memoryMib)} free`}</dd>
        <dt>GPUs</dt>
        <dd>{spec.gpus.map(({ model, count }) => `${count} x ${model}`).join(', ') || 'none'}</dd>
        <dt>Pool</dt>
        <dd>{pool?.name ?? 'all'}</dd>
        {spec.place?.rack !== undefined && (
          <>
            <dt>Rack</dt>
            <dd>{spec.place.rack}</dd>
          </>
        )}
        <dt>Takes jobs in</dt>
        <dd>{bits === 0 ? 'yes' : `no: ${closedText(bits)}`}</dd>
        {down.length > 0 && (
          <>
            <dt>Broken down</dt>
            <dd>{down.map(({ kind, unit }) => `${kind} ${unit}`).join(', ')}</dd>
          </>
        )}
      </dl>
      <h3>GPUs</h3>
      <table>
        <thead>
          <tr>
            <th scope="col">GPU</th>
            <th scope="col" class="number">
              Free
            </th>
            <th scope="col" class="number">
              Jobs
            </th>
            <th scope="col" class="number">
              Work
            </th>
          </tr>
        </thead>
        <tbody>
          {gpus.slice(0, MOST_ROWS).map((gpu) => (
            <tr key={gpu}>
              <th scope="row">
                <button type="button" class="link" onClick={() => selectGpu(app, gpu)}>
                  {`GPU ${gpu - first}`}
                </button>{' '}
                <span class="soft">
                  {modelOf(state, gpu)}
                  {state.gpuClosedFor[gpu] !== 0 && ', closed'}
                </span>
              </th>
              <td class="number">{shareText((state.gpuFreeMilli[gpu] ?? 0) / GPU_MILLI)}</td>
              <td class="number">
                {new Set((state.occupants[gpu] ?? []).map(({ job }) => job.number)).size}
              </td>
              <td class="number">{state.cards[gpu] === undefined ? '-' : shareText(state.work[gpu] ?? 0)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {gpus.length > MOST_ROWS && <p class="soft">and {gpus.length - MOST_ROWS} more</p>}
      <JobTable title="Jobs" run={run} jobs={[...jobs]} onSelect={(job) => select(app, job)} />
      <p class="soft">
        {`${gpusText(gpus.reduce((sum, gpu) => sum + (state.gpuFreeMilli[gpu] ?? 0), 0))} of ${gpus.length} GPUs are free.`}
      </p>
    </>
  );
}

/** Jobs in a few columns, each with a button that selects it. */
export function JobTable({
  title,
  run,
  jobs,
  onSelect,
}: {
  title: string;
  run: Run;
  jobs: readonly ReplayJob[];
  onSelect(job: ReplayJob): void;
}): JSX.Element {
  const { state } = run.player;
  return (
    <>
      <h3>{`${title} (${jobs.length})`}</h3>
      {jobs.length === 0 && <p class="soft">None.</p>}
      {jobs.length > 0 && (
        <table>
          <thead>
            <tr>
              <th scope="col">Job</th>
              <th scope="col">Asks for</th>
              <th scope="col">State</th>
            </tr>
          </thead>
          <tbody>
            {jobs.slice(0, MOST_ROWS).map((job) => (
              <tr key={job.number}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => onSelect(job)}>
                    {job.name}
                  </button>
                </th>
                <td>{asksText(job.kind)}</td>
                <td>{stateText(state, job)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {jobs.length > MOST_ROWS && <p class="soft">and {jobs.length - MOST_ROWS} more</p>}
    </>
  );
}
