import type { Metric } from '../../sim/index.ts';

/** Words that a result takes from outside, so that a test can put anything in their place. */
export interface Words {
  readonly scenario: string;
  readonly description: string;
  readonly pool: string;
  readonly model: string;
  readonly className: string;
  readonly service: string;
  readonly session: string;
  readonly tenant: string;
  readonly text: string;
  readonly path: string;
}

export const PLAIN_WORDS: Words = {
  scenario: 'everything',
  description: 'A fleet made by hand that has something to say in every section.',
  pool: 'west',
  model: 'A100-SXM4-80GB',
  className: 'small',
  service: 'answer',
  session: 'desk',
  tenant: 'team-a',
  text: 'too few GPUs with enough left',
  path: '../data/jobs.csv',
};

const metric = (value: number | null, unit: string, half?: number): Metric =>
  ({
    value,
    unit,
    ...(half === undefined || value === null ? {} : { ci95: [value - half, value + half] }),
    n: half === undefined ? 1 : 5,
  }) as Metric;

const waits = (scale: number) => ({
  'wait.mean': metric(120 * scale, 'seconds', 11),
  'wait.p50': metric(40 * scale, 'seconds', 4),
  'wait.p95': metric(700 * scale, 'seconds', 80),
  'jobs.arrived': metric(1000, 'jobs', 12),
});

const objective = (name: string, expect: string, verdict: string, why: string, value: number) => ({
  name,
  expect,
  why,
  index: 0,
  verdict,
  needed: null,
  isOneRun: false,
  comparisons: [
    {
      text: expect,
      verdict,
      op: '<',
      left: { value, ci95: [value * 0.9, value * 1.1] },
      right: { value: 60, ci95: null },
      isLimit: true,
      margin: null,
      isPercent: false,
      dimension: {},
      n: 5,
      needed: null,
    },
  ],
});

const BUCKETS = [
  ['useful', 400, 'useful work'],
  ['redone', 10, 'work done again'],
  ['overhead', 40, 'sharing overhead'],
  ['idle', 90, 'allocated but idle'],
  ['cpu', 60, 'stranded by CPU'],
  ['geometry', 80, 'stranded by geometry'],
  ['limits', 50, 'held by quota or limit'],
  ['order', 30, 'held by order'],
  ['licence', 0, 'held by licence'],
  ['changing', 20, 'starting, stopping, changing'],
  ['failed', 20, 'failed, repairing, maintenance'],
  ['no-demand', 200, 'no demand'],
] as const;

/**
 * A result with every part that a report knows, made by hand: 1,000 GPU-hours in twelve buckets, two hours of course in
 * four steps, a bill of 1,234.50 EUR.
 */
