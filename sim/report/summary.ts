import type { Metric, RunResult } from '../experiment/result.ts';
import type { CanonicalDocument } from '../scenario/canonical/scenario.ts';
import { resolveTieBreak } from '../scenario/resolve/scenario.ts';
import { sharingMode } from '../sharing/index.ts';
import { count, groupDigits, percent, plural, printable, seconds, wrapText } from './format.ts';

const COLUMNS = 100;
const LABEL = 16;
/** Columns of the fill curve that the published comparisons look at. */
const CURVE_AT = [20, 40, 60, 80, 90, 100, 110, 120, 130];

/** The result of a run for a terminal: what was asked, what came out, why, and how to have it again. Lines of up to 100 columns. */
export function summaryText(result: RunResult): string {
  const document = result.scenario as CanonicalDocument;
  const isFill = document.experiment.kind === 'fill';
  const lines = [
    ...head(result, document),
    '',
    ...(isFill ? fillLines(result) : timedLines(result)),
    '',
    ...modelLines(result, isFill),
    ...explanationLines(result),
    ...(isFill ? curveLines(result) : []),
    ...result.notes.flatMap((note) => hanging('Note: ', note)),
    ...row('Digest', `${result.digest} (same scenario, seed and version give the same)`),
  ];
  return `${lines.join('\n')}\n`;
}

function head(result: RunResult, { name, experiment, policy, fleet }: CanonicalDocument): string[] {
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
  const ties = `ties ${resolveTieBreak(policy.tieBreak, experiment)}`;
  const { seeds } = result;
  return [
    ...row('Scenario', printable(name)),
    ...row('Experiment', kind),
    // Nothing queues in a fill run.
    ...row(
      'Policy',
      `${policy.placement} placement, ${experiment.kind === 'fill' ? '' : `${policy.queueing} queue, `}${ties}`,
    ),
    ...row('Fleet', models.length === 0 ? plural(gpus, 'GPU') : `${plural(gpus, 'GPU')}: ${byModel}`),
    ...sharingRow(fleet),
    ...row(
      'Seeds',
      seeds.length === 1
        ? String(seeds[0])
        : `${seeds[0]} to ${seeds.at(-1)} (${seeds.length} replications, 95 % intervals)`,
    ),
  ];
}

/** The sharing modes of the fleet; nothing where all GPUs are shared by fraction. */
function sharingRow({ hosts }: CanonicalDocument['fleet']): string[] {
  const modes = new Set<string>();
  for (const { sharing } of hosts ?? [])
    if (sharing !== undefined) modes.add(sharingMode(sharing.mode).title);
  return modes.size === 0 ? [] : row('Sharing', [...modes].join(', '));
}

function fillLines({ metrics }: RunResult): string[] {
  const m = (name: string) => metrics[name];
  const capacity = m('gpu.capacityMilli')?.value ?? 0;
  const gpus = (metric: Metric | undefined) => (metric?.value ?? 0) / 1000;
  return [
    ...row(
      'Jobs',
      `${value(m('jobs.arrived'))} arrived, ${value(m('jobs.placed'))} placed, ${value(m('jobs.rejected'))} rejected`,
    ),
    ...row(
      'GPU',
      `${value(m('gpu.allocated.end'))} allocated: ${count(gpus(m('gpu.allocatedMilli')))} of ${plural(capacity / 1000, 'GPU')}, at ${percent((m('gpu.requestedMilli')?.value ?? 0) / capacity)} requested`,
    ),
    ...row(
      'CPU, memory',
      `${value(m('cpu.allocated.end'))} and ${value(m('memory.allocated.end'))} allocated`,
    ),
    ...row(
      'Fragmentation',
      `${value(m('fragmentation.end'))} of capacity is idle but useless to the usual next task (${value(m('fragmentation.ofIdle.end'))} of the idle)`,
    ),
  ];
}

