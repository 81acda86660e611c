import type { Assumption } from '../experiment/assumptions.ts';
import type { Metric } from '../experiment/metric.ts';
import type { RunResult } from '../experiment/result.ts';
import type { CanonicalDocument } from '../scenario/canonical/scenario.ts';
import { sharingMode } from '../sharing/index.ts';
import { alertBlocks } from './alerts.ts';
import { type Block, LABEL, layOut, row, table, value } from './blocks.ts';
import { costBlocks } from './cost.ts';
import { faultBlocks } from './faults.ts';
import { count, groupDigits, percent, plural, printable, seconds } from './format.ts';
import { giveBackBlocks } from './give-back.ts';
import { policyRows } from './policy.ts';
import { waterfallBlocks } from './waterfall.ts';

const MOST_COLUMNS = 100;
const FEWEST_COLUMNS = 80;
const LISTED_ASSUMPTIONS = 12;
/** Columns of the fill curve that the published comparisons look at. */
const CURVE_AT = [20, 40, 60, 80, 90, 100, 110, 120, 130];

/**
 * The result of a run for a terminal: what was asked, what came out, why, and how to have it again.
 *
 * @param columns of the terminal; lines have that many, but 80 at least and 100 at most
 */
export function summaryText(result: RunResult, columns: number = MOST_COLUMNS): string {
  const width = Math.max(FEWEST_COLUMNS, Math.min(MOST_COLUMNS, columns));
  const document = result.scenario as CanonicalDocument;
  const isFill = document.experiment.kind === 'fill';
  const blocks: Block[] = [
    ...head(result, document),
    '',
    ...(isFill ? fillLines(result) : timedLines(result)),
    '',
    ...modelLines(result, isFill),
    ...waterfallLines(result),
    ...costLines(result),
    ...explanationLines(result),
    ...alertBlocks(result),
    ...(isFill ? curveLines(result) : []),
    ...assumptionLines(result.assumptions),
    ...result.notes.map((note) => ({ start: 'Note: ', text: note })),
    row('Digest', `${result.digest} (same scenario, seed and version give the same)`),
  ];
  return `${layOut(blocks, width).join('\n')}\n`;
}

/** What became of the capacity, and what would give some of it back, each with an empty line behind it. */
function waterfallLines(result: RunResult): Block[] {
  return [waterfallBlocks(result), giveBackBlocks(result)].flatMap((blocks) =>
    blocks.length === 0 ? [] : [...blocks, ''],
  );
}

/** The bill, with an empty line behind it. */
function costLines(result: RunResult): Block[] {
  const blocks = costBlocks(result);
  return blocks.length === 0 ? [] : [...blocks, ''];
}

function head(result: RunResult, document: CanonicalDocument): Block[] {
  const { name, experiment } = document;
  const gpus = (result.metrics['gpu.capacityMilli']?.value ?? 0) / 1000;
  const models = Object.entries(result.groups.gpuModel)
    .map(([model, metrics]) => ({ model, gpus: (metrics['gpu.capacityMilli']?.value ?? 0) / 1000 }))
    .sort((a, b) => b.gpus - a.gpus || (a.model < b.model ? -1 : 1));
  const byModel = models.map((m) => `${groupDigits(m.gpus)} ${printable(m.model)}`).join(', ');
  const kind =
    experiment.kind === 'timed'
      ? `timed, ${seconds(result.metrics['time.end']?.value)} simulated`
      : experiment.order === 'file'
        ? 'fill, tasks in the order of the file'
        : `fill, until ${experiment.target} times the GPU capacity is requested`;
  const { seeds } = result;
  return [
    row('Scenario', printable(name)),
    row('Experiment', kind),
    ...policyRows(document),
    row('Fleet', models.length === 0 ? plural(gpus, 'GPU') : `${plural(gpus, 'GPU')}: ${byModel}`),
    ...sharingRow(document),
    row(
      'Seeds',
      seeds.length === 1
        ? String(seeds[0])
        : `${seeds[0]} to ${seeds.at(-1)} (${seeds.length} replications, 95 % intervals)`,
    ),
  ];
}

/** The sharing modes of the fleet, at the start and after changes; nothing where all GPUs are shared by fraction. */
function sharingRow({ fleet, changes }: CanonicalDocument): Block[] {
  const modes = new Set<string>();
  for (const { sharing } of [...(fleet.hosts ?? []), ...(changes ?? [])])
    if (sharing != null) modes.add(sharingMode(sharing.mode).title);
  return modes.size === 0 ? [] : [row('Sharing', [...modes].join(', '))];
}

