import { parseHTML } from 'linkedom';
import { describe, expect, test } from 'vitest';
import { drawChart } from '../../../cli/commands/report/draw-chart.ts';
import type { PlanResult } from '../../../sim/experiment/plan/index.ts';
import type { Block, TableBlock } from '../../../sim/report/document/blocks.ts';
import { htmlPage } from '../../../sim/report/html/page.ts';
import { markdownPage } from '../../../sim/report/markdown/page.ts';
import { planDocument } from '../../../sim/report/sections/plan/index.ts';
import { ALL, FOUND, NO_AXES, NO_COST, NOTHING, PROVEN } from './fixtures.ts';

const FIXTURES = Object.entries(ALL);
const htmlOf = (result: PlanResult) => htmlPage(planDocument(result), drawChart);
const markdownOf = (result: PlanResult) => markdownPage(planDocument(result));
const idsOf = (result: PlanResult) => planDocument(result).sections.map(({ id }) => id);

/** What stands in the elements of a page that a selector finds. */
function textsOf(html: string, selector: string): readonly string[] {
  const { document } = parseHTML(html);
  return [...document.querySelectorAll(selector)].map((each) => each.textContent ?? '');
}

function blocksOf(result: PlanResult): readonly Block[] {
  const all = (blocks: readonly Block[]): readonly Block[] =>
    blocks.flatMap((block) => (block.kind === 'details' ? [block, ...all(block.blocks)] : [block]));
  return planDocument(result).sections.flatMap(({ blocks }) => all(blocks));
}

