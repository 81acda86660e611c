import type { ObjectiveResult } from '../../../sim/experiment/compare/index.ts';
import type { Metric } from '../../../sim/experiment/metric.ts';
import type { ChosenCount, PlanResult, ReportedPlan } from '../../../sim/experiment/plan/index.ts';

/** Plans as they may come out, made by hand: every kind of rival, of end and of what can be missing. */

const money = (value: number, half = 0): Metric => ({
  value,
  unit: 'USD/month',
  n: 10,
  ...(half === 0 ? {} : { ci95: [value - half, value + half] as const }),
});

export function objective(
  found: number,
  half: number,
  verdict: ObjectiveResult['verdict'],
  limit = 300,
): ObjectiveResult {
  const expect = `p95(wait) < ${limit / 60}min`;
  return {
    name: expect,
    expect,
    why: '',
    index: 0,
    verdict,
    needed: verdict === 'undecided' ? 40 : null,
    isOneRun: false,
    comparisons: [
      {
        text: expect,
        op: '<',
        left: { value: found, ci95: [found - half, found + half] },
        right: { value: limit, ci95: [limit, limit] },
        margin: { value: found - limit, ci95: [found - limit - half, found - limit + half] },
        isLimit: true,
        isPercent: false,
        dimension: { s: 1 },
        n: 10,
        needed: null,
        verdict,
      },
    ],
  };
}

const GPU_PATH = 'fleet.hosts.gpu.count';
const DESK_PATH = 'fleet.hosts.desk.count';
const counts = (gpu: number, desks: number): readonly ChosenCount[] => [
  { name: GPU_PATH, path: GPU_PATH, count: gpu },
  { name: 'desks', path: DESK_PATH, count: desks },
];

const options = (card: string, sharing: string): ReportedPlan['options'] => [
  { choice: 'card', option: card },
  { choice: 'sharing', option: sharing },
];

const plan = (over: Partial<ReportedPlan> = {}): ReportedPlan => ({
  name: 'L40S, vgpu',
  options: options('L40S', 'vgpu'),
  counts: counts(4, 2),
  settings: [`${GPU_PATH}=4`, `${DESK_PATH}=2`],
  gpus: 12,
  hosts: 6,
  amount: money(2200.51, 6.85),
  isVerified: true,
  runs: 10,
  objectives: [objective(73.6, 40, 'pass')],
  broken: [],
  metrics: {
    'cost.perMonth': money(2200.51, 6.85),
    'cost.perJob': { value: 0.31, unit: 'USD/job', n: 10 },
    'wait.p95': { value: 73.6, unit: 'seconds', n: 10 },
  },
  load: 0.625,
  ...over,
});

/** The scenario of the plan: small, and one that can be run. */
const PLANNED = {
  apiVersion: 'slicewise/v1',
  name: 'mixed',
  fleet: {
    hosts: [
      { name: 'gpu', count: 4, cpu: 64, memory: '256GiB', gpus: [{ model: 'L40S', count: 2 }] },
      {
        name: 'desk',
        count: 2,
        cpu: 64,
        memory: '256GiB',
        gpus: [{ model: 'A16', count: 2 }],
        sharing: { mode: 'time-slicing', replicas: 4 },
      },
    ],
  },
  workload: {
    synthetic: {
      until: '1h',
      arrivals: { process: 'poisson', rate: '30/h' },
      classes: [{ name: 'half', cpu: 2, memory: '4GiB', gpus: 1, gpu: '50%', lifetime: '1h' }],
    },
  },
  cost: {
    currency: 'USD',
    hosts: [
      { name: 'own', hosts: ['gpu'], owned: { host: 9000, gpu: 8500, months: 48 }, power: 'included' },
      { name: 'rent', hosts: ['desk'], leased: { host: 700, gpu: 45, months: 36 } },
    ],
  },
  experiment: { kind: 'timed', horizon: '1h' },
};

const QUESTION = {
  ...PLANNED,
  seed: 1,
  plan: {
    minimise: 'cost',
    choices: [
      { name: 'card', options: [{ name: 'L40S' }, { name: 'L4' }, { name: 'A16' }] },
      { name: 'sharing', options: [{ name: 'vgpu' }, { name: 'mig' }] },
    ],
    counts: [
      { path: GPU_PATH, from: 1, to: 20, step: 1 },
      { name: 'desks', path: DESK_PATH, from: 2, to: 13, step: 2 },
    ],
    replications: { search: 3, most: 12, verify: 10 },
    uncertainty: true,
    rivals: 3,
    growth: { upTo: 2, perYear: '30%' },
    demands: [
      { name: 'low', factor: 0.6 },
      { name: 'high', factor: 1.5 },
      { name: 'peak', factor: 9 },
    ],
  },
};

