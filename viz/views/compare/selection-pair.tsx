import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import type { ReplayJob } from '../../../sim/observe/replay/index.ts';
import { type Run, useApp, useAppState, useMoment } from '../../app/context.ts';
import type { TwinJob } from '../../replay/divergence-twin.ts';
import { type FleetFacts, fleetFacts } from '../fleet/facts.ts';
import { sameGpu, sameHosts } from '../fleet/same-hosts.ts';
import { select } from '../jobs/select.ts';
import { useLife } from '../jobs/use-life.ts';
import { useClockWords } from '../timeline/use-clock-words.ts';
import { jobLifeRows, jobNowRows } from './job-pair.ts';
import type { PairedRow } from './paired-rows.ts';
import { gpuRows, hostRows, residentsApart, residentsOfGpu, residentsOfHost } from './place-pair.ts';
import { useTwin } from './use-twin.ts';

type Runs = readonly [Run, Run];

/** What is selected as it is in both runs, side by side; nothing where less than two are open or nothing is selected. */
export function SelectionPair(): JSX.Element | null {
  const [first, second] = useApp().runs;
  const kind = useAppState(({ selection }) => selection.kind);
  if (first === undefined || second === undefined || kind === 'none') return null;
  return <InBoth key={`${first.id} ${second.id}`} runs={[first, second]} />;
}

function InBoth({ runs }: { readonly runs: Runs }): JSX.Element | null {
  const selection = useAppState((state) => state.selection);
  const isPlaying = useAppState((state) => state.isPlaying);
  const perSecond = isPlaying ? 4 : 10;
  useMoment(runs[0].player, perSecond);
  useMoment(runs[1].player, perSecond);
  const [a, b] = useMemo(
    () => runs.map(({ player }) => fleetFacts(player.file.outline.header)) as [FleetFacts, FleetFacts],
    [runs[0].player, runs[1].player],
  );
  const hosts = useMemo(() => sameHosts(a, b), [a, b]);
  switch (selection.kind) {
    case 'none':
      return null;
    case 'job':
      return <JobInBoth key={selection.number} runs={runs} number={selection.number} name={selection.name} />;
    case 'host': {
      const name = a.hostNames[selection.host];
      if (name === undefined) return null;
      return <HostInBoth runs={runs} name={name} numbers={[selection.host, hosts[selection.host] ?? -1]} />;
    }
    case 'gpu': {
      const host = a.hostOfGpu[selection.gpu];
      if (host === undefined) return null;
      const name = `${a.hostNames[host]}, GPU ${selection.gpu - (a.gpuStart[host] as number)}`;
      const other = sameGpu(a, b, hosts, selection.gpu);
      return <GpuInBoth runs={runs} name={name} numbers={[selection.gpu, other]} />;
    }
  }
}

function JobInBoth({
  runs,
  number,
  name,
}: {
  readonly runs: Runs;
  readonly number: number;
  readonly name: string;
}): JSX.Element {
  const search = useTwin(runs, number);
  return (
    <section class="compare-pair" aria-labelledby="compare-pair">
      <h2 id="compare-pair">{name} in A and B</h2>
      {search?.kind === 'going' && <p class="soft">Looking for it in B.</p>}
      {search?.kind === 'missing' && <p>{search.why} Below is what A has of it.</p>}
      {search?.kind === 'known' && <KnownJob runs={runs} twin={search.twin} />}
    </section>
  );
}

function KnownJob({ runs, twin }: { readonly runs: Runs; readonly twin: TwinJob }): JSX.Element {
  const clock = useClockWords(runs[0]);
  const ofA = useLife(runs[0], twin.numbers[0], twin.arrivalUs);
  const ofB = useLife(runs[1], twin.numbers[1], twin.arrivalUs);
  const states = [runs[0].player.state, runs[1].player.state] as const;
  const problem = ofA.kind === 'missing' ? ofA.why : ofB.kind === 'missing' ? ofB.why : undefined;
  const now = jobNowRows(twin, states);
  const isKnown = ofA.kind === 'known' && ofB.kind === 'known';
  return (
    <>
      <p class="soft">Arrives at {clock.text(twin.arrivalUs)} in both.</p>
      <Rows rows={isKnown ? [...now, ...jobLifeRows(twin, [ofA.life, ofB.life], states, clock)] : now} />
      {problem !== undefined && <p>{problem}</p>}
      {problem === undefined && !isKnown && <p class="soft">Following it through both runs…</p>}
    </>
  );
}

