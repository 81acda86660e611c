import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { isCondition, type Quantity } from '../../sim/objectives/expression.ts';
import { estimate, readObjective } from '../../sim/objectives/index.ts';
import { parseExpression } from '../../sim/objectives/parse.ts';
import { runWith } from './runs.ts';

const problemsOf = (text: string) => {
  const read = readObjective(text);
  return read.ok ? [] : read.problems.map(({ message, hint }) => `${message} (${hint})`);
};

/** The value of a quantity in one run, in base units. */
function measured(text: string, metrics: Parameters<typeof runWith>[1] = {}): number | undefined {
  const { expression } = parseExpression(text);
  if (isCondition(expression)) throw new Error('is a condition');
  return estimate(expression, { kind: 'alone', candidate: [runWith(1, metrics)] })?.mean;
}

describe('expressions that are read', () => {
  test.each([
    'p95(wait) < 60s',
    'utilization > 0.7',
    'utilization > 70 %',
    'cost.perMonth < 40000 USD',
    'cost.perMonth < 40_000 EUR/month',
    'cost < 40000 USD and cost.perGpuHourDelivered < 2.5 USD/GPU-hour',
    'metric("gpu.allocated.mean", pool: "a") > 50%',
    'mean(gpu.allocated, tenant: "team \\"x\\"") > 50%',
    'jobs.rejected == 0',
    'jobs.completed / jobs.arrived >= 99 %',
    'service.chat-bot.latency.p95 < 300ms and service.chat-bot.withinObjective > 99.5%',
    'service.chat.throughput > 5 requests/s',
    'repartition.lostWork < 2 GPU-hours',
    'gpu.capacityMilli >= 8 GPU',
    'faults.leastGpus >= 6',
    'fragmentation.lack-gpu.mean < 10%',
    'delta(wait.p95) < 5% or change(p95(wait)) < 3 s',
    'candidate.wait.mean <= 1.05 * base.wait.mean',
    'not (wait.mean > 5 min or wait.max > 2h)',
    'max(wait.mean, completion.mean) < 1 h and max(wait) < 1d',
    'abs(-3 s) < 4 s',
    'wait.mean > 0',
    'metric("jobs.rejected.cpu+gpu-room:mig-geometry") < 5 jobs',
    'metric("anything.at-all") > 3',
    'cost.payback < 18 months',
  ])('%s', (text) => {
    expect(problemsOf(text)).toEqual([]);
  });
});

test('operators bind as in arithmetic, and units come to base units', () => {
  expect(measured('1 + 2 * 3 - 4 / 2')).toBe(5);
  expect(measured('(1 + 2) * 3')).toBe(9);
  expect(measured('10 - 4 - 3')).toBe(3);
  expect(measured('16 / 4 / 2')).toBe(2);
  expect(measured('-2 * 3 + -1')).toBe(-7);
  expect(measured('90 min')).toBe(5400);
  expect(measured('250ms')).toBe(0.25);
  expect(measured('3 d')).toBe(259_200);
  expect(measured('5%')).toBe(0.05);
  expect(measured('7200 GPU-seconds')).toBeCloseTo(2, 12);
  expect(measured('120 GPU-minutes')).toBeCloseTo(2, 12);
  expect(measured('1_000e-2')).toBe(10);
  expect(measured('min(3, 2, 4) + max(3, 2)')).toBe(5);
  expect(measured('gpu.capacityMilli', { 'gpu.capacityMilli': { value: 8000, unit: 'milliGPU' } })).toBe(8);
  expect(measured('jobs.completed / jobs.arrived', counts(3, 4))).toBe(0.75);
  expect(measured('jobs.completed / jobs.arrived', counts(0, 0))).toBeUndefined();
});

const counts = (completed: number, arrived: number) => ({
  'jobs.completed': { value: completed, unit: 'jobs' },
  'jobs.arrived': { value: arrived, unit: 'jobs' },
});

