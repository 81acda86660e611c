import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { stateDesign } from '../../cli/sweep/state-design.ts';
import type { SweepFactor, SweepPart } from '../../sim/experiment/sweep/index.ts';
import {
  checkDesign,
  pointDocument,
  readDesignDocument,
  readOptions,
  type SweepDesign,
  sweepPoints,
} from '../../sim/experiment/sweep/index.ts';
import { parseScenarioText } from '../../sim/scenario/index.ts';
import { applyOverlay } from '../../sim/scenario/overlay.ts';
import type { Problem } from '../../sim/scenario/problem.ts';
import { SMALL_YAML } from '../cli/small-scenario.ts';

const parsed = parseScenarioText(SMALL_YAML, 's.yaml');
const document = (parsed.ok ? parsed.document : {}) as object;

function factor(part: SweepPart, text: string): SweepFactor {
  const problems: Problem[] = [];
  const [read] = readOptions(part, [text], problems);
  expect(problems).toEqual([]);
  return read?.factor as SweepFactor;
}

const valuesOf = (part: SweepPart, text: string) => {
  const read = factor(part, text);
  return 'values' in read ? read.values : read.range;
};

function wrong(part: SweepPart, text: string): string {
  const problems: Problem[] = [];
  expect(readOptions(part, [text], problems)).toEqual([]);
  expect(problems).toHaveLength(1);
  expect(problems[0]?.path).toBe(`--${part} ${text}`);
  return problems[0]?.message ?? '';
}

/** A text as a pattern that matches it. */
const escaped = (text: string) => text.replace(/[.+?^${}()|[\]\\*]/g, '\\$&');

const design = (factors: readonly SweepFactor[], samples = 1, seed = 1): SweepDesign => ({
  factors,
  samples,
  seed,
});
const all = (of: SweepDesign) => {
  const points = sweepPoints(of);
  return Array.from({ length: points.count }, (_, i) => points.at(i));
};

describe('Values of a factor', () => {
  test('are words, objects, steps and factors, in the unit they were written in', () => {
    expect(valuesOf('grid', 'policy.placement=fgd, best-fit')).toEqual(['fgd', 'best-fit']);
    expect(valuesOf('grid', 'a.b=4..16:4')).toEqual(['4', '8', '12', '16']);
    expect(valuesOf('grid', 'a=1,4..9:2,20')).toEqual(['1', '4', '6', '8', '20']);
    expect(valuesOf('grid', 'a=0..1:0.1')).toHaveLength(11);
    expect(valuesOf('grid', 'a=10GiB..80GiB:10GiB')).toEqual([1, 2, 3, 4, 5, 6, 7, 8].map((n) => `${n}0GiB`));
    expect(valuesOf('grid', 'a=512MiB..2GiB:512MiB')).toEqual(['512MiB', '1024MiB', '1536MiB', '2048MiB']);
    expect(valuesOf('grid', 'a=1..64:*2')).toEqual(['1', '2', '4', '8', '16', '32', '64']);
    expect(valuesOf('grid', 'a=-2..2:2')).toEqual(['-2', '0', '2']);
    expect(valuesOf('grid', 'sharing={kind: mig, a: [1,2]},{kind: mps}')).toEqual([
      '{kind: mig, a: [1,2]}',
      '{kind: mps}',
    ]);
    expect(valuesOf('grid', "a='x,y',null,true")).toEqual(["'x,y'", 'null', 'true']);
    expect(valuesOf('grid', 'workload.trace.pods=../a.csv,../b.csv')).toEqual(['../a.csv', '../b.csv']);
    expect(valuesOf('grid', 'a=fgd')).toEqual(['fgd']);
    expect(valuesOf('list', 'a=1,1,2')).toEqual(['1', '1', '2']);
    expect(valuesOf('lhs', 'a=1/h..10/h')).toEqual({ from: 1, to: 10, unit: '/h', scale: 'linear' });
    expect(valuesOf('random', 'a=10GiB..1TiB:log')).toEqual({
      from: 10,
      to: 1024,
      unit: 'GiB',
      scale: 'log',
    });
    expect(valuesOf('random', 'a=8..64:8:log')).toEqual({ from: 8, to: 64, unit: '', scale: 'log', step: 8 });
    expect(valuesOf('lhs', 'a=fgd,best-fit')).toEqual(['fgd', 'best-fit']);
  });

  test('that say nothing sensible are refused, each with a reason', () => {
    expect(wrong('grid', 'a')).toMatch(/must be a path and its values/);
    expect(wrong('grid', 'a=1,,2')).toMatch(/empty value/);
    expect(wrong('grid', 'a=4..16')).toMatch(/needs one step/);
    expect(wrong('grid', 'a=4..16:log')).toMatch(/needs one step/);
    expect(wrong('grid', 'a=16..4:1')).toMatch(/low end first/);
    expect(wrong('grid', 'a=4..16:0')).toMatch(/step above 0/);
    expect(wrong('grid', 'a=4..16:-1')).toMatch(/step above 0/);
    expect(wrong('grid', 'a=0..16:*2')).toMatch(/low end above 0/);
    expect(wrong('grid', 'a=1..16:*1')).toMatch(/factor above 1/);
    expect(wrong('grid', 'a=0..1:1e-9')).toMatch(/more than 100000 values/);
    expect(wrong('grid', 'a=1,2,1')).toMatch(/value 1 twice/);
    expect(wrong('lhs', 'a=1/h..10GiB')).toMatch(/of one kind/);
    expect(wrong('lhs', 'a=0..10:log')).toMatch(/above 0 on a log scale/);
    expect(wrong('random', 'a=fgd')).toMatch(/fgd alone/);
    expect(wrong('random', 'a=1..8:*2')).toMatch(/one step and :log/);
    expect(wrong('random', 'a=1..8:1:2')).toMatch(/one step and :log/);
  });
});

