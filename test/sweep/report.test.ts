import { describe, expect, test } from 'vitest';
import { drawChart } from '../../cli/commands/report/draw-chart.ts';
import { sweepReportFiles } from '../../cli/commands/report/sweep.ts';
import { UsageError } from '../../cli/errors.ts';
import { readStored } from '../../cli/sweep/store.ts';
import { joinPoints, keptPoints, ranked } from '../../sim/experiment/sweep/index.ts';
import type { Chart } from '../../sim/report/charts/chart.ts';
import type { Block } from '../../sim/report/document/blocks.ts';
import { sweepDocument } from '../../sim/report/sections/sweep/index.ts';
import { SMALL_YAML } from '../cli/small-scenario.ts';
import { TemporaryFolder } from '../cli/temporary-folder.ts';
import { runInto, smallPlan } from './small-sweep.ts';

const folder = new TemporaryFolder();
const plan = smallPlan(folder.write('s.yaml', SMALL_YAML), 3);
const at = folder.at('sweep');
const METRICS = ['wait.mean', 'gpu.allocated.mean:higher', 'completion.p95'];
const silent = { out: () => {}, err: () => {}, isTty: false, columns: 100 };

async function results() {
  await runInto(at, plan);
  return joinPoints(plan.manifest, keptPoints(plan.manifest), readStored(at, plan.manifest).outcomes);
}

const chartsOf = (blocks: readonly Block[]): readonly Chart[] =>
  blocks.flatMap((block) => (block.kind === 'chart' ? [block.chart] : []));

describe('The report of a sweep', () => {
  test('puts the point first whose mean is least, and on the front those that nobody beats', async () => {
    const found = await results();
    const means = found.points.map(({ metrics }) => metrics['wait.mean']?.value as number);
    const order = ranked(found.points, { metric: 'wait.mean', better: 'lower' }, 3);
    expect(order.map(({ metrics }) => metrics['wait.mean']?.value)).toEqual([...means].sort((a, b) => a - b));
    // The mean of three runs by hand.
    const { outcomes } = readStored(at, plan.manifest);
    const ofFirst = [0, 1, 2].map((index) => {
      const outcome = outcomes.get(index);
      return outcome?.status === 'done' ? (outcome.metrics['wait.mean']?.value as number) : Number.NaN;
    });
    expect(means[0]).toBeCloseTo(ofFirst.reduce((a, b) => a + b) / 3, 9);
    expect(found.points[0]?.metrics['wait.mean']?.ci95).toBeDefined();

    const { sections } = sweepDocument(found, METRICS);
    const charts = sections.flatMap(({ blocks }) => chartsOf(blocks));
    const scatter = charts.find((chart) => chart.kind === 'scatter');
    const values = found.points.map(({ metrics }) =>
      ['wait.mean', 'gpu.allocated.mean', 'completion.p95'].map((name) => metrics[name]?.value as number),
    );
    const beats = (a: readonly number[], b: readonly number[]) => {
      const gains = a.map((value, i) => (i === 1 ? value - (b[i] as number) : (b[i] as number) - value));
      return gains.every((gain) => gain >= 0) && gains.some((gain) => gain > 0);
    };
    const front = values.filter((own) => !values.some((other) => beats(other, own))).length;
    expect(scatter?.points.filter(({ isOnFront }) => isOnFront)).toHaveLength(front);
    expect(scatter?.points).toHaveLength(found.points.length);
  });

  test('has a map whose cells are the means of their points, and a line for each point', async () => {
    const found = await results();
    const { sections } = sweepDocument(found, METRICS);
    expect(sections.map(({ id }) => id)).toEqual(['answer', 'pareto', 'maps', 'parallel', 'design']);
    const charts = sections.flatMap(({ blocks }) => chartsOf(blocks));
    const heat = charts.find((chart) => chart.kind === 'heat');
    expect(heat?.cells).toHaveLength(6);
    expect(
      [...(heat?.cells ?? [])]
        .map(({ level }) => level)
        .sort((a, b) => a - b)
        .filter((_, i) => i === 0 || i === 5),
    ).toEqual([0, 1]);
    const parallel = charts.find((chart) => chart.kind === 'parallel');
    expect(parallel?.axes.map(({ label }) => label)).toEqual([
      'policy.placement',
      'fleet.hosts.a.count',
      'wait.mean',
      'gpu.allocated.mean',
      'completion.p95',
    ]);
    expect(parallel?.lines).toHaveLength(6);
    for (const { places } of parallel?.lines ?? [])
      for (const place of places) expect(place).toBeGreaterThanOrEqual(0);
    for (const chart of charts)
      for (const width of [312, 720]) {
        const svg = drawChart(chart, width);
        expect(svg).toMatch(/^<svg[^>]* width="(312|720)"/);
        expect(svg).not.toMatch(/NaN|undefined|Infinity/);
      }
  });

  test('is HTML and Markdown, says what is wrong with its options, and needs results', async () => {
    await results();
    const files = sweepReportFiles([at], new Set(['html', 'md'] as const), METRICS, silent);
    expect(files.map(({ name }) => name)).toEqual(['report.html', 'report.md']);
    expect(String(files[0]?.content)).toContain('Sweep of');
    const wrong = (...args: Parameters<typeof sweepReportFiles>) => {
      try {
        sweepReportFiles(...args);
      } catch (error) {
        if (error instanceof UsageError) return error.problems.map(({ path }) => path);
      }
      return [];
    };
    expect(wrong([at, at], new Set(['csv'] as const), ['wait.men'], silent)).toEqual([
      `${at} ${at}`,
      '--format',
      '--metric',
    ]);
    expect(wrong([at], new Set(['md'] as const), ['cost.perMonth'], silent)).toEqual(['--metric']);
  });
});
