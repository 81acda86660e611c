import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { GPU_CLOSED_FOR } from '../../../sim/cluster/closed-for.ts';
import type { Run } from '../../app/context.ts';
import { useApp } from '../../app/context.ts';
import { clockText, durationText, shareText, tenantText } from '../../draw/words.ts';
import { gpusOf, gpuText, modelOf } from '../jobs/places.ts';
import { select, selectHost } from '../jobs/select.ts';
import { GPU_CLOSED_TEXT, gpusText, namesOfBits } from '../jobs/why-text.ts';
import { Bars } from './bars.tsx';
import { sharesOn } from './course.ts';
import { CourseChart } from './course-chart.tsx';
import { closedText } from './host-panel.tsx';
import { barsOf, catalogueOf, instancesOf } from './memory-map.ts';
import { byteRateText, memoryText, modeText } from './mode-text.ts';
import { RefusalPanel } from './refusal-panel.tsx';

/** Residents that are listed at once. */
const MOST_RESIDENTS = 32;

/** All about one GPU at the cursor. */
export function GpuPanel({ run, gpu }: { run: Run; gpu: number }): JSX.Element {
  const app = useApp();
  const { state, file } = run.player;
  if (gpu >= state.gpuCount)
    return <p>This replay has no GPU number {gpu}. Choose another one in the fleet.</p>;
  const catalogue = catalogueOf(file.outline.header.catalogue);
  const model = modelOf(state, gpu);
  const about = catalogue.gpus.find((each) => each.model === model);
  const host = state.hostOfGpu[gpu] ?? 0;
  const card = state.cards[gpu];
  const closed = namesOfBits(GPU_CLOSED_FOR, state.gpuClosedFor[gpu] ?? 0);
  const hostBits = state.closedFor[host] ?? 0;
  return (
    <>
      <h2>{gpuText(state, gpu)}</h2>
      <dl class="facts">
        <dt>Model</dt>
        <dd>
          {about?.name ?? model}
          {about?.memoryMib != null && <span class="soft"> {memoryText(about.memoryMib)}</span>}
        </dd>
        <dt>Host</dt>
        <dd>
          <button type="button" class="link" onClick={() => selectHost(app, host)}>
            {state.hosts[host]?.name}
          </button>
        </dd>
        <dt>Shared</dt>
        <dd>{card === undefined ? 'by fraction: no mode shares it' : modeText(card.sharing)}</dd>
        {card !== undefined && (
          <>
            <dt>Cut into</dt>
            <dd>{layoutText(run, gpu)}</dd>
            <dt>Works</dt>
            <dd>
              {`${shareText(state.work[gpu] ?? 0)} of its compute${state.isBusy[gpu] === 1 ? '' : ', nobody on it has work'}`}
            </dd>
            <dt>Link</dt>
            <dd>{byteRateText(state.linkBytesPerSec[gpu] ?? 0)}</dd>
          </>
        )}
        <dt>Free</dt>
        <dd>{gpusText(state.gpuFreeMilli[gpu] ?? 0)} of it</dd>
        {(closed.length > 0 || hostBits !== 0) && (
          <>
            <dt>Takes nobody in</dt>
            <dd>
              {[
                ...closed.map((name) => GPU_CLOSED_TEXT[name]),
                ...(hostBits === 0 ? [] : [`its host: ${closedText(hostBits)}`]),
              ].join('; ')}
            </dd>
          </>
        )}
      </dl>
      <Bars bars={barsOf(state, catalogue, gpu)} />
      <Residents run={run} gpu={gpu} />
      <CourseChart run={run} gpu={gpu} />
      <RefusalPanel run={run} gpu={gpu} />
    </>
  );
}

function layoutText({ player: { state, file } }: Run, gpu: number): string {
  const card = state.cards[gpu];
  if (card === undefined) return '';
  const geometry = catalogueOf(file.outline.header.catalogue).geometries.find(
    ({ model }) => model === modelOf(state, gpu),
  );
  if (card.cut !== null) return `${card.cut}${card.isCutHeld ? ', and takes nobody in' : ''}`;
  if (geometry === undefined) return 'parts are made as tenants come';
  const instances = instancesOf(geometry, card, state.occupants[gpu] ?? []);
  const names = instances.map(
    ({ profile, start, isHeld }) => `${profile}@${start}${isHeld ? ' (takes nobody in)' : ''}`,
  );
  const made = card.standing === null ? 'made as tenants come: ' : '';
  return `${made}${names.length === 0 ? 'no instances' : names.join(', ')}`;
}

/** Who is on it, with what part, and how much it does for each. */
function Residents({ run, gpu }: { run: Run; gpu: number }): JSX.Element {
  const app = useApp();
  const [shown, setShown] = useState(MOST_RESIDENTS);
  const { state } = run.player;
  const occupants = state.occupants[gpu] ?? [];
  const isShared = state.cards[gpu] !== undefined;
  const work = new Map<number, number>();
  if (isShared)
    for (const { number, share } of sharesOn(state, gpu)) work.set(number, (work.get(number) ?? 0) + share);
  // One session stands for all of its group where those fill the card.
  const isForAll = work.size === 1 && new Set(occupants.map(({ job }) => job.number)).size > 1;
  return (
    <section aria-label="Residents">
      <h3>{`Residents (${occupants.length})`}</h3>
      {occupants.length === 0 ? (
        <p class="soft">Nobody is on it.</p>
      ) : (
        <table class="residents">
          <thead>
            <tr>
              <th scope="col">Job</th>
              <th scope="col">Part</th>
              {isShared && (
                <th scope="col" class="number">
                  Memory
                </th>
              )}
              {isShared && (
                <th scope="col" class="number">
                  Work
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {occupants.slice(0, shown).map(({ job, slot, milli }, i) => (
              <tr key={`${job.number} ${i}`}>
                <th scope="row">
                  <button type="button" class="link" onClick={() => select(app, job)}>
                    {job.name}
                  </button>
                  <div class="soft">
                    {tenantText(job.kind)}
                    {job.phase === 'running'
                      ? job.kind.kind === 'session' && !job.isActive
                        ? ', idle'
                        : ''
                      : `, ${job.phase}`}
                    {job.to !== undefined && gpusOf(state, job.to).includes(gpu) && ', coming here'}
                  </div>
                </th>
                <td>
                  {slot?.label ?? ''} <span class="soft">{`${gpusText(milli)} GPU`}</span>
                </td>
                {isShared && (
                  <td class="number">
                    {slot === undefined || slot.memoryMib === 0 ? '-' : memoryText(slot.memoryMib)}
                  </td>
                )}
                {isShared && <td class="number">{workText(work.get(job.number), isForAll)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {occupants.length > shown && (
        <button type="button" onClick={() => setShown(shown + 200)}>
          {occupants.length - shown} more
        </button>
      )}
      {isForAll && (
        <p class="soft">
          The replay has the work of these sessions together: {shareText(state.work[gpu] ?? 0)}.
        </p>
      )}
      <p class="soft">
        At {`${clockText(state.nowUs)}; the oldest is there for ${durationText(oldestUs(run, gpu))}.`}
      </p>
    </section>
  );
}

function workText(work: number | undefined, isForAll: boolean): string {
  if (isForAll) return 'in all';
  return work === undefined ? '-' : shareText(work);
}

function oldestUs({ player: { state } }: Run, gpu: number): number {
  const starts = (state.occupants[gpu] ?? []).map(({ job }) => job.startedUs).filter((us) => us >= 0);
  return starts.length === 0 ? 0 : state.nowUs - starts.reduce((least, us) => Math.min(least, us));
}
