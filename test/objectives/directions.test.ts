import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { directionOf, statedDirection } from '../../sim/experiment/statistics/index.ts';
import { KNOWN_METRICS } from '../../sim/objectives/index.ts';

/** Every metric there is, names that a scenario gives put in; `names.test.ts` holds them against the documents. */
const ALL = KNOWN_METRICS.map((name) => name.replaceAll(/\*\*?/g, 'some-name'));

/** Of which more is better, whoever looks. */
const HIGHER = [
  /^jobs\.(placed|completed)$/,
  /^deadline\.met$/,
  /^gpu\.(utilized|largestFit)\.mean$/,
  /^(gpu|jobs)\.hindsight\.reached$/,
  /^(fairness\.jain|slo\.\w+)$/,
  /^service\.[^.]+\.(answered|throughput|withinObjective)$/,
  /^session\.[^.]+\.(on\.mean|speed\.mean|frame\.rate|frame\.inTime)$/,
  /^faults\.(availability|leastGpus|saved|[^.]+\.(mtbf|availability))$/,
  /^elastic\.[^.]+\.cappedAt$/,
  /^cost\.(npv|irr|roi)$/,
];

/** What only describes a run. */
const NEITHER = [
  /^\w+\.hindsight\.(bound|exact|load|mean|p\d\d)$/,
  /^(events|jobs\.(arrived|running)|deadline\.open)$/,
  /^gpu\.(allocated\.\w+|busy\.mean|hours|\w+Milli|largestFit\.of\..*)$/,
  /^((cpu|memory)\.allocated\.\w+|gpuMemory\.(reserved|used)\.mean|link\.used\.mean)$/,
  /^(service\.[^.]+\.batch\.mean|session\.[^.]+\.active\.mean)$/,
  /^changes\.(hosts|moved)$/,
  /^repartition\.(reviews|begun|done|madeAnew|created|deleted|moved)$/,
  /^faults\.(moved|sparesJoined)$/,
  /^elastic\.(burst\..*|[^.]+\.(hosts\.\w+|asked|released|starts|interrupted\.saved))$/,
  /^licences\.[^.]+\.(entitled|needed\.\w+|inUse\.\w+|asked)$/,
];

test('every metric has a direction, or says that it has none', () => {
  expect(ALL.length).toBeGreaterThan(150);
  expect(ALL.filter((name) => statedDirection(name) === undefined)).toEqual([]);
});

test('the direction is that of whoever runs the fleet', () => {
  const wanted = (name: string) =>
    HIGHER.some((each) => each.test(name))
      ? 'higher'
      : NEITHER.some((each) => each.test(name))
        ? 'none'
        : 'lower';
  expect(ALL.filter((name) => directionOf(name) !== wanted(name))).toEqual([]);
  for (const pattern of [...HIGHER, ...NEITHER])
    expect(
      ALL.some((name) => pattern.test(name)),
      String(pattern),
    ).toBe(true);
});

test('slower is worse, however it is measured', () => {
  for (const name of ['slowdown.mean', 'slowdown.p99', 'stretch.p95', 'wait.max', 'completion.p50'])
    expect(directionOf(name), name).toBe('lower');
});

test('a metric that nobody has described has no direction, though its neighbours have one', () => {
  for (const stem of [
    'cost',
    'faults',
    'licences.pool',
    'repartition',
    'elastic.spot',
    'elastic.spot.interrupted',
  ])
    expect(statedDirection(`${stem}.new`), stem).toBeUndefined();
});

test('idle GPU by what becomes of it is worse the more there is, but where a task can use it or wants none', () => {
  const [row = ''] =
    /^\| `fragmentation\.CATEGORY\.mean`.*$/m.exec(readFileSync('docs/results.md', 'utf8')) ?? [];
  const [, listed = ''] = /: (.*) \|$/.exec(row) ?? [];
  const categories = [...listed.matchAll(/`([^`]+)`/g)].map(([, name]) => name);
  expect(categories).toHaveLength(7);
  const better = categories.filter((name) => directionOf(`fragmentation.${name}.mean`) !== 'lower');
  expect(better).toEqual(['no-gpu-satisfied', 'satisfied']);
});
