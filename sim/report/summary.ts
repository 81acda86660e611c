import type { Metric, RunResult } from '../experiment/result.ts';
import type { CanonicalDocument } from '../scenario/canonical/scenario.ts';
import { resolveTieBreak } from '../scenario/resolve/scenario.ts';
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

function head(result: RunResult, { name, experiment, policy }: CanonicalDocument): string[] {
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
    ...row(
      'Seeds',
      seeds.length === 1
        ? String(seeds[0])
        : `${seeds[0]} to ${seeds.at(-1)} (${seeds.length} replications, 95 % intervals)`,
    ),
  ];
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
  return [
    ...row(
      'Jobs',
      `${value(m('jobs.arrived'))} arrived, ${value(m('jobs.completed'))} completed, ${value(m('jobs.running'))} running, ${value(m('jobs.waiting'))} waiting, ${value(m('jobs.rejected'))} rejected`,
    ),
    ...row('Wait', times('wait')),
    ...row('Completion', times('completion')),
    ...(hasGpus
      ? row(
          'GPU',
          `${value(m('gpu.allocated.mean'))} allocated on average, ${value(m('gpu.allocated.peak'))} at the peak`,
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
  const widths = cells[0]?.map((_, c) => Math.max(...cells.map((line) => line[c]?.length ?? 0))) ?? [];
  const lines = cells.map((line) =>
    line
      .map((cell, c) => (c === 0 ? cell.padEnd(widths[c] ?? 0) : cell.padStart(widths[c] ?? 0)))
      .join('   '),
  );
  return [...lines, ''];
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

/** A metric with its unit, and half the width of its interval where there is one. */
function value(metric: Metric | undefined): string {
  if (metric?.value == null) return '-';
  const show = metric.unit === 'fraction' ? percent : metric.unit === 'seconds' ? seconds : count;
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
