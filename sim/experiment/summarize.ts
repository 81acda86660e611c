import { auditLicences } from '../cost/index.ts';
import { studentInterval } from '../kernel/stats/confidence.ts';
import { Tally } from '../kernel/stats/tally.ts';
import { EventDigest } from '../observe/digest.ts';
import type { FillSeries } from '../observe/fill-curve.ts';
import type { Reading } from '../observe/metric.ts';
import { joinTimeSeries } from '../observe/series/time-series.ts';
import { costNotes, costReport } from './cost-report.ts';
import type { Explanation } from './explanation.ts';
import { joinAlerts } from './join-alerts.ts';
import { type Groups, joinGroups } from './join-groups.ts';
import type { Metric } from './metric.ts';
import { reasonText } from './reason-text.ts';
import type { Replication } from './replicate.ts';
import type { RunResult } from './result.ts';
import { whatIsNotShown } from './statistics/shown.ts';
import { summarizeStatistics } from './statistics/summary.ts';
import { explainWaited } from './waited.ts';
import { waterfallReport } from './waterfall.ts';

/** The part of a result that the replications determine. Replications must be in order of their seeds. */
export type Summary = Pick<
  RunResult,
  | 'seeds'
  | 'digest'
  | 'digests'
  | 'metrics'
  | 'groups'
  | 'series'
  | 'alerts'
  | 'explanations'
  | 'detail'
  | 'statistics'
  | 'waterfall'
  | 'cost'
  | 'licences'
  | 'notes'
>;

/** Joins replications: means with 95 % intervals, mean curves, and one digest. */
export function summarize(replications: readonly Replication[]): Summary {
  const digests = replications.map((r) => r.digest);
  const fills = replications.flatMap((r) => (r.fill === undefined ? [] : [r.fill]));
  const models = [...new Set(replications.flatMap((r) => r.byGpuModel.map((g) => g.model)))];
  const metrics = joinReadings(replications.map((r) => r.readings));
  const cost = costReport(replications.flatMap((r) => r.cost ?? []));
  const waterfall = waterfallReport(
    replications.flatMap((r) => r.waterfall ?? []),
    cost && { perMonth: Number(cost.perMonth), currency: cost.currency, byGpuModel: cost.byGpuModel },
  );
  const audit = auditLicences(
    replications.flatMap(({ licences }) => (licences === undefined ? [] : [licences])),
  );
  const courses = replications.flatMap(({ statistics }) => (statistics === undefined ? [] : [statistics]));
  const statistics = summarizeStatistics(courses);
  const groups = joinGroups(
    replications.flatMap((r) => r.groups ?? []),
    joinReadings,
  );
  const time = joinTimeSeries(replications.flatMap(({ series }) => (series === undefined ? [] : [series])));
  const watched = replications.flatMap(({ seed, alerts }) =>
    alerts === undefined ? [] : [{ seed, alerts }],
  );
  return {
    seeds: replications.map((r) => r.seed),
    digest: EventDigest.ofDigests(digests),
    digests,
    metrics,
    groups: {
      ...groups,
      gpuModel: Object.fromEntries(
        models.map((model) => [
          model,
          {
            ...joinReadings(
              replications.map((r) => r.byGpuModel.find((g) => g.model === model)?.readings ?? []),
            ),
            ...onlyNew(groups.gpuModel?.[model] ?? {}),
          },
        ]),
      ),
    },
    series: {
      ...(fills.length === 0 ? {} : { fill: meanSeries(fills) }),
      ...(time === undefined ? {} : { time }),
    },
    ...(watched.length === 0 ? {} : { alerts: joinAlerts(watched) }),
    explanations: explain(replications),
    ...(replications.some(({ isPlain }) => isPlain === true) ? { detail: false as const } : {}),
    ...(waterfall === undefined ? {} : { waterfall }),
    ...(cost === undefined ? {} : { cost }),
    ...(audit.length === 0 ? {} : { licences: audit }),
    ...(statistics === undefined ? {} : { statistics }),
    notes: [
      ...notesOn(metrics, replications.length),
      ...notesOnEnergy(groups.gpuModel ?? {}),
      ...leftOut(replications),
      ...whatIsNotShown(courses),
      ...withoutEffectInAll(replications),
      ...costNotes(cost),
    ],
  };
}

/** Mean, and with two values or more its interval, of each metric that any replication has. */
export function joinReadings(
  all: readonly (readonly (readonly [string, Reading])[])[],
): Record<string, Metric> {
  const values = new Map<string, { unit: Reading['unit']; values: number[] }>();
  for (const readings of all) {
    for (const [name, { value, unit }] of readings) {
      const known = values.get(name) ?? { unit, values: [] };
      if (value !== null) known.values.push(value);
      values.set(name, known);
    }
  }
  const metrics: Record<string, Metric> = {};
  for (const [name, { unit, values: found }] of values) {
    // A reason that no job met in some replication counts there as 0 jobs.
    if (unit === 'jobs') while (found.length < all.length) found.push(0);
    const n = found.length;
    if (n < 2) {
      metrics[name] = { value: found[0] ?? null, unit, n };
      continue;
    }
    const tally = new Tally();
    for (const value of found) tally.add(value);
    const { mean, lo, hi } = studentInterval(tally);
    metrics[name] = { value: mean, unit, ci95: [lo, hi], n };
  }
  return metrics;
}

