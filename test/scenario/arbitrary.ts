import fc from 'fast-check';
import type { ScenarioDocument } from '../../sim/scenario/index.ts';

/** Random valid scenario documents, in all the forms an author may choose between. */

const MODELS = ['T4', 'G2', 'A10'] as const;

const duration = fc.oneof(
  fc
    .tuple(fc.integer({ min: 1, max: 5000 }), fc.constantFrom('us', 'ms', 's', 'm', 'h'))
    .map(([n, u]) => `${n}${u}`),
  fc.integer({ min: 1, max: 999 }).map((n) => `${n / 10} d`),
  fc.constantFrom('24h', '1440m', '0.5s', '86400000ms', '1.50h'),
);

const shape = fc.double({ min: 0.01, max: 1000, noNaN: true });
const weight = fc.oneof(fc.integer({ min: 1, max: 1000 }), fc.double({ min: 0.001, max: 1e6, noNaN: true }));

/** Two durations, the second longer. */
const bounds = fc
  .tuple(fc.integer({ min: 1, max: 1000 }), fc.integer({ min: 1, max: 1000 }))
  .map(([lo, more]) => ({ min: `${lo}s`, max: `${lo + more}s` }));

const quantiles = fc
  .array(fc.tuple(fc.integer({ min: 1, max: 99 }), fc.nat(500)), { maxLength: 5 })
  .map((inner) => {
    const probabilities = [...new Set(inner.map(([p]) => p))].sort((a, b) => a - b);
    let seconds = 0;
    const points = probabilities.map((p, i): [number, string] => {
      seconds += inner[i]![1];
      return [p / 100, `${seconds}s`];
    });
    return [[0, '0s'] as [number, string], ...points, [1, `${seconds + 60}s`] as [number, string]];
  });

const simple = fc.oneof(
  fc.record({ kind: fc.constant('constant' as const), value: duration }),
  fc.record({ kind: fc.constant('exponential' as const), mean: duration }),
  bounds.map((range) => ({ kind: 'uniform' as const, ...range })),
  fc.record({ kind: fc.constant('normal' as const), mean: duration, sd: duration }),
  bounds.map(({ min, max }) => ({ kind: 'normal' as const, mean: min, sd: '1000s', min, max })),
  fc.record({
    kind: fc.constant('lognormal' as const),
    median: duration,
    sigma: fc.double({ min: 0.1, max: 3, noNaN: true }),
  }),
  fc.record({ kind: fc.constant('gamma' as const), shape, mean: duration }),
  fc.record({ kind: fc.constant('weibull' as const), shape, scale: duration }),
  fc.record({ kind: fc.constant('pareto' as const), shape, min: duration }),
  bounds.map((range) => ({ kind: 'pareto' as const, shape: 1.5, ...range })),
  quantiles.map((table) => ({ kind: 'empirical' as const, quantiles: table })),
  fc
    .array(duration, { minLength: 1, maxLength: 4 })
    .map((values) => ({ kind: 'empirical' as const, values })),
  fc.array(fc.tuple(duration, weight), { minLength: 1, maxLength: 4 }).map((pairs) => ({
    kind: 'discrete' as const,
    values: pairs.map(([v]) => v),
    weights: pairs.map(([, w]) => w),
  })),
);

const distribution = fc.oneof(
  { weight: 5, arbitrary: simple },
  fc.array(fc.tuple(weight, simple), { minLength: 1, maxLength: 3 }).map((parts) => ({
    kind: 'mixture' as const,
    parts: parts.map(([w, part]) => ({ weight: w, ...part })),
  })),
);

const cpu = fc.oneof(
  fc.integer({ min: 1, max: 128 }),
  fc.integer({ min: 1, max: 128_000 }).map((milli) => `${milli}m`),
  fc.integer({ min: 1, max: 128_000 }).map((milli) => milli / 1000),
);
const memory = fc
  .tuple(fc.integer({ min: 1, max: 900 }), fc.constantFrom('MiB', 'GiB', 'GB', 'TiB', 'MB'))
  .map(([n, unit]) => `${n}${unit}`);
const name = fc.stringMatching(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,8}$/);

const gpuGroup = fc.record({ model: fc.constantFrom(...MODELS), count: fc.integer({ min: 1, max: 16 }) });
const gpus = fc.oneof(gpuGroup, fc.uniqueArray(gpuGroup, { maxLength: 3, selector: ({ model }) => model }));