describe('problems name the column, what was found and what is accepted', () => {
  test.each([
    ['', 'column 1: found the end (accepted: a number, the name of a metric, a function, or "(")'],
    [
      'wait.mean <',
      'column 12: found the end (accepted: a number, the name of a metric, a function, or "(")',
    ],
    ['wait.mean < 60s )', 'column 17: found ")" (accepted: and, or, a comparison, + - * /, or the end)'],
    ['(wait.mean < 60s', 'column 17: found the end (accepted: ")")'],
    ['wait.mean = 60s', 'column 11: found "=" (accepted: < <= > >= == !=)'],
    ['wait.mean < 60s < 70s', 'column 17: found "<" after a comparison (write a < b and b < c)'],
    [
      'wait.mean < 60 minuets',
      /^column 16: found "minuets" after a number: not a unit \(did you mean "minutes"\?/,
    ],
    ['wiat.mean < 60s', /^column 1: no metric is called "wiat.mean" \(did you mean "wait.mean"\?/],
    ['service.chat.latncy.p95 < 1s', /did you mean "service.chat.latency.p95"\?/],
    ['p95(wiat) < 60s', /^column 5: no metric is called "wiat" \(did you mean "wait.p95"\?/],
    ['p95(fragmentation) < 5%', 'column 5: "fragmentation" has no p95 (accepted: mean, end)'],
    [
      'mean(jobs.rejected) < 5',
      'column 6: "jobs.rejected" is one number, which has no mean (write jobs.rejected alone)',
    ],
    ['wait < 60s', /^column 1: "wait" is several numbers \(accepted: mean\(wait\), p50\(wait\)/],
    ['p59(wait) < 60s', /^column 1: no function is called "p59" \(did you mean "p50"\?/],
    [
      'wait.mean < 60',
      'column 13: found a plain number compared with seconds (write the number with its unit, such as 60s)',
    ],
    ['wait.mean < 60 USD', 'column 13: found USD compared with seconds (both sides must be of one unit)'],
    [
      'cost.perJob < 2 USD/month',
      'column 15: found USD/month compared with money/job (both sides must be of one unit)',
    ],
    ['wait.mean + 3 < 60s', /^column 13: found a plain number with "\+" seconds/],
    ['gpu.capacityMilli >= 8', /^column 22: found a plain number compared with GPU/],
    [
      'wait.mean',
      'column 10: found the end after a quantity (accepted: a condition, such as p95(wait) < 60s)',
    ],
    ['(wait.mean < 3s) + 2 < 3', 'column 1: found a condition before + (accepted: a quantity)'],
    ['wait.mean and jobs.rejected < 3', /^column 1: found a quantity before and/],
    [
      'metric("gpu.allocated.mean", pol: "a") > 1',
      /^column 30: nothing is selected by "pol" \(did you mean "pool"\?/,
    ],
    [
      'metric("gpu.allocated.mean", pool: "a',
      'column 36: a text that begins here has no end (close it with ")',
    ],
    ['metric(wait.mean) > 1 s', /^column 8: found "wait.mean" \(accepted: the name of a metric in quotes/],
    ['wait.mean < 60s; rm', /^column 16: found ";"/],
    ['wait.mean < 1e999 s', 'column 13: found 1e999 (accepted: a finite number)'],
    ['delta(1, 2) < 3', 'column 1: delta takes one quantity, got 2 (undefined)'],
  ])('%s', (text, wanted) => {
    const [first] = problemsOf(text);
    if (typeof wanted === 'string') expect(first).toBe(wanted);
    else expect(first).toMatch(wanted);
  });

  test('all of them at once', () => {
    const found = problemsOf('wiat.mean < 60s and completion.maen < 3 and jobs.rejected < 3 USD');
    expect(found.map((each) => each.split(':')[0])).toEqual(['column 1', 'column 21', 'column 61']);
  });

  test('and never anything else, whatever the text', () => {
    const words = fc.constantFrom(
      ...['wait.mean', 'p95', '(', ')', '<', '60s', '5%', 'and', 'or', 'not', '+', '-', '*', '/', '"a"', ','],
      ...[
        'metric',
        'pool',
        ':',
        'base.wait.mean',
        'delta',
        '0',
        '\u0000',
        'é',
        '=',
        '3 GPU-hours',
        '__proto__',
      ],
    );
    const texts = fc.oneof(
      fc.string(),
      fc.array(words, { maxLength: 12 }).map((parts) => parts.join(' ')),
    );
    fc.assert(
      fc.property(texts, (text) => {
        const read = readObjective(text);
        if (read.ok) return;
        expect(read.problems.length).toBeGreaterThan(0);
        for (const { column, message } of read.problems) {
          expect(message).toMatch(/^column \d+: /);
          expect(column).toBeGreaterThan(0);
          expect(column).toBeLessThanOrEqual(text.length + 1);
        }
      }),
      { numRuns: 500 },
    );
  });

  test('brackets in brackets have an end, and so has the text', () => {
    expect(problemsOf(`${'('.repeat(5000)}`)[0]).toMatch(/must be at most 2000 characters/);
    expect(problemsOf(`${'('.repeat(1000)}wait.mean${')'.repeat(900)} < 3 s`)[0]).toMatch(
      /nested deeper than 50/,
    );
    expect(problemsOf(`${'-'.repeat(1000)}wait.mean < 3 s`)[0]).toMatch(/nested deeper than 50/);
  });
});

/** Arithmetic written out with all its brackets, and its value by JavaScript. */
const sums: fc.Arbitrary<{ text: string; value: number }> = fc.letrec((tie) => ({
  sum: fc.oneof(
    { depthSize: 'small' },
    fc.integer({ min: 1, max: 20 }).map((value) => ({ text: String(value), value })),
    fc.tuple(tie('sum'), fc.constantFrom('+', '-', '*'), tie('sum')).map(([a, op, b]) => {
      const [x, y] = [a, b] as { text: string; value: number }[];
      const [left, right] = [x?.value ?? 0, y?.value ?? 0];
      return {
        text: `(${x?.text} ${op} ${y?.text})`,
        value: op === '+' ? left + right : op === '-' ? left - right : left * right,
      };
    }),
  ),
})).sum as fc.Arbitrary<{ text: string; value: number }>;

test('arithmetic has the value that JavaScript gives it, with the brackets and without', () => {
  fc.assert(
    fc.property(sums, ({ text, value }) => {
      expect(measured(text)).toBe(value);
      const plain = text.replaceAll(/[()]/g, '');
      // biome-ignore lint/security/noGlobalEval: digits and + - * made above, read by something we did not write
      expect(measured(plain)).toBe(eval(plain));
    }),
  );
});

test('a quantity is told by its spans', () => {
  const text = '  p95(wait)  <  60 s ';
  const { expression } = parseExpression(text);
  if (expression.kind !== 'comparison') throw new Error('is a comparison');
  const part = ({ from, to }: Quantity) => text.slice(from, to);
  expect([part(expression.left), part(expression.right)]).toEqual(['p95(wait)', '60 s']);
});