function fillLines({ metrics }: RunResult): Block[] {
  const m = (name: string) => metrics[name];
  const capacity = m('gpu.capacityMilli')?.value ?? 0;
  const gpus = (metric: Metric | undefined) => (metric?.value ?? 0) / 1000;
  return [
    row(
      'Jobs',
      `${value(m('jobs.arrived'))} arrived, ${value(m('jobs.placed'))} placed, ${value(m('jobs.rejected'))} rejected`,
    ),
    row(
      'GPU',
      `${value(m('gpu.allocated.end'))} allocated: ${count(gpus(m('gpu.allocatedMilli')))} of ${plural(capacity / 1000, 'GPU')}, at ${percent((m('gpu.requestedMilli')?.value ?? 0) / capacity)} requested`,
    ),
    ...fillOptimum(metrics),
    row('CPU, memory', `${value(m('cpu.allocated.end'))} and ${value(m('memory.allocated.end'))} allocated`),
    row(
      'Fragmentation',
      `${value(m('fragmentation.end'))} of capacity is idle but useless to the usual next task (${value(m('fragmentation.ofIdle.end'))} of the idle)`,
    ),
  ];
}

/** What no policy could have exceeded; nothing where nobody asked. */
function fillOptimum(metrics: RunResult['metrics']): Block[] {
  const m = (name: string) => metrics[name];
  if (m('gpu.hindsight.bound')?.value == null) return [];
  const reached = (name: string) =>
    m(`${name}.hindsight.reached`)?.value == null
      ? ''
      : `; ${value(m(`${name}.hindsight.reached`))} of that was reached`;
  const jobs = m('jobs.hindsight.bound');
  return [
    row(
      'Optimum',
      `no policy could have exceeded ${value(m('gpu.hindsight.bound'))}, knowing all tasks${reached('gpu')}`,
    ),
    ...(jobs === undefined
      ? []
      : [row('', `nor have placed more than ${value(jobs)} jobs${reached('jobs')}`)]),
  ];
}

/** What no policy could have had less of; nothing where nobody asked or nothing is proven. */
function timedOptimum(metrics: RunResult['metrics']): Block[] {
  const m = (name: string) => metrics[name];
  const known = ['mean', 'p50', 'p95', 'p99'].filter((part) => m(`wait.hindsight.${part}`)?.value != null);
  const load = m('gpu.hindsight.load');
  const waits = known.map((part) => `${part}\u00a0${value(m(`wait.hindsight.${part}`))}`).join(', ');
  return [
    ...(known.length === 0
      ? []
      : [
          row(
            'Least wait',
            `${waits}: no policy that stops no job and leaves no more waiting at the end could have had less, knowing all arrivals`,
          ),
        ]),
    ...(load?.value == null
      ? []
      : [row('Load', `${value(load)} of what the hosts can do at most is offered in the long run`)]),
  ];
}

function timedLines({ metrics }: RunResult): Block[] {
  const m = (name: string) => metrics[name];
  const times = (name: string) =>
    ['mean', 'p50', 'p95', 'p99', 'max']
      .map((part) => `${part}\u00a0${value(m(`${name}.${part}`))}`)
      .join(', ');
  const hasGpus = (m('gpu.capacityMilli')?.value ?? 0) > 0;
  const reasons = Object.keys(metrics).flatMap((name) =>
    name.startsWith('jobs.failed.') ? [name.slice('jobs.failed.'.length)] : [],
  );
  const failed =
    m('jobs.failed') === undefined ? '' : `, ${value(m('jobs.failed'))} failed (${reasons.join(', ')})`;
  const optional = (name: string, label: string, remark = '') =>
    m(`${name}.mean`)?.value == null ? [] : [row(label, `${times(name)}${remark}`)];
  return [
    row(
      'Jobs',
      `${value(m('jobs.arrived'))} arrived, ${value(m('jobs.completed'))} completed${failed}, ${value(m('jobs.running'))} running, ${value(m('jobs.waiting'))} waiting, ${value(m('jobs.rejected'))} rejected`,
    ),
    ...stoppedRow(metrics),
    m('wait.mean')?.value == null
      ? row('Wait', 'nothing to measure: no job arrived after the warm-up and started')
      : row('Wait', times('wait')),
    ...timedOptimum(metrics),
    ...optional('completion', 'Completion'),
    ...optional('stretch', 'Stretch', ' (time on its GPUs as a multiple of the work)'),
    hasGpus
      ? row(
          'GPU',
          `${value(m('gpu.allocated.mean'))} allocated on average, ${value(m('gpu.allocated.peak'))} at the peak${utilized(metrics)}`,
        )
      : row('GPU', 'the fleet has none'),
    row('CPU', `${value(m('cpu.allocated.mean'))} on average, ${value(m('cpu.allocated.peak'))} at the peak`),
    row(
      'Memory',
      `${value(m('memory.allocated.mean'))} on average, ${value(m('memory.allocated.peak'))} at the peak`,
    ),
    ...(hasGpus
      ? [
          row(
            'Fragmentation',
            `${value(m('fragmentation.mean'))} of capacity on average is idle but useless to the usual next task`,
          ),
        ]
      : []),
    ...changeLines(metrics),
    ...faultBlocks(metrics),
    ...serviceLines(metrics),
    ...sessionLines(metrics),
  ];
}