const line = (
  kind: string,
  item: string,
  model: string,
  quantity: string,
  unit: string,
  price: string,
  amount: string,
) => ({
  kind,
  item,
  pool: 'own',
  model,
  quantity,
  unit,
  unitPrice: price,
  listUnitPrice: price,
  payment: 'billed',
  amount,
  source: 'vendor offer',
  confidence: 'stated',
});

const COST: NonNullable<PlanResult['cost']> = {
  currency: 'USD',
  month: null,
  measuredHours: 96,
  ledger: [
    line('hardware', 'Bought hosts', '', '4', 'host-months', '487.50', '1950.00'),
    line('energy', 'GPUs', 'L40S', '2087.6', 'kWh', '0.12', '250.51'),
  ],
  perMonth: '2200.51',
  byKind: { hardware: '1950.00', energy: '250.51' },
  byGpuModel: [],
  tco: [
    { bought: '104000.00', running: '0.00', due: '0.00', resale: '0.00', soFar: '104000.00' },
    { bought: '0.00', running: '3006.17', due: '0.00', resale: '33800.00', soFar: '73206.17' },
  ],
  chargeback: [],
  appraisal: null,
};

const late = { broken: [], objectives: [objective(2631, 900, 'fail')] };
const unsure = { broken: [], objectives: [objective(320, 60, 'undecided')] };
const WORK =
  'the work offered in the long run is 1.6 times what is possible; what binds is L40S cards of host group "gpu" (8 of them)';

/** A plan with everything around it. */
export const FOUND: PlanResult = {
  schema: 'slicewise/plan@1',
  version: '0.1.0',
  name: 'mixed',
  scenario: QUESTION,
  minimise: 'cost',
  unit: 'USD/month',
  searched: { options: 6, plans: 720, proven: 430, run: 23, refuted: 1, runs: 312 },
  plan: plan(),
  planned: PLANNED,
  cost: COST,
  bound: 1987.1,
  usage: null,
  gap: 0.0969,
  cheaper: { plans: 6, run: 4, bound: 2150.4, gap: 0.0226 },
  contenders: [],
  binding: [{ axis: GPU_PATH, count: 3, against: late, isProven: false }],
  rivals: [
    {
      name: 'L40S, mig',
      options: options('L40S', 'mig'),
      verdict: 'dearer',
      why: '',
      bound: 2000,
      plan: plan({ name: 'L40S, mig', counts: counts(5, 2), amount: money(2700, 8) }),
    },
    { name: 'L4, vgpu', options: options('L4', 'vgpu'), verdict: 'out-of-reach', why: '', bound: 2410.4 },
    {
      name: 'L4, mig',
      options: options('L4', 'mig'),
      verdict: 'invalid',
      why: 'fleet.hosts.gpu.sharing.mode cannot be mig: L4 has no MIG',
      bound: null,
    },
    { name: 'A16, vgpu', options: options('A16', 'vgpu'), verdict: 'proven', why: WORK, bound: null },
    {
      name: 'A16, mig',
      options: options('A16', 'mig'),
      verdict: 'fails',
      why: '',
      bound: 1990,
      plan: plan({
        name: 'A16, mig',
        counts: counts(20, 12),
        isVerified: false,
        objectives: late.objectives,
      }),
    },
  ],
  pareto: {
    runs: 3,
    criteria: [
      { metric: 'cost.perMonth', better: 'lower', unit: 'USD/month' },
      { metric: 'wait.p95', better: 'lower', unit: 'seconds' },
      { metric: 'plan.headroom', better: 'higher', unit: 'fraction' },
    ],
    plans: [
      { name: 'L40S, vgpu', counts: counts(5, 2), values: [2698.3, 12, 0.5], isOnFront: true },
      { name: 'L40S, vgpu', counts: counts(4, 2), values: [2204.5, 52.4, 0.375], isOnFront: true },
      { name: 'L40S, mig', counts: counts(5, 2), values: [2720.1, 60, 0.4], isOnFront: false },
    ],
  },
  growth: {
    unit: { amount: 30, unit: 'jobs/h' },
    perYear: 0.3,
    steps: [
      {
        plan: { counts: counts(4, 2), amount: money(2250) },
        servesUpTo: 1.25,
        failsAt: 1.265625,
        against: unsure,
        months: 10.8,
      },
      {
        plan: { counts: counts(5, 2), amount: money(2800) },
        bought: { axis: GPU_PATH, more: 1 },
        servesUpTo: 1.625,
        failsAt: 1.640625,
        against: { broken: ['7 of 90 jobs of a run still waited at its end'], objectives: [] },
        months: 22.6,
      },
      {
        plan: { counts: counts(5, 4), amount: money(3300) },
        bought: { axis: 'desks', more: 2 },
        servesUpTo: 2,
        failsAt: null,
        against: null,
        months: null,
      },
    ],
  },
  regret: {
    demands: [
      { name: 'low', factor: 0.6, cheapest: 'L40S, vgpu, 3, 2', amount: 1700.2 },
      { name: 'high', factor: 1.5, cheapest: 'L40S, vgpu, 5, 2', amount: 2760 },
    ],
    plans: [
      {
        name: 'L40S, vgpu',
        counts: counts(5, 2),
        under: [
          { serves: true, amount: 2650.5, regret: 950.3, against: null },
          { serves: true, amount: 2760, regret: 0, against: null },
        ],
        mostRegret: 950.3,
      },
      {
        name: 'L40S, vgpu',
        counts: counts(4, 2),
        under: [
          { serves: true, amount: 2180, regret: 479.8, against: null },
          { serves: false, amount: 2100, regret: null, against: { broken: [WORK], objectives: [] } },
        ],
        mostRegret: null,
      },
    ],
  },
  closest: null,
  infeasible: [],
  notes: ['Nobody has verified figures that the scenario lets into these costs: hosts'],
};