/** One host of each model first, so that every class may ask for any. */
const hosts = fc
  .uniqueArray(
    fc.record(
      { name, cpu, memory, gpus, count: fc.integer({ min: 1, max: 500 }) },
      { requiredKeys: ['name', 'cpu', 'memory'] },
    ),
    {
      maxLength: 4,
      // No name is another's with a number appended.
      selector: (group) => group.name.replace(/-\d+$/, ''),
    },
  )
  .map((more) => [
    { name: 'all', cpu: 64, memory: '256GiB', gpus: MODELS.map((model) => ({ model, count: 2 })) },
    ...more.filter((group) => !/^all(-|$)/.test(group.name)),
  ]);

const taskClass = fc.record(
  {
    weight,
    cpu,
    memory,
    gpu: fc.constantFrom<string | number>(0.5, '0.25GPU', '10%', '333m', '1GPU'),
    models: fc.subarray([...MODELS]),
    lifetime: fc.oneof(fc.constant('shared'), distribution),
  },
  { requiredKeys: ['cpu', 'memory', 'lifetime'] },
);

const classes = fc
  .array(fc.tuple(taskClass, fc.integer({ min: 0, max: 4 })), { minLength: 1, maxLength: 5 })
  .map((items) =>
    items.map(([{ gpu, models, ...rest }, count], index) => ({
      name: `class-${index}`,
      ...rest,
      ...(count === 0
        ? {}
        : {
            gpus: count,
            ...(gpu === undefined ? {} : { gpu }),
            ...(models === undefined ? {} : { models }),
          }),
    })),
  );

const rate = fc
  .tuple(fc.integer({ min: 1, max: 9999 }), fc.constantFrom('s', 'm', 'h', 'd'))
  .map(([n, u]) => `${n / 10}/${u}`);
const arrivals = fc.oneof(
  fc.record(
    {
      process: fc.constant('poisson' as const),
      rate,
      hourOfDay: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 24, maxLength: 24 }),
      dayOfWeek: fc.array(fc.integer({ min: 1, max: 9 }), { minLength: 7, maxLength: 7 }),
    },
    { requiredKeys: ['process', 'rate'] },
  ),
  fc.record({ process: fc.constant('deterministic' as const), rate }),
  fc.integer({ min: 1, max: 100_000 }).map((seconds) => ({
    process: 'renewal' as const,
    interarrival: { kind: 'exponential' as const, mean: `${seconds}s` },
  })),
);

const synthetic = fc.record({
  tasks: fc.integer({ min: 1, max: 1000 }),
  arrivals,
  lifetimes: fc
    .dictionary(name, distribution, { maxKeys: 3 })
    .map((named) => ({ ...named, shared: { kind: 'constant' as const, value: '1h' } })),
  classes,
});

const experiment = fc.oneof(
  fc.record(
    {
      kind: fc.constant('timed' as const),
      horizon: fc.constantFrom('10d', '240h', null),
      warmup: fc.constantFrom('0s', '1.5h'),
    },
    { requiredKeys: ['kind'] },
  ),
  fc.record(
    {
      kind: fc.constant('fill' as const),
      target: fc.constantFrom<string | number>(1.3, '95%', '130%'),
      order: fc.constantFrom('shuffle' as const, 'file' as const),
    },
    { requiredKeys: ['kind'] },
  ),
);

const trace = fc.record(
  { format: fc.constant('openb' as const), pods: fc.constant('pods.csv'), strict: fc.boolean() },
  { requiredKeys: ['format', 'pods'] },
);

export const scenarioArbitrary: fc.Arbitrary<ScenarioDocument> = fc.record(
  {
    apiVersion: fc.constant('slicewise/v1' as const),
    name: fc
      .string({ minLength: 1, maxLength: 20, unit: 'grapheme' })
      .filter((text) => !/[\p{Cc}]/u.test(text)),
    description: fc.string({ unit: 'grapheme' }),
    sources: fc.array(fc.string({ maxLength: 10 }), { maxLength: 2 }),
    // With the most replications, the last seed is still a safe integer.
    seed: fc.maxSafeNat().map((seed) => Math.max(0, seed - 100_000)),
    replications: fc.integer({ min: 1, max: 100_000 }),
    fleet: hosts.map((groups) => ({ hosts: groups })),
    // A trace beside the generated tasks keeps a fill experiment without GPU classes valid.
    workload: fc.record(
      { trace, synthetic, typical: fc.constantFrom('typical.csv', null) },
      { requiredKeys: ['trace'] },
    ),
    policy: fc.record(
      {
        placement: fc.constantFrom('best-fit' as const, 'fgd' as const),
        tieBreak: fc.constantFrom('auto' as const, 'random' as const),
        typicalShare: fc.constantFrom<string | number>('95%', 0.9, 1),
        referenceHost: fc.constantFrom(null, { cpu: 128, gpus: 8 }, { cpu: '96000m', gpus: 1 }),
      },
      { requiredKeys: [] },
    ),
    experiment,
  },
  { requiredKeys: ['apiVersion', 'name', 'fleet', 'workload'] },
);