/** Without what is measured of GPU models otherwise. */
function onlyNew(metrics: Readonly<Record<string, Metric>>): Record<string, Metric> {
  return Object.fromEntries(Object.entries(metrics).filter(([name]) => !name.startsWith('gpu.allocated.')));
}

function meanSeries(all: readonly FillSeries[]): FillSeries {
  const columns = Math.max(...all.map((s) => s.arrivedPct.length));
  const mean = (key: 'allocatedPct' | 'fragmentedPct' | 'fragRatioPct') =>
    Array.from({ length: columns }, (_, c) => {
      const cells = all.flatMap((s) => (s[key][c] == null ? [] : [s[key][c] as number]));
      return cells.length === 0 ? null : cells.reduce((a, b) => a + b, 0) / cells.length;
    });
  return {
    arrivedPct: Array.from({ length: columns }, (_, c) => c),
    allocatedPct: mean('allocatedPct'),
    fragmentedPct: mean('fragmentedPct'),
    fragRatioPct: mean('fragRatioPct'),
  };
}

function explain(replications: readonly Replication[]): Explanation[] {
  const n = replications.length;
  const rejected = new Map<string, number>();
  const waiting = new Map<string, { jobs: number; jobSeconds: number }>();
  for (const { rejectedFor, waitedFor } of replications) {
    for (const [reason, jobs] of rejectedFor) rejected.set(reason, (rejected.get(reason) ?? 0) + jobs / n);
    for (const [reason, held] of waitedFor) {
      const sum = waiting.get(reason) ?? { jobs: 0, jobSeconds: 0 };
      waiting.set(reason, {
        jobs: sum.jobs + held.jobs / n,
        jobSeconds: sum.jobSeconds + held.jobSeconds / n,
      });
    }
  }
  return [
    ...[...rejected]
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .map(([reason, jobs]): Explanation => ({ kind: 'rejected', reason, text: reasonText(reason), jobs })),
    ...[...waiting]
      .sort((a, b) => b[1].jobSeconds - a[1].jobSeconds || (a[0] < b[0] ? -1 : 1))
      .map(
        ([reason, { jobs, jobSeconds }]): Explanation => ({
          kind: 'waiting',
          reason,
          text: reasonText(reason),
          jobs,
          jobSeconds,
        }),
      ),
    ...explainWaited(replications, reasonText),
  ];
}

/** Says once what is not there because nobody wanted it, in place of sections without anything in them. */
function leftOut(replications: readonly Replication[]): readonly string[] {
  return replications.some(({ isPlain }) => isPlain === true)
    ? [
        'Detail was left out (metrics.detail: false): what became of the GPU-hours, metrics of parts of the fleet and kinds of jobs, series, alerts, and how far the numbers can be trusted',
      ]
    : [];
}

/** What changed nothing in any of the runs. */
function withoutEffectInAll(replications: readonly Replication[]): readonly string[] {
  const [first, ...others] = replications;
  return (first?.withoutEffect ?? []).filter((each) =>
    others.every(({ withoutEffect }) => withoutEffect.includes(each)),
  );
}

/** GPU models whose energy is not in `energy.gpu`; nothing where none is, and the metric is not there. */
function notesOnEnergy(models: Groups): readonly string[] {
  const unknown = Object.keys(models).filter((model) => models[model]?.['energy.gpu'] === undefined);
  if (unknown.length === 0 || unknown.length === Object.keys(models).length) return [];
  return [
    `energy.gpu leaves out GPUs whose watts nobody has verified: ${unknown.join(', ')}; cost.energy.gpus can state them`,
  ];
}

function notesOn(metrics: Readonly<Record<string, Metric>>, runs: number): string[] {
  const notes: string[] = [];
  const value = (name: string) => metrics[name]?.value ?? 0;
  if (value('jobs.arrived') === 0) notes.push('No job arrived: nothing was simulated');
  const measured = metrics['gpu.allocated.mean']?.n;
  if (measured !== undefined && measured < runs && value('gpu.capacityMilli') > 0) {
    notes.push(
      `${runs - measured} of ${runs} runs ended within the warm-up: metrics that leave it out have no value of theirs`,
    );
  }
  const running = value('jobs.running');
  if (running > 0) {
    notes.push(
      `Jobs were still running at the end (${Number(running.toFixed(1))}): they are not in the completion metrics`,
    );
  }
  const waiting = value('jobs.waiting');
  if (waiting > 0) {
    notes.push(
      `Jobs were still waiting at the end (${Number(waiting.toFixed(1))}): waits of jobs that never started are not in the wait metrics`,
    );
  }
  return notes;
}
