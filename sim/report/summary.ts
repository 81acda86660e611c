import type { Metric, RunResult } from '../experiment/result.ts';
import type { CanonicalDocument } from '../scenario/canonical/scenario.ts';
import { resolveTieBreak } from '../scenario/resolve/scenario.ts';
import { count, groupDigits, percent, seconds } from './format.ts';

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
    ...result.notes.map((note) => `Note: ${note}`),
    row('Digest', `${result.digest} (same scenario, seed and version give the same)`),
  ];
  return `${lines.join('\n')}\n`;
}

function head(result: RunResult, { name, experiment, policy }: CanonicalDocument): string[] {
  const gpus = (result.metrics['gpu.capacityMilli']?.value ?? 0) / 1000;
  const models = Object.entries(result.groups.gpuModel)
    .map(([model, metrics]) => ({ model, gpus: (metrics['gpu.capacityMilli']?.value ?? 0) / 1000 }))
    .sort((a, b) => b.gpus - a.gpus || (a.model < b.model ? -1 : 1));
  const kind =
    experiment.kind === 'timed'
      ? `timed, ${seconds(result.metrics['time.end']?.value)} simulated`
      : experiment.order === 'file'
        ? 'fill, tasks in the order of the file'
        : `fill, until ${experiment.target} times the GPU capacity is requested`;
  const { seeds } = result;
  return [
    row('Scenario', name),
    row('Experiment', kind),
    row(
      'Policy',
      `${policy.placement} placement, ${policy.queueing} queue, ties ${resolveTieBreak(policy.tieBreak, experiment)}`,
    ),
    row(
      'Fleet',
      `${groupDigits(gpus)} GPUs: ${models.map((m) => `${groupDigits(m.gpus)} ${m.model}`).join(', ')}`,
    ),
    row(
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
  const gpus = (metric: Metric | undefined) => count((metric?.value ?? 0) / 1000);
  return [
    row(
      'Jobs',
      `${count(m('jobs.arrived')?.value)} arrived, ${count(m('jobs.placed')?.value)} placed, ${count(m('jobs.rejected')?.value)} rejected`,
    ),
    row(
      'GPU',
      `${value(m('gpu.allocated.end'))} allocated: ${gpus(m('gpu.allocatedMilli'))} of ${gpus(m('gpu.capacityMilli'))} GPUs, at ${percent((m('gpu.requestedMilli')?.value ?? 0) / capacity)} requested`,
    ),
    row('CPU, memory', `${value(m('cpu.allocated.end'))} and ${value(m('memory.allocated.end'))} allocated`),
    row(
      'Fragmentation',
      `${value(m('fragmentation.end'))} of the capacity is idle but of no use to the usual next task (${value(m('fragmentation.ofIdle.end'))} of the idle GPU)`,
    ),
  ];
}

function timedLines({ metrics }: RunResult): string[] {
  const m = (name: string) => metrics[name];
  const times = (name: string) =>
    `mean ${value(m(`${name}.mean`))}, p50 ${value(m(`${name}.p50`))}, p95 ${value(m(`${name}.p95`))}, p99 ${value(m(`${name}.p99`))}, max ${value(m(`${name}.max`))}`;
  return [
    row(
      'Jobs',
      `${count(m('jobs.arrived')?.value)} arrived, ${count(m('jobs.completed')?.value)} completed, ${count(m('jobs.running')?.value)} running, ${count(m('jobs.waiting')?.value)} waiting, ${count(m('jobs.rejected')?.value)} rejected`,
    ),
    row('Wait', times('wait')),
    row('Completion', times('completion')),
    row(
      'GPU',
      `${value(m('gpu.allocated.mean'))} allocated on average, ${value(m('gpu.allocated.peak'))} at the peak`,
    ),
    row('CPU', `${value(m('cpu.allocated.mean'))} on average, ${value(m('cpu.allocated.peak'))} at the peak`),
    row(
      'Memory',
      `${value(m('memory.allocated.mean'))} on average, ${value(m('memory.allocated.peak'))} at the peak`,
    ),
    row(
      'Fragmentation',
      `${value(m('fragmentation.mean'))} of the GPU capacity on average is idle but of no use to the usual next task`,
    ),
  ];
}

function modelLines({ groups }: RunResult, isFill: boolean): string[] {
  const models = Object.entries(groups.gpuModel);
  if (models.length < 2) return [];
  const width = Math.max(9, ...models.map(([model]) => model.length));
  const lines = [`${'GPU model'.padEnd(width)}     GPUs   allocated${isFill ? '' : ' (mean)     peak'}`];
  for (const [model, metrics] of models) {
    const gpus = groupDigits((metrics['gpu.capacityMilli']?.value ?? 0) / 1000).padStart(6);
    const shares = isFill
      ? value(metrics['gpu.allocated.end']).padStart(9)
      : `${value(metrics['gpu.allocated.mean']).padStart(16)} ${value(metrics['gpu.allocated.peak']).padStart(8)}`;
    lines.push(`${model.padEnd(width)}   ${gpus}   ${shares}`);
  }
  return [...lines, ''];
}

function explanationLines({ explanations }: RunResult): string[] {
  if (explanations.length === 0) return [];
  const lines = ['Held back'];
  for (const { kind, text, jobs, jobSeconds } of explanations) {
    const amount =
      kind === 'rejected' ? `${count(jobs)} jobs rejected` : `${seconds(jobSeconds)} of job waiting`;
    lines.push(`  ${amount}: ${text}`);
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
  return half === undefined ? show(metric.value) : `${show(metric.value)} ± ${show(half)}`;
}

function row(label: string, text: string): string {
  return label.padEnd(LABEL) + text;
}