export function richResult(w: Words = PLAIN_WORDS) {
  const buckets = (part: number) =>
    BUCKETS.map(([bucket, gpuHours, words]) => ({
      bucket,
      text: words,
      costPerMonth: gpuHours * 1.2345,
      gpuHours: gpuHours * part,
      share: gpuHours / 1000,
      ci95: [gpuHours / 1000 - 0.004, gpuHours / 1000 + 0.004],
      causes: gpuHours > 50 ? [{ cause: 'gpu-room', text: w.text, gpuHours: gpuHours * part }] : [],
    }));
  const course = (unit: string, mean: readonly (number | null)[]) => ({
    unit,
    min: mean.map((v) => (v === null ? null : v * 0.8)),
    mean,
    max: mean.map((v) => (v === null ? null : v * 1.1)),
  });
  return {
    schema: 'slicewise/result@1',
    version: '0.1.0',
    scenario: {
      apiVersion: 'slicewise/v1',
      name: w.scenario,
      description: w.description,
      sources: [w.text],
      seed: 7,
      replications: 5,
      fleet: {
        hosts: [
          {
            name: w.pool,
            count: 2,
            cpu: '96000m',
            memory: '1048576MiB',
            gpus: [{ model: w.model, count: 4 }],
            sharing: { mode: 'mig', layout: ['3g.40gb', '3g.40gb'] },
          },
        ],
      },
      workload: {
        synthetic: {
          tasks: 1000,
          arrivals: { process: 'poisson', rate: '30/h' },
          classes: [
            {
              name: w.className,
              weight: 3,
              cpu: '1000m',
              memory: '1024MiB',
              gpus: 1,
              lifetime: { kind: 'exponential', mean: '30m' },
            },
            {
              name: 'large',
              weight: 1,
              cpu: '8000m',
              memory: '8192MiB',
              gpus: 2,
              lifetime: { kind: 'exponential', mean: '2h' },
            },
          ],
        },
        services: [
          {
            name: w.service,
            replicas: 2,
            traffic: { kind: 'open', arrivals: { process: 'poisson', rate: '5/s' } },
            objective: '100ms',
          },
        ],
        sessions: [
          {
            name: w.session,
            users: 6,
            cpu: '1000m',
            memory: '1024MiB',
            gpus: 1,
            frames: { target: 60, deadline: '50ms' },
          },
        ],
      },
      policy: {
        placement: 'best-fit',
        tieBreak: 'auto',
        queueing: 'fifo',
        typicalShare: '95%',
        referenceHost: null,
      },
      experiment: { kind: 'timed', horizon: '2h', warmup: '10m' },
    },
    overlays: [`name=${w.scenario}`, w.path],
    inputs: [{ path: w.path, rows: 10, kept: 9, skipped: 1, bad: [], notes: [w.text] }],
    seeds: [7, 8, 9, 10, 11],
    digest: 'd1ce',
    digests: ['1', '2', '3', '4', '5'],
    metrics: {
      'jobs.arrived': metric(1000, 'jobs', 12),
      'jobs.completed': metric(950.4, 'jobs', 9),
      'jobs.waiting': metric(3.2, 'jobs', 1),
      'wait.p50': metric(40, 'seconds', 4),
      'wait.p95': metric(700, 'seconds', 80),
      'wait.mean': metric(120, 'seconds', 11),
      'completion.p95': metric(9000, 'seconds', 400),
      'gpu.capacityMilli': metric(8000, 'milliGPU', 0),
      'gpu.allocated.mean': metric(0.8123, 'fraction', 0.012),
      'gpu.utilized.mean': metric(0.4, 'fraction', 0.0004),
      'fragmentation.mean': metric(0.034, 'fraction', 0.002),
      'stretch.mean': metric(null, 'ratio'),
      [`service.${w.service}.throughput`]: metric(4.9, 'requests/s', 0.1),
      [`service.${w.service}.latency.p99`]: metric(0.0876, 'seconds', 0.0012),
      [`service.${w.service}.withinObjective`]: metric(0.993, 'fraction', 0.001),
      [`session.${w.session}.speed.mean`]: metric(0.96, 'fraction', 0.01),
      [`session.${w.session}.frame.rate`]: metric(57.2, 'frames/s', 0.4),
      [`session.${w.session}.frame.inTime`]: metric(0.998, 'fraction', 0.0003),
      'cost.perMonth': metric(1234.5, 'EUR/month', 12),
      'cost.perGpuHourDelivered': metric(0.61, 'EUR/GPU-hour', 0.02),
      events: metric(123_456, 'events', 700),
    },
    groups: {
      gpuModel: {
        [w.model]: {
          'gpu.capacityMilli': metric(6000, 'milliGPU'),
          'gpu.allocated.mean': metric(0.9, 'fraction', 0.01),
        },
        L40S: {
          'gpu.capacityMilli': metric(2000, 'milliGPU'),
          'gpu.allocated.mean': metric(0.5, 'fraction', 0.01),
        },
      },
      class: { [w.className]: waits(1), large: waits(3) },
      tenant: { [w.tenant]: waits(2) },
      mode: {
        mig: {
          'gpu.allocated.mean': metric(0.9, 'fraction', 0.01),
          'gpu.allocated.peak': metric(1, 'fraction', 0),
        },
      },
    },
    series: {
      time: {
        bucketSeconds: 1800,
        startSeconds: 0,
        endSeconds: 7000,
        names: {
          'gpu.allocated': course('fraction', [0.2, 0.7, 0.9, 0.8]),
          [`gpu.allocated.pool.${w.pool}`]: course('fraction', [0.1, 0.6, 0.9, null]),
          fragmentation: course('fraction', [0.01, 0.03, 0.05, 0.04]),
          'jobs.waiting': course('jobs', [0, 2, 9, 4]),
        },
      },
    },
    waterfall: {
      capacityGpuHours: 1000,
      currency: 'EUR',
      buckets: buckets(1),
      byPool: { [w.pool]: { buckets: buckets(0.75) }, east: { buckets: buckets(0.25) } },
    },
    alerts: [
      {
        rule: 'utilization',
        scope: w.pool,
        state: 'fired',
        count: 1.5,
        totalSeconds: 1800,
        text: w.text,
        source: w.text,
        longest: [{ seed: 7, atSeconds: 1800, untilSeconds: 3600, worst: 0.93 }],
      },
      {
        rule: 'links',
        scope: 'fleet',
        state: 'unmeasured',
        count: 0,
        totalSeconds: 0,
        text: 'nothing moves data',
        source: 'stated',
        longest: [],
      },
    ],
    licences: [
      {
        name: w.pool,
        edition: w.text,
        metric: 'concurrent-user',
        entitled: 4,
        peak: 6,
        peakAtSeconds: 4000,
        overUseHours: 1.5,
        cause: 'growth',
      },
    ],
    objectives: [
      objective(w.tenant, `p95(wait) < 60s and "${w.tenant}"`, 'fail', w.text, 700),
      objective('used', 'utilization > 0.3', 'pass', '', 0.4),
    ],
    cost: {
      currency: 'EUR',
      month: '2026-09',
      measuredHours: 2,
      ledger: [
        {
          kind: 'hardware',
          item: w.text,
          pool: w.pool,
          model: w.model,
          quantity: '8',
          unit: 'GPU-months',
          unitPrice: '125.0625',
          amount: '1000.5',
          source: w.text,
          confidence: 'stated',
        },
        {
          kind: 'energy',
          item: 'electricity',
          pool: '',
          model: '',
          quantity: '1300',
          unit: 'kWh',
          unitPrice: '0.18',
          amount: '234',
          source: 'tariff',
          confidence: 'stated',
        },
      ],
      perMonth: '1234.50',
      byKind: { hardware: '1000.50', energy: '234.00' },
      tco: [
        { bought: '36000.00', running: '0.00', resale: '0.00', soFar: '36000.00' },
        { bought: '0.00', running: '2808.00', resale: '-9000.00', soFar: '29808.00' },
      ],
      chargeback: [
        { tenant: w.tenant, amount: '1000.00' },
        { tenant: '(no tenant)', amount: '234.50' },
      ],
      appraisal: {
        baseline: w.text,
        months: 36,
        rate: 0.08,
        npv: 5012.345,
        irrPerYear: 0.21,
        irrsPerYear: [0.21],
        paybackMonths: 17.5,
        discountedPaybackMonths: null,
        roi: 0.4,
        flows: [],
      },
    },
    explanations: [
      {
        kind: 'waited',
        reason: 'gpu-room',
        text: w.text,
        demand: w.className,
        jobSeconds: 4000,
        gpuSeconds: 8000,
        share: 0.7,
        freeShare: 0.2,
      },
      { kind: 'waiting', reason: 'gpu-room', text: w.text, jobs: 12, jobSeconds: 3000 },
      { kind: 'rejected', reason: 'never-fits:cpu', text: w.text, jobs: 1.4 },
    ],
    statistics: { warmup: { usedSec: [600, 600], suggestedSec: [300, null] }, overloaded: 1 },
    assumptions: [
      {
        id: 'vgpu.aggregate',
        what: w.text,
        value: 0.93,
        unit: 'fraction',
        low: 0.85,
        high: 0.98,
        source: w.text,
        evidence: 'inferred',
      },
    ],
    uncertainty: {
      samples: 20,
      seed: 1,
      runs: 100,
      method: 'lhs',
      parameters: [
        {
          id: 'vgpu.aggregate',
          what: w.text,
          unit: 'fraction',
          low: 0.85,
          typical: 0.93,
          high: 0.98,
          assumed: true,
          source: w.text,
        },
      ],
      stated: [],
      withoutEffect: ['mps.start'],
      metrics: {
        'completion.mean': {
          unit: 'seconds',
          typical: 4000,
          p5: 3900,
          p50: 4010,
          p95: 4200,
          n: 20,
          explained: 0.9,
          drivers: [
            {
              id: 'vgpu.aggregate',
              assumed: true,
              atLow: 4300,
              atHigh: 3850,
              swing: 450,
              rankCorrelation: -0.9,
              regression: -0.9,
            },
          ],
        },
      },
    },
    notes: [w.text, 'p99 rests on few jobs'],
  };
}