describe('The report of a plan', () => {
  test('has the answer first, and leaves out what it has nothing of', () => {
    const all = ['answer', 'cost', 'binding', 'options', 'trade-offs', 'growth', 'other-demand', 'method'];
    expect(idsOf(FOUND)).toEqual(all);
    expect(idsOf(NOTHING)).toEqual(['answer', 'options', 'method']);
    expect(idsOf(PROVEN)).toEqual(['answer', 'method']);
    expect(idsOf(NO_COST)).toEqual(['answer', 'binding', 'options', 'trade-offs', 'growth', 'method']);
    expect(idsOf(NO_AXES)).toEqual(['answer', 'method']);
  });

  test.each(FIXTURES)('has no number that is none, and rows as wide as their heads: %s', (_, result) => {
    for (const text of [htmlOf(result), markdownOf(result)])
      expect(text).not.toMatch(/NaN|undefined|Infinity|\[object|>null</);
    const tables = blocksOf(result).flatMap((block): readonly TableBlock[] =>
      block.kind === 'table' ? [block] : block.kind === 'chart' ? [block.data] : [],
    );
    for (const { columns, rows, caption } of tables)
      for (const row of rows) expect(row.length, caption).toBe(columns.length);
  });

  test('has a row for each other option with what it costs more, and each demand a column', () => {
    const html = htmlOf(FOUND);
    expect(textsOf(html, '#options tbody tr > th')).toEqual(FOUND.rivals.map(({ name }) => name));
    expect(textsOf(html, '#growth tbody tr td:nth-child(4)')).toEqual([
      'now',
      'in 10 months',
      'in 1 year and 10 months',
    ]);
    const [first] = textsOf(html, '#options tbody tr');
    // 2,700.00 - 2,200.51, and that of 2,200.51.
    expect(first?.replaceAll('\u00a0', ' ')).toContain('+499.49 USD a month (+22.7 %)');
    expect(textsOf(html, '#other-demand table:first-of-type thead th').slice(0, 4)).toEqual([
      'plan',
      'low (0.6 times)',
      'high (1.5 times)',
      'most regret',
    ]);
  });

  test('names every option and every count of the question in HTML and Markdown', () => {
    const { choices, counts } = (
      FOUND.scenario as {
        plan: { choices: { name: string; options: { name: string }[] }[]; counts: { path: string }[] };
      }
    ).plan;
    const said = textsOf(htmlOf(FOUND), '#method dl')[0] as string;
    for (const { name, options } of choices) {
      expect(said).toContain(`Choice ${name}`);
      for (const option of options) expect(said).toContain(option.name);
    }
    for (const { path } of counts) {
      expect(said).toContain(path);
      expect(markdownOf(FOUND)).toContain(path);
    }
  });

  test('draws the front with what each point is, and marks those on it', () => {
    const [chart] = blocksOf(FOUND).flatMap((block) =>
      block.kind === 'chart' && block.chart.kind === 'scatter' ? [block.chart] : [],
    );
    expect(chart?.points.map(({ isOnFront }) => isOnFront)).toEqual([true, true, false]);
    for (const width of [312, 720]) {
      const svg = chart === undefined ? '' : drawChart(chart, width);
      const { document } = parseHTML(`<html><body>${svg}</body></html>`);
      const told = [...document.querySelectorAll('title')].map((each) => each.textContent);
      expect(told).toHaveLength(3);
      expect(told.join()).toContain(
        'L40S, vgpu: 4 hosts of gpu, 2 desks (the answer); cost of a month: 2,204.50',
      );
    }
  });

  test('leaves room for the digits of ticks where values lie close together', () => {
    const plans = FOUND.pareto?.plans.map((each, i) => ({
      ...each,
      values: [each.values[0] ?? 0, 42.405 + i * 0.012, 0.5],
    }));
    const close = {
      ...FOUND,
      pareto: { runs: 3, criteria: FOUND.pareto?.criteria ?? [], plans: plans ?? [] },
    };
    const [chart] = blocksOf(close).flatMap((block) =>
      block.kind === 'chart' && block.chart.kind === 'scatter' ? [block.chart] : [],
    );
    const { document } = parseHTML(
      `<html><body>${chart === undefined ? '' : drawChart(chart, 312)}</body></html>`,
    );
    // Those of the vertical axis are the ones that end where they stand.
    const ticks = [...document.querySelectorAll('g[text-anchor="end"] text')].map((each) => ({
      text: each.textContent ?? '',
      right: Number(/translate\(([\d.]+)/.exec(each.getAttribute('transform') ?? '')?.[1]),
    }));
    expect(ticks.length).toBeGreaterThan(3);
    // A text ends nine pixels before the axis, and digits are about 5.6 wide.
    for (const { text, right } of ticks)
      expect(right - 9 - 5.6 * text.length, text).toBeGreaterThanOrEqual(0);
  });

  test('draws no picture of plans that have no second value', () => {
    expect(blocksOf(NO_COST).some(({ kind }) => kind === 'chart')).toBe(false);
    expect(textsOf(htmlOf(NO_COST), '#trade-offs table tbody th')).toEqual([
      'L40S, vgpu: 4 hosts of gpu, 2 desks (the answer)',
      'L40S, mig: 4 hosts of gpu, 2 desks',
    ]);
    expect(htmlOf(NO_COST)).not.toContain('one that is beaten');
  });

  test('has the answer among the trade-offs where another is better in the runs that all have', () => {
    const pareto = FOUND.pareto as NonNullable<typeof FOUND.pareto>;
    const beaten = {
      ...FOUND,
      pareto: {
        ...pareto,
        plans: pareto.plans.map((each) =>
          each.counts[0]?.count === 4 ? { ...each, isOnFront: false } : { ...each, isOnFront: true },
        ),
      },
    };
    expect(textsOf(htmlOf(beaten), '#trade-offs')[0]).toContain(
      'In these runs the answer is one that is beaten.',
    );
    expect(textsOf(htmlOf(beaten), '#trade-offs table tbody th')).toContain(
      'L40S, vgpu: 4 hosts of gpu, 2 desks (the answer)',
    );
    expect(htmlOf(FOUND)).not.toContain('is beaten.');
  });

  test('tells beside the answer what is better and costs next to nothing more', () => {
    const pareto = FOUND.pareto as NonNullable<typeof FOUND.pareto>;
    const withCost = (cost: number, wait: number) => ({
      ...FOUND,
      pareto: {
        ...pareto,
        plans: pareto.plans.map((each) =>
          each.counts[0]?.count === 5 && each.isOnFront ? { ...each, values: [cost, wait, 0.5] } : each,
        ),
      },
    });
    expect(htmlOf(withCost(2210, 12)).replaceAll('\u00a0', ' ')).toContain(
      'Next to nothing dearer is L40S, vgpu: 5 hosts of gpu, 2 desks. For 5.50 USD a month more (0.25 %) it is better, by the same 3 runs, in wait until a place is found, 95th percentile (12 s instead of 52.4 s) and room to spare (50.0 % instead of 37.5 %).',
    );
    for (const none of [withCost(2230, 12), withCost(2210, 60), withCost(2200, 12)])
      expect(htmlOf(none)).not.toContain('Next to nothing');
  });

  test('has one row for plans that differ in an option of what there is none of', () => {
    const pareto = FOUND.pareto as NonNullable<typeof FOUND.pareto>;
    const twins = pareto.plans.map((each) => ({ ...each, name: `${each.name}, rented` }));
    const rows = textsOf(
      htmlOf({ ...FOUND, pareto: { ...pareto, plans: [...pareto.plans, ...twins] } }),
      '#trade-offs table tbody th',
    );
    expect(rows).toContain('L40S, vgpu; L40S, vgpu, rented: 4 hosts of gpu, 2 desks (the answer)');
    expect(rows).toHaveLength(textsOf(htmlOf(FOUND), '#trade-offs table tbody th').length);
  });

  test('says of a plan that costs the same in all runs that it does, not that nothing tells them apart', () => {
    const { plan } = FOUND;
    const more = { value: 0, unit: 'USD/month' as const, ci95: [0, 0] as const, n: 12 };
    const same = { name: 'L40S, rented', options: [], counts: plan?.counts ?? [], more, isToldApart: false };
    const said = htmlOf({ ...FOUND, contenders: [same] });
    expect(said).toContain(
      'In each of 12 runs this plan costs the same: L40S, rented: 4 hosts of gpu, 2 desks.',
    );
    expect(said).not.toContain('told from nothing');
  });

  test('has the bill by kind, over the years and line by line with its source', () => {
    const text = textsOf(htmlOf(FOUND), '#cost')[0]?.replaceAll('\u00a0', ' ') ?? '';
    for (const part of ['1,950.00 USD', '250.51 USD', '104,000.00 USD', '2,087.6 kWh', 'vendor offer'])
      expect(text).toContain(part);
  });

  test('tells where nothing serves how far the nearest gets', () => {
    const text = textsOf(htmlOf(NOTHING), '#answer')[0]?.replaceAll('\u00a0', ' ') ?? '';
    expect(text).toContain('Found 25 min (20 min to 30 min) in 10 replications');
    expect(text).toContain('20 hosts of gpu, 12 desks (L40S, vgpu), at 9,900.00 USD a month');
    const proven = textsOf(htmlOf(PROVEN), '#answer')[0] ?? '';
    for (const { by = '' } of PROVEN.infeasible) expect(proven).toContain(by);
  });

  test('says how to have it again in commands whose scenario is in the page', () => {
    const [commands, scenario] = textsOf(htmlOf(FOUND), '#method pre');
    expect(commands?.trim().split('\n')).toEqual([
      'slicewise plan question.json --out plan',
      'slicewise run plan/scenario.yaml --out plan/run',
      'slicewise export purchase-list plan/scenario.yaml',
    ]);
    expect(JSON.parse(scenario ?? '')).toEqual(JSON.parse(JSON.stringify(FOUND.scenario)));
    expect(textsOf(htmlOf(NOTHING), '#method pre')[0]?.trim()).toBe(
      'slicewise plan question.json --out plan',
    );
  });

  test('keeps names from outside text', () => {
    const skeleton = (html: string) =>
      [...parseHTML(html).document.querySelectorAll('*')].map(({ localName }) => localName);
    const attacked = JSON.parse(
      JSON.stringify(FOUND)
        .replaceAll('desks', '</td><script>alert(1)</script>')
        .replaceAll('L40S, vgpu', '\\"><img src=x>\\u202e|`'),
    ) as PlanResult;
    expect(skeleton(htmlOf(attacked))).toEqual(skeleton(htmlOf(FOUND)));
    const lines = (text: string) =>
      text.split('\n').map((line) => line.replace(/\\./g, '').split('|').length);
    expect(lines(markdownOf(attacked).split('```')[0] ?? '')).toEqual(
      lines(markdownOf(FOUND).split('```')[0] ?? ''),
    );
  });
});