/** Jobs that were stopped and went on later: for others, and by faults. */
function stoppedRow(metrics: RunResult['metrics']): Block[] {
  const m = (name: string) => metrics[name];
  const times = (metric: Metric | undefined) => `${value(metric)} ${metric?.value === 1 ? 'time' : 'times'}`;
  const lost = (metric: Metric | undefined) =>
    (metric?.value ?? 0) > 0 ? ` (${value(metric)} of work to be done again)` : ' (no work lost)';
  const parts = [
    ...(m('jobs.preemptions') === undefined
      ? []
      : [`${times(m('jobs.preemptions'))} for other jobs${lost(m('work.lost'))}`]),
    ...((m('faults.restarts')?.value ?? 0) === 0
      ? []
      : [`restarted ${times(m('faults.restarts'))} after faults`]),
  ];
  return parts.length === 0 ? [] : [row('Stopped', parts.join(', '))];
}

function changeLines(metrics: RunResult['metrics']): Block[] {
  const m = (name: string) => metrics[`changes.${name}`];
  if (m('hosts') === undefined) return [];
  const some = (name: string, what: string) =>
    (m(name)?.value ?? 0) > 0 ? `, ${value(m(name))} ${what}` : '';
  const times =
    m('closed.mean')?.value == null
      ? ''
      : `, emptied in ${value(m('drain.mean'))} and then closed for ${value(m('closed.mean'))} on average`;
  const stun = m('stun.mean')?.value == null ? '' : ` (still for ${value(m('stun.mean'))} on average)`;
  const jobs = `${some('moved', `jobs moved${stun}`)}${some('notMoved', 'could not be moved')}${some('stopped', 'stopped')}`;
  const noun = m('hosts')?.value === 1 ? 'host' : 'hosts';
  return [row('Changes', `${value(m('hosts'))} ${noun} changed${times}${jobs}`)];
}

function utilized(metrics: RunResult['metrics']): string {
  const part = metrics['gpu.utilized.mean'];
  return part === undefined
    ? ''
    : `; ${value(part)} of its compute used, busy ${value(metrics['gpu.busy.mean'])} of the time`;
}

/** Names of the things that have metrics `KIND.NAME.LAST`, in the order of the result. */
function namesOf(metrics: RunResult['metrics'], kind: string, last: string): string[] {
  return Object.keys(metrics).flatMap((key) =>
    key.startsWith(`${kind}.`) && key.endsWith(`.${last}`)
      ? [key.slice(kind.length + 1, -last.length - 1)]
      : [],
  );
}

function serviceLines(metrics: RunResult['metrics']): Block[] {
  const names = namesOf(metrics, 'service', 'throughput');
  if (names.length === 0) return [];
  const fellBehind = names.some((name) => (metrics[`service.${name}.overdue`]?.value ?? 0) > 0);
  return [
    '',
    table([
      [
        'Service',
        'requests/s',
        'mean',
        'p50',
        'p95',
        'p99',
        'in time',
        'batch',
        ...(fellBehind ? ['overdue'] : []),
      ],
      ...names.map((name) => {
        const m = (last: string) => metrics[`service.${name}.${last}`];
        return [
          printable(name),
          value(m('throughput')),
          ...['mean', 'p50', 'p95', 'p99'].map((part) => value(m(`latency.${part}`))),
          value(m('withinObjective')),
          value(m('batch.mean')),
          ...(fellBehind ? [value(m('overdue'))] : []),
        ];
      }),
    ]),
  ];
}

