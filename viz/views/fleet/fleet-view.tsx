import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { type Run, useApp, useAppState, useMoment, useRun } from '../../app/context.ts';
import { durationText, PHASE_TEXT, reasonText, shareText } from '../../draw/words.ts';
import { COLOURINGS, type Colouring } from '../../state/app-state.ts';
import { CONDITION_SIGN, CONDITION_TEXT, CONDITIONS, gpuCondition, hostCondition } from './condition.ts';
import { type FleetFacts, fleetFacts } from './facts.ts';
import { FleetMap } from './fleet-map.tsx';
import { hostRows } from './host-rows.ts';
import { legendOf } from './legend.ts';
import { HATCH_PATHS, type Hatch, Look } from './look.ts';
import { jobByNumber } from './overlay.ts';
import './fleet.css';

const COLOURING_TEXT: Readonly<Record<Colouring, string>> = {
  tenant: 'tenant',
  class: 'class',
  utilization: 'utilization of the GPU',
  wait: 'time from arrival to start',
  state: 'state of the job',
};

const HATCH_TEXT: readonly (readonly [Hatch, string])[] = [
  ['starting', PHASE_TEXT.starting],
  ['saving', PHASE_TEXT.saving],
  ['stopping', PHASE_TEXT.stopping],
  ['moving', PHASE_TEXT.moving],
  ['held', 'free, but to be cut anew'],
  ['failed', 'failed'],
];

/** Every host and GPU of the fleet at the cursor, and who is on it. */
export function FleetView(): JSX.Element {
  const run = useRun();
  if (run === undefined) return <p>Open a replay to see its fleet.</p>;
  return <Fleet key={run.id} run={run} />;
}

function Fleet({ run }: { readonly run: Run }): JSX.Element {
  const { store } = useApp();
  const colouring = useAppState((state) => state.colouring);
  const facts = useMemo(() => fleetFacts(run.player.file.outline.header), [run]);
  if (facts.hostCount === 0) return <p>The fleet of this run has no hosts: there is nothing to draw.</p>;
  return (
    <div class="fleet">
      <div class="fleet-head">
        <label>
          Coloured by{' '}
          <select
            value={colouring}
            onChange={({ currentTarget }) =>
              store.change(`colours by ${currentTarget.value}`, (draft) => {
                draft.colouring = currentTarget.value as Colouring;
              })
            }
          >
            {COLOURINGS.map((each) => (
              <option key={each} value={each}>
                {COLOURING_TEXT[each]}
              </option>
            ))}
          </select>
        </label>
        <SelectedJob run={run} />
      </div>
      <FleetMap run={run} />
      <LegendList run={run} facts={facts} colouring={colouring} />
      <HostTable run={run} facts={facts} />
    </div>
  );
}

/** What the map shows of the selected job, in words. */
function SelectedJob({ run }: { readonly run: Run }): JSX.Element | null {
  const selection = useAppState((state) => state.selection);
  useMoment(run.player, 4);
  if (selection.kind !== 'job') return null;
  const { state } = run.player;
  const job = jobByNumber(state, selection.number);
  if (job === undefined) return <span>{selection.name} is not in the system at this moment.</span>;
  if (job.phase === 'waiting') {
    const reason = state.reasons.get(job.group);
    let others = 0;
    for (const each of state.jobs)
      if (each?.phase === 'waiting' && each.group === job.group && each !== job) others += 1;
    return (
      <span>
        {job.name} has waited for {durationText(state.nowUs - job.sinceUs)}
        {reason === undefined ? '' : `: ${reasonText(reason)}`}. {others} others wait for the same reason.
      </span>
    );
  }
  const gpus = job.parts.reduce((sum, part) => sum + part.gpus.length, 0);
  const hosts = new Set(job.parts.map(({ host }) => host)).size;
  return (
    <span>
      {job.name} is {PHASE_TEXT[job.phase]} on {gpus} GPUs of {hosts} hosts: framed. Other GPUs of the jobs
      beside it are dashed.
    </span>
  );
}