const { growth: _growth, demands: _demands, ...asked } = QUESTION.plan;

/** What no plan keeps: one objective, in runs. */
export const NOTHING: PlanResult = {
  ...FOUND,
  plan: null,
  planned: null,
  cost: null,
  unit: '',
  bound: 3100.4,
  usage: null,
  gap: null,
  cheaper: null,
  binding: [],
  rivals: FOUND.rivals.slice(2),
  pareto: null,
  growth: null,
  regret: null,
  closest: plan({
    counts: counts(20, 12),
    isVerified: false,
    amount: money(9900, 20),
    objectives: [objective(2631, 900, 'fail')],
    broken: ['7 of 90 jobs of a run still waited at its end'],
  }),
  infeasible: [{ name: 'p95(wait) < 5min', nearest: objective(1500, 300, 'fail'), by: 'L40S, vgpu' }],
};

/** All options are proven not to serve: nothing was run. */
export const PROVEN: PlanResult = {
  ...NOTHING,
  searched: { options: 6, plans: 720, proven: 720, run: 0, refuted: 0, runs: 0 },
  bound: null,
  closest: null,
  rivals: [],
  infeasible: [
    { name: WORK, by: 'L40S, vgpu' },
    { name: 'class "big" has no place: no card has 80 GiB', by: 'L4, vgpu' },
  ],
  notes: [],
};

const { cost: _cost, ...plannedFree } = PLANNED;

/** A scenario without a cost section: as few GPUs as can be. */
export const NO_COST: PlanResult = {
  ...FOUND,
  scenario: { ...plannedFree, seed: 1, plan: { ...asked, minimise: 'gpus', uncertainty: false } },
  planned: plannedFree,
  minimise: 'gpus',
  unit: 'GPU',
  plan: plan({ amount: { value: 12, unit: 'GPU', n: 10 }, metrics: {}, load: null }),
  cost: null,
  bound: 12,
  usage: null,
  gap: 0,
  rivals: [
    {
      name: 'L40S, mig',
      options: options('L40S', 'mig'),
      verdict: 'dearer',
      why: '',
      bound: 12,
      plan: plan({ name: 'L40S, mig', amount: { value: 13, unit: 'GPU', n: 3 }, isVerified: false, runs: 3 }),
    },
  ],
  pareto: {
    runs: 3,
    criteria: [
      { metric: 'gpus', better: 'lower', unit: 'GPU' },
      { metric: 'plan.headroom', better: 'higher', unit: 'fraction' },
    ],
    plans: [
      { name: 'L40S, vgpu', counts: counts(4, 2), values: [12, null], isOnFront: false },
      { name: 'L40S, mig', counts: counts(4, 2), values: [13, 0.4], isOnFront: true },
    ],
  },
  growth: {
    unit: null,
    perYear: null,
    steps: [
      {
        plan: { counts: counts(4, 2), amount: { value: 12, unit: 'GPU', n: 3 } },
        servesUpTo: 2,
        failsAt: null,
        against: null,
        months: null,
      },
    ],
  },
  regret: null,
  notes: [],
};

/** Options alone: no count is to be found. */
export const NO_AXES: PlanResult = {
  ...NO_COST,
  scenario: { ...plannedFree, seed: 1, plan: { ...asked, minimise: 'gpus', counts: [], uncertainty: false } },
  plan: plan({
    counts: [],
    settings: [],
    amount: { value: 12, unit: 'GPU', n: 10 },
    objectives: [],
    metrics: {},
  }),
  binding: [],
  rivals: [],
  pareto: null,
  growth: null,
};

export const ALL = { FOUND, NOTHING, PROVEN, NO_COST, NO_AXES } as const;