const names = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'), { maxLength: 4 });

describe('Points of a design', () => {
  test('are every combination of the grid with every row of the lists, once and in order', () => {
    fc.assert(
      fc.property(
        names,
        fc.array(fc.integer({ min: 1, max: 4 }), { minLength: 4, maxLength: 4 }),
        fc.integer({ min: 1, max: 4 }),
        (paths, sizes, rows) => {
          const half = Math.ceil(paths.length / 2);
          const factors = paths.map((path, f): SweepFactor => {
            const length = f < half ? (sizes[f] as number) : rows;
            return {
              part: f < half ? 'grid' : 'list',
              path,
              values: Array.from({ length }, (_, v) => `${path}${v}`),
            };
          });
          // The slow way: loops within loops.
          let slow: string[][] = [[]];
          for (const each of factors.slice(0, half))
            slow = slow.flatMap((row) =>
              'values' in each ? each.values.map((value) => [...row, value]) : [],
            );
          if (factors.length > half)
            slow = slow.flatMap((row) =>
              Array.from({ length: rows }, (_, r) => [
                ...row,
                ...factors.slice(half).map(({ path }) => `${path}${r}`),
              ]),
            );
          expect(all(design(factors)).map(({ values }) => values)).toEqual(slow);
        },
      ),
    );
  });

  test('of a Latin hypercube have one value in each part of each range, on either scale', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), fc.boolean(), (samples, seed, isLog) => {
        const text = isLog ? 'x=1..1000:log' : 'x=1..1000';
        const of = design([factor('lhs', text), factor('lhs', 'y=a,b')], samples, seed);
        const strata = all(of).map(({ values }) => {
          const x = Number(values[0]);
          const place = isLog ? Math.log(x) / Math.log(1000) : (x - 1) / 999;
          return place * samples;
        });
        strata.sort((p, q) => p - q);
        // Values have six digits: at an edge they may stand a hair outside.
        for (const [i, at] of strata.entries()) {
          expect(at).toBeGreaterThan(i - 1e-2);
          expect(at).toBeLessThan(i + 1 + 1e-2);
        }
        const as = all(of).filter(({ values }) => values[1] === 'a').length;
        expect(Math.abs(as - samples / 2)).toBeLessThanOrEqual(1);
      }),
    );
  });

  test('drawn at random stay what they are when more are drawn, or another factor joins', () => {
    const x = factor('random', 'x=1/h..10/h');
    const y = factor('random', 'y=1..100:1');
    const few = all(design([x], 5)).map(({ values }) => values[0]);
    expect(
      all(design([x], 50))
        .slice(0, 5)
        .map(({ values }) => values[0]),
    ).toEqual(few);
    expect(all(design([y, x], 5)).map(({ values }) => values[1])).toEqual(few);
    expect(all(design([x], 5, 2)).map(({ values }) => values[0])).not.toEqual(few);
    const cells = all(design([factor('grid', 'g=1,2'), x], 5));
    expect(cells.slice(0, 5).map(({ values }) => values[1])).toEqual(
      cells.slice(5).map(({ values }) => values[1]),
    );
  });

  test('with steps take every step equally often, and both ends', () => {
    const counts = new Map<string, number>();
    for (const { values } of all(design([factor('random', 'x=4..20:4')], 20_000)))
      counts.set(values[0] as string, (counts.get(values[0] as string) ?? 0) + 1);
    expect([...counts.keys()].sort((a, b) => Number(a) - Number(b))).toEqual(['4', '8', '12', '16', '20']);
    // 5 cells of 4000: chi-square with 4 degrees of freedom is below 23.5 but once in 10,000.
    const chi = [...counts.values()].reduce((sum, n) => sum + (n - 4000) ** 2 / 4000, 0);
    expect(chi).toBeLessThan(23.5);
  });
});