function LegendList({
  run,
  facts,
  colouring,
}: {
  readonly run: Run;
  readonly facts: FleetFacts;
  readonly colouring: Colouring;
}): JSX.Element {
  useMoment(run.player, 3);
  const theme = useAppState((state) => state.theme);
  const [look, setLook] = useState(() => new Look());
  useEffect(() => {
    // After the page has taken the theme on.
    const frame = requestAnimationFrame(() => setLook(new Look()));
    const system = matchMedia('(prefers-color-scheme: dark)');
    const onSystem = () => setLook(new Look());
    system.addEventListener('change', onSystem);
    return () => {
      cancelAnimationFrame(frame);
      system.removeEventListener('change', onSystem);
    };
  }, [theme]);
  const { state } = run.player;
  const { entries, others, gpus, freeGpus, failedGpus, closedGpus, takenMilli } = legendOf(
    facts,
    state,
    colouring,
  );
  const conditions = conditionsIn(facts, state.closedFor, state.gpuClosedFor);
  return (
    <section class="fleet-legend" aria-label="Legend">
      <p>
        <strong>{gpus} GPUs</strong>: {shareText(gpus === 0 ? 0 : takenMilli / (1000 * gpus))} taken,{' '}
        {freeGpus} without anybody, {failedGpus} failed, {closedGpus} closed for other reasons;{' '}
        {state.waiting} jobs wait
      </p>
      <ul aria-label={`Colours by ${COLOURING_TEXT[colouring]}`}>
        {entries.map(({ key, name, residents, milli }) => (
          <li key={key}>
            <i class="swatch" style={{ background: look.fill(colouring, key) }} /> {name}{' '}
            <span class="soft">
              {residents} on {gpuText(milli)} GPUs
            </span>
          </li>
        ))}
        {others.names > 0 && (
          <li>
            {others.names} others{' '}
            <span class="soft">
              {others.residents} on {gpuText(others.milli)} GPUs
            </span>
          </li>
        )}
        <li>
          <i class="swatch" style={{ background: look.free }} /> free
        </li>
      </ul>
      <ul aria-label="Hatchings and signs" class="soft">
        {HATCH_TEXT.map(([hatch, text]) => (
          <li key={hatch}>
            <svg class={`swatch ${hatch}`} viewBox="0 0 16 8" aria-hidden="true">
              <path d={HATCH_PATHS[hatch]} />
              <path d={HATCH_PATHS[hatch]} transform="translate(8 0)" />
            </svg>{' '}
            {text}
          </li>
        ))}
        {conditions.map(([condition, count]) => (
          <li key={condition}>
            <b class="sign">{CONDITION_SIGN[condition]}</b> {CONDITION_TEXT[condition]}: {count}
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Conditions that hold somewhere, with the number of hosts and single GPUs. */
function conditionsIn(facts: FleetFacts, hosts: Uint8Array, gpus: Uint8Array) {
  const counts = new Map<string, number>();
  for (let host = 0; host < facts.hostCount; host++) {
    const condition = hostCondition(hosts[host] as number);
    counts.set(condition, (counts.get(condition) ?? 0) + 1);
  }
  const gpuCounts = new Map<string, number>();
  for (let gpu = 0; gpu < facts.gpuCount; gpu++) {
    if (gpus[gpu] === 0) continue;
    const condition = gpuCondition(gpus[gpu] as number);
    gpuCounts.set(condition, (gpuCounts.get(condition) ?? 0) + 1);
  }
  return CONDITIONS.flatMap((condition) => {
    if (condition === 'open') return [];
    const [ofHosts, ofGpus] = [counts.get(condition) ?? 0, gpuCounts.get(condition) ?? 0];
    const parts = [ofHosts > 0 ? counted(ofHosts, 'host') : '', ofGpus > 0 ? counted(ofGpus, 'GPU') : ''];
    const text = parts.filter((part) => part !== '').join(', ');
    return text === '' ? [] : [[condition, text] as const];
  });
}

function counted(count: number, word: string): string {
  return `${count} ${word}${count === 1 ? '' : 's'}`;
}

function gpuText(milli: number): string {
  return String(Number((milli / 1000).toFixed(milli < 10_000 ? 2 : 0)));
}

/** Rows that the table shows. */
const MOST_ROWS = 200;

function HostTable({ run, facts }: { readonly run: Run; readonly facts: FleetFacts }): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="fleet-table" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>The fleet as a table</summary>
      {isOpen && <HostRows run={run} facts={facts} />}
    </details>
  );
}

function HostRows({ run, facts }: { readonly run: Run; readonly facts: FleetFacts }): JSX.Element {
  useMoment(run.player, 2);
  const { store } = useApp();
  const [text, setText] = useState('');
  const { rows, found } = hostRows(facts, run.player.state, text, MOST_ROWS);
  return (
    <>
      <p>
        <label>
          Hosts with{' '}
          <input
            type="search"
            value={text}
            placeholder="name, pool, GPU model or condition"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>{' '}
        <span role="status">
          {found === 0 ? 'No host matches: try a part of its name.' : `${rows.length} of ${found} that match`}
        </span>
      </p>
      <div class="fleet-scroll">
        <table>
          <thead>
            <tr>
              <th>Host</th>
              <th>Pool</th>
              <th>GPUs</th>
              <th class="number">Without anybody</th>
              <th class="number">Taken</th>
              <th class="number">Residents</th>
              <th>Condition</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.host}>
                <td>
                  <button
                    type="button"
                    onClick={() =>
                      store.change(`host ${row.name}`, (draft) => {
                        draft.selection = { kind: 'host', host: row.host };
                      })
                    }
                  >
                    {row.name}
                  </button>
                </td>
                <td>{row.pool}</td>
                <td>{row.gpus}</td>
                <td class="number">
                  {row.freeGpus} of {row.gpuCount}
                </td>
                <td class="number">{shareText(row.taken)}</td>
                <td class="number">{row.residents}</td>
                <td>{row.condition}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}