function timedLines({ metrics }: RunResult): string[] {
  const m = (name: string) => metrics[name];
  const times = (name: string) =>
    ['mean', 'p50', 'p95', 'p99', 'max']
      .map((part) => `${part}\u00a0${value(m(`${name}.${part}`))}`)
      .join(', ');
  const hasGpus = (m('gpu.capacityMilli')?.value ?? 0) > 0;
  const failed = m('jobs.failed') === undefined ? '' : `, ${value(m('jobs.failed'))} failed`;
  return [
    ...row(
      'Jobs',
      `${value(m('jobs.arrived'))} arrived, ${value(m('jobs.completed'))} completed${failed}, ${value(m('jobs.running'))} running, ${value(m('jobs.waiting'))} waiting, ${value(m('jobs.rejected'))} rejected`,
    ),
    ...row('Wait', times('wait')),
    ...(m('completion.mean')?.value == null ? [] : row('Completion', times('completion'))),
    ...(m('stretch.mean')?.value == null
      ? []
      : row('Stretch', `${times('stretch')} (time on its GPUs as a multiple of the work)`)),
    ...(hasGpus
      ? row(
          'GPU',
          `${value(m('gpu.allocated.mean'))} allocated on average, ${value(m('gpu.allocated.peak'))} at the peak${utilized(metrics)}`,
        )
      : row('GPU', 'the fleet has none')),
    ...row(
      'CPU',
      `${value(m('cpu.allocated.mean'))} on average, ${value(m('cpu.allocated.peak'))} at the peak`,
    ),
    ...row(
      'Memory',
      `${value(m('memory.allocated.mean'))} on average, ${value(m('memory.allocated.peak'))} at the peak`,
    ),
    ...(hasGpus
      ? row(
          'Fragmentation',
          `${value(m('fragmentation.mean'))} of capacity on average is idle but useless to the usual next task`,
        )
      : []),
    ...serviceLines(metrics),
    ...sessionLines(metrics),
  ];
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

function serviceLines(metrics: RunResult['metrics']): string[] {
  const names = namesOf(metrics, 'service', 'throughput');
  if (names.length === 0) return [];
  return [
    '',
    ...table([
      ['Service', 'requests/s', 'mean', 'p50', 'p95', 'p99', 'in time', 'batch'],
      ...names.map((name) => {
        const m = (last: string) => metrics[`service.${name}.${last}`];
        return [
          printable(name),
          value(m('throughput')),
          ...['mean', 'p50', 'p95', 'p99'].map((part) => value(m(`latency.${part}`))),
          value(m('withinObjective')),
          value(m('batch.mean')),
        ];
      }),
    ]),
  ];
}

function sessionLines(metrics: RunResult['metrics']): string[] {
  const names = namesOf(metrics, 'session', 'speed.mean');
  if (names.length === 0) return [];
  const hasFrames = names.some((name) => metrics[`session.${name}.frame.seen.p95`] !== undefined);
  return [
    '',
    ...table([
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

function modelLines({ groups }: RunResult, isFill: boolean): string[] {
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
  return [...table(cells), ''];
}

/** Lines with the first column to the left and the others to the right. */
function table(cells: readonly (readonly string[])[]): string[] {
  const widths = cells[0]?.map((_, c) => Math.max(...cells.map((line) => line[c]?.length ?? 0))) ?? [];
  return cells.map((line) =>
    line
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
      .join('   '),
  );
}

function explanationLines({ explanations }: RunResult): string[] {
  if (explanations.length === 0) return [];
  const lines = ['Held back'];
  for (const { kind, text, jobs, jobSeconds } of explanations) {
    const amount =
      kind === 'rejected' ? `${plural(jobs, 'job')} rejected` : `${seconds(jobSeconds)} of job waiting`;
    lines.push(...hanging('  ', `${amount}: ${text}`));
  }
  return [...lines, ''];
}

function curveLines({ series }: RunResult): string[] {
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

const SHOW: Readonly<Partial<Record<Metric['unit'], (value: number) => string>>> = {
  fraction: percent,
  seconds,
  ratio: (value) => value.toFixed(2),
};

/** A metric with its unit, and half the width of its interval where there is one. */
function value(metric: Metric | undefined): string {
  if (metric?.value == null) return '-';
  const show = SHOW[metric.unit] ?? count;
  const half = metric.ci95 === undefined ? undefined : (metric.ci95[1] - metric.ci95[0]) / 2;
  return half === undefined || half === 0 ? show(metric.value) : `${show(metric.value)} ± ${show(half)}`;
}

function row(label: string, text: string): string[] {
  return hanging(label.padEnd(LABEL), text);
}

/** Lines of up to 100 columns, those after the first set in by the width of `start`, but by two columns at least. */
function hanging(start: string, text: string): string[] {
  const indent = ' '.repeat(start.trim() === '' ? start.length + 2 : start.length);
  return wrapText(text, COLUMNS - indent.length).map((line, i) => (i === 0 ? start : indent) + line);
}