describe('A design for a scenario', () => {
  const check = (texts: Partial<Record<SweepPart, string[]>>, samples?: number) => {
    const problems: Problem[] = [];
    const factors = Object.entries(texts).flatMap(([part, each]) =>
      readOptions(part as SweepPart, each, problems),
    );
    expect(problems).toEqual([]);
    const checked = checkDesign(
      document,
      { factors, ...(samples === undefined ? {} : { samples }) },
      1,
      1000,
    );
    return checked.ok ? checked.design : checked.problems.map(({ path, message }) => `${path}: ${message}`);
  };

  test('draws whole numbers where only those are accepted, and rates as they come', () => {
    const found = check(
      { random: ['fleet.hosts.a.count=1..5'], lhs: ['workload.synthetic.arrivals.rate=1/h..10/h'] },
      10,
    );
    expect(found).toMatchObject({ factors: [{ range: { step: 1 } }, { range: { unit: '/h' } }] });
    expect((found as SweepDesign).factors[1]).not.toHaveProperty(['range', 'step']);
  });

  test('tells everything that is wrong at once', () => {
    expect(
      check({
        grid: ['policy.placemnt=fgd', 'policy.queueing=fifo,lifo', 'fleet.hosts.a.count=1,2'],
        list: ['workload.synthetic.tasks=10,20', 'fleet.hosts.a.cpu=8,16,32'],
        random: ['fleet.hosts.a=1..2', 'seed=1..9'],
      }),
    ).toEqual([
      expect.stringMatching(
        /^--random fleet.hosts.a=1..2: is swept already by --grid fleet.hosts.a.count=1,2/,
      ),
      expect.stringMatching(/^--random seed=1..9: seed is the same at all points/),
      expect.stringMatching(/^--list fleet.hosts.a.cpu=8,16,32: .* needs 2 values, got 3/),
      expect.stringMatching(/^--samples: says how many points/),
      expect.stringMatching(/^--grid policy.placemnt=fgd: policy has no key "placemnt"/),
      expect.stringMatching(
        /^--grid policy.queueing=fifo,lifo: with lifo, policy.queueing must be one of fifo/,
      ),
    ]);
    expect(check({})).toEqual([expect.stringMatching(/nothing is swept/)]);
    expect(check({ grid: ['workload.synthetic.tasks=1..1001:1'] })).toEqual([
      expect.stringMatching(/^--budget: allows 1000 points, the design has 1001/),
    ]);
    expect(check({ grid: ['policy.queueing=fifo,sjf'] }, 5)).toEqual([
      expect.stringMatching(/^--samples: has nothing to draw/),
    ]);
    expect(check({ lhs: ['workload.synthetic.arrivals.rate=1GiB..2GiB'] }, 5)).toEqual([
      expect.stringMatching(/rate/),
    ]);
  });

  test('takes a value once, however its path is written', () => {
    const same = [
      ['fleet.hosts[0].count', 'fleet.hosts.a.count'],
      ['fleet.hosts.a.count', 'fleet.hosts[0].count'],
      // A list of one item stands for the item.
      ['fleet.hosts.count', 'fleet.hosts.a.count'],
      ['fleet.hosts[0]["count"]', 'fleet.hosts.count'],
    ] as const;
    for (const [first, second] of same)
      expect(check({ grid: [`${first}=1,2`, `${second}=3,4`] })).toEqual([
        expect.stringMatching(
          new RegExp(`^--grid ${escaped(second)}=3,4: is swept already by --grid ${escaped(first)}=1,2`),
        ),
      ]);
    expect(check({ grid: ['fleet.hosts[0].count=1,2', 'fleet.hosts.a.count=3,4'] })).toEqual([
      expect.stringMatching(/: fleet.hosts.a.count is fleet.hosts\[0\].count$/),
    ]);
    const whole = 'fleet.hosts[0]={name: a, count: 1, cpu: 8, memory: 32GiB, gpus: {model: A100, count: 2}}';
    expect(check({ grid: [whole, 'fleet.hosts.a.count=3,4'] })).toEqual([
      expect.stringMatching(/^--grid fleet.hosts.a.count=3,4: is swept already by --grid fleet.hosts\[0\]=/),
    ]);
    expect(check({ grid: ['fleet.hosts.a.count=3,4', whole] })).toEqual([
      expect.stringMatching(
        /^--grid fleet.hosts\[0\]=.*: is swept already by --grid fleet.hosts.a.count=3,4$/,
      ),
    ]);
    expect(check({ grid: ['fleet.hosts[0].count=1,2', 'fleet.hosts.a.cpu=8,16'] })).toHaveProperty('factors');
  });

  test('sets no value that a setting set for all points, unless it sets a part of it', () => {
    const against = (set: string, grid: string) => {
      const overlaid = applyOverlay(document, [set]);
      if (!overlaid.ok) throw new Error(overlaid.problems[0]?.message);
      const factors = readOptions('grid', [grid], []);
      const checked = checkDesign(overlaid.document as object, { factors }, 1, 1000, overlaid.settings);
      return checked.ok ? 'fine' : checked.problems.map(({ message }) => message).join('; ');
    };
    const undone = against('fleet.hosts[0].count=5', 'fleet.hosts.a.count=1,2');
    expect(undone).toContain('--set fleet.hosts[0].count=5');
    expect(undone).toContain('fleet.hosts.a.count is fleet.hosts[0].count');
    expect(against('policy.queueing=sjf', 'policy={queueing: fifo},{queueing: sjf}')).toContain('leave one');
    expect(against('policy={queueing: sjf}', 'policy.queueing=fifo,sjf')).toBe('fine');
    expect(against('workload.synthetic.tasks=null', 'workload.synthetic.tasks=10,20')).toBe('fine');
    const two = '{name: b, count: 1, cpu: 8, memory: 32GiB, gpus: {model: A100, count: 2}}';
    // The item that was set is another one's neighbour after one was taken out.
    const moved = applyOverlay(document, [
      `fleet.hosts[1]=${two}`,
      'fleet.hosts[0].count=3',
      'fleet.hosts.a=null',
    ]);
    if (!moved.ok) throw new Error('these settings apply');
    const factors = readOptions('grid', ['fleet.hosts[0].count=1,2'], []);
    expect(checkDesign(moved.document as object, { factors }, 1, 1000, moved.settings)).toMatchObject({
      ok: true,
    });
  });

  test('whose values give items other names is refused at the point where two settings meet', () => {
    const b = '{name: b, count: 1, cpu: 8, memory: 32GiB, gpus: {model: A100, count: 2}}';
    const two = applyOverlay(document, [`fleet.hosts[1]=${b}`]);
    if (!two.ok) throw new Error('this setting applies');
    const settings = (names: readonly [string, string], ...more: string[]) =>
      pointDocument(two.document as object, [
        ...names.map((name, i) => `fleet.hosts[${i}].name=${name}`),
        ...more,
      ]);
    const counts = ['fleet.hosts.a.count=3', 'fleet.hosts[0].count=4'];
    expect(settings(['b', 'a'], ...counts)).toMatchObject({ ok: true });
    expect(settings(['a', 'b'], ...counts)).toMatchObject({
      ok: false,
      problems: [
        {
          path: 'fleet.hosts[0].count',
          message: 'is set twice, by fleet.hosts.a.count=3 and by fleet.hosts[0].count=4',
        },
      ],
    });
    // An item that is taken out leaves its place to the next one, which was not set.
    expect(
      pointDocument(two.document as object, ['fleet.hosts.a=null', 'fleet.hosts.b.count=3']),
    ).toMatchObject({
      ok: true,
    });
  });

  test('is told apart from what every object has', () => {
    for (const name of ['constructor', 'toString', '__proto__', 'hasOwnProperty'])
      expect(check({ grid: [`${name}=1,2`] })).toEqual([
        expect.stringMatching(
          new RegExp(`^--grid ${name}=1,2: (the document has no key "${name}"|must start with a path)`),
        ),
      ]);
  });

  test('is not said to be empty because what it had was wrong', () => {
    const told = (options: Parameters<typeof stateDesign>[0]) => {
      const problems: Problem[] = [];
      const checked = checkDesign(document, stateDesign(options, problems), 1, 1000);
      return [...problems, ...(checked.ok ? [] : checked.problems)].map(({ path }) => path);
    };
    expect(told({ grid: ['policy.queueing=fifo,fifo'] })).toEqual(['--grid policy.queueing=fifo,fifo']);
    expect(told({ lhs: ['fleet.hosts.a.count=1'], samples: 5 })).toEqual(['--lhs fleet.hosts.a.count=1']);
    expect(told({ design: 'no-such-design.yaml' })).toEqual(['no-such-design.yaml']);
    expect(told({})).toEqual(['']);
    expect(told({ samples: 5 })).toEqual(['']);
  });

  test('reads a file as it reads the options, and tells what is wrong in it', () => {
    const problems: Problem[] = [];
    const stated = readDesignDocument(
      {
        grid: { 'policy.placement': ['fgd', 'best-fit'], 'fleet.hosts.a.count': '1..3:1' },
        lhs: { 'workload.synthetic.arrivals.rate': '1/h..10/h:log' },
        list: { sharing: [{ kind: 'mig' }, null] },
        samples: 7,
        replications: 2,
      },
      problems,
    );
    expect(problems).toEqual([]);
    expect(stated.samples).toBe(7);
    expect(stated.replications).toBe(2);
    expect(stated.factors.map((each) => each.factor)).toEqual([
      { part: 'grid', path: 'policy.placement', values: ['"fgd"', '"best-fit"'] },
      factor('grid', 'fleet.hosts.a.count=1..3:1'),
      { part: 'list', path: 'sharing', values: ['{"kind":"mig"}', 'null'] },
      factor('lhs', 'workload.synthetic.arrivals.rate=1/h..10/h:log'),
    ]);
    readDesignDocument({ grids: {}, grid: [], lhs: { a: 3 }, samples: 0, replications: 1.5 }, problems);
    expect(problems.map(({ path }) => path)).toEqual([
      'grids',
      'grid',
      'lhs["a"]',
      'samples',
      'replications',
    ]);
    readDesignDocument(['x'], problems);
    expect(problems).toHaveLength(6);
  });
});