function sessionLines(metrics: RunResult['metrics']): Block[] {
  const names = namesOf(metrics, 'session', 'speed.mean');
  if (names.length === 0) return [];
  const hasFrames = names.some((name) => metrics[`session.${name}.frame.seen.p95`] !== undefined);
  return [
    '',
    table([
      [
        'Session',
        'speed',
        'active',
        ...(hasFrames ? ['frame seen p50', 'p95', 'p99', 'frames/s', 'in time'] : []),
      ],
      ...names.map((name) => {
        const m = (last: string) => metrics[`session.${name}.${last}`];
        return [
          printable(name),
          value(m('speed.mean')),
          value(m('active.mean')),
          ...(hasFrames
            ? ['frame.seen.p50', 'frame.seen.p95', 'frame.seen.p99', 'frame.rate', 'frame.inTime'].map(
                (last) => value(m(last)),
              )
            : []),
        ];
      }),
    ]),
  ];
}

function modelLines({ groups }: RunResult, isFill: boolean): Block[] {
  const models = Object.entries(groups.gpuModel);
  if (models.length < 2) return [];
  const cells = [
    ['GPU model', 'GPUs', ...(isFill ? ['allocated'] : ['allocated (mean)', 'peak'])],
    ...models.map(([model, metrics]) => [
      printable(model),
      groupDigits((metrics['gpu.capacityMilli']?.value ?? 0) / 1000),
      ...(isFill
        ? [value(metrics['gpu.allocated.end'])]
        : [value(metrics['gpu.allocated.mean']), value(metrics['gpu.allocated.peak'])]),
    ]),
  ];
  return [table(cells), ''];
}

/** Most rows of what jobs waited for. */
const LISTED_WAITED = 5;

function explanationLines({ explanations }: RunResult): Block[] {
  if (explanations.length === 0) return [];
  const lines: Block[] = ['Held back'];
  for (const { kind, text, jobs, jobSeconds } of explanations) {
    if (kind === 'waited') continue;
    const amount =
      kind === 'rejected' ? `${plural(jobs ?? 0, 'job')} rejected` : `${seconds(jobSeconds)} of job waiting`;
    lines.push({ start: '  ', text: `${amount}: ${text}` });
  }
  const waited = explanations.filter(({ kind }) => kind === 'waited');
  for (const { text } of waited.slice(0, LISTED_WAITED)) lines.push({ start: '  ', text });
  if (waited.length > LISTED_WAITED) {
    lines.push({ start: '  ', text: `and ${waited.length - LISTED_WAITED} more, in the result file` });
  }
  return [...lines, ''];
}

/** The figures that nobody has published, so that whoever reads the result knows what it rests on. */
function assumptionLines(assumptions: readonly Assumption[]): Block[] {
  if (assumptions.length === 0) return [];
  const shown = assumptions.slice(0, LISTED_ASSUMPTIONS);
  const rest = assumptions.length - shown.length;
  const list = shown.map((each) => `${each.id}\u00a0${assumedValue(each)}`).join(', ');
  const more = rest > 0 ? ` and ${rest} more in result.json` : '';
  return [row('Assumed', `${list}${more} (no published figure: state your own under overheads)`)];
}

const PARAMETER_UNIT: Readonly<Record<Assumption['unit'], string>> = {
  fraction: '',
  factor: '',
  seconds: '\u00a0s',
  milliseconds: '\u00a0ms',
  'seconds per GiB': '\u00a0s/GiB',
};

const assumedValue = ({ value: figure, unit }: Assumption) => `${figure}${PARAMETER_UNIT[unit]}`;

function curveLines({ series }: RunResult): Block[] {
  const { fill } = series;
  if (fill === undefined) return [];
  const columns = CURVE_AT.filter((c) => fill.allocatedPct[c] != null);
  if (columns.length === 0) return [];
  const line = (label: string, cells: readonly (number | null | undefined)[]) =>
    `${label.padEnd(LABEL)}${cells.map((cell) => (cell == null ? '-' : cell.toFixed(1)).padStart(7)).join('')}`;
  return [
    'In percent of the GPU capacity:',
    line('requested', columns),
    line(
      'allocated',
      columns.map((c) => fill.allocatedPct[c]),
    ),
    line(
      'fragmented',
      columns.map((c) => fill.fragmentedPct[c]),
    ),
    '',
  ];
}