interface PlaceProps {
  readonly runs: Runs;
  readonly name: string;
  /** In each run; of the second -1 where it has none. */
  readonly numbers: readonly [number, number];
}

function HostInBoth({ runs, name, numbers }: PlaceProps): JSX.Element {
  const [a, b] = [runs[0].player.state, runs[1].player.state];
  return (
    <section class="compare-pair" aria-labelledby="compare-pair">
      <h2 id="compare-pair">{name} in A and B</h2>
      {numbers[1] < 0 ? (
        <p>B has no host of that name.</p>
      ) : (
        <>
          <Rows rows={hostRows([a, b], numbers)} />
          <Residents jobs={[residentsOfHost(a, numbers[0]), residentsOfHost(b, numbers[1])]} />
        </>
      )}
    </section>
  );
}

function GpuInBoth({ runs, name, numbers }: PlaceProps): JSX.Element {
  const [a, b] = [runs[0].player.state, runs[1].player.state];
  return (
    <section class="compare-pair" aria-labelledby="compare-pair">
      <h2 id="compare-pair">{name} in A and B</h2>
      {numbers[1] < 0 ? (
        <p>B has no such GPU: no host of that name, or one with fewer GPUs.</p>
      ) : (
        <>
          <Rows rows={gpuRows([a, b], numbers)} />
          <Residents jobs={[residentsOfGpu(a, numbers[0]), residentsOfGpu(b, numbers[1])]} />
        </>
      )}
    </section>
  );
}

function Rows({ rows }: { readonly rows: readonly PairedRow[] }): JSX.Element {
  return (
    <table class="compare-table">
      <caption class="sr-only">
        What is selected, in both runs; below a number of B, how much more it is
      </caption>
      <thead>
        <tr>
          <td />
          <th scope="col">A</th>
          <th scope="col">B</th>
        </tr>
      </thead>
      <tbody>
        {rows.map(({ label, texts, difference, differs }) => (
          <tr key={label} class={differs ? 'differs' : undefined}>
            <th scope="row">
              {differs && (
                <span class="compare-sign" title="differs">
                  ≠<span class="sr-only"> differs: </span>
                </span>
              )}
              {label}
            </th>
            <td>{texts[0]}</td>
            <td>
              {texts[1]}
              {difference !== '' && <div class="soft">{difference}</div>}
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

/** Jobs that are named at once. */
const MOST_JOBS = 12;

/** Who is on it in one run alone, and who in both. */
function Residents({ jobs }: { readonly jobs: readonly [readonly ReplayJob[], readonly ReplayJob[]] }) {
  const app = useApp();
  const { both, alone } = residentsApart(jobs);
  if (jobs[0].length + jobs[1].length === 0) return <p class="soft">Nobody is on it in either run.</p>;
  const name = (job: ReplayJob, isOfA: boolean): JSX.Element =>
    isOfA ? (
      <button type="button" class="link" onClick={() => select(app, job)}>
        {job.name}
      </button>
    ) : (
      <span>{job.name}</span>
    );
  const list = (title: string, listed: readonly ReplayJob[], isOfA: boolean): JSX.Element => (
    <>
      <dt>{title}</dt>
      <dd>
        {listed.length === 0 && 'none'}
        {listed.slice(0, MOST_JOBS).map((job, i) => (
          <span key={job.number}>
            {i > 0 && ', '}
            {name(job, isOfA)}
          </span>
        ))}
        {listed.length > MOST_JOBS && ` and ${listed.length - MOST_JOBS} more`}
      </dd>
    </>
  );
  return (
    <dl class="facts">
      {list('In both', both, true)}
      {list('In A alone', alone[0], true)}
      {list('In B alone', alone[1], false)}
    </dl>
  );
}
