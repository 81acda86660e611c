import { WORKLOAD_CLASSES, type WorkloadClass } from '../ask.ts';
import type { CardSpec } from '../card-spec.ts';
import type { ConfigOf } from '../config.ts';
import type { ConfigProblem, SharingMode } from '../mode.ts';
import type { Parameter, ParameterValues } from '../parameters.ts';
import { Interference } from '../speed/interference.ts';
import { MpsCard } from './mps-card.ts';
import { containerStart } from './start-paths.ts';

type Config = ConfigOf<'mps'>;

const start = containerStart('mps');

/** Slowdown for each fully busy neighbour. Sums of pairs give it as 2 / sum - 1. */
const INTERFERENCE: readonly Parameter[] = [
  interference('training', {
    low: 0.026,
    typical: 0.46,
    high: 2.77,
    source: 'MP-5: 2 / (sum of normalised throughputs of a pair) - 1 at p95, median and p5, V100',
    evidence: 'derived',
  }),
  interference('inference-saturated', {
    low: 0.14,
    typical: 0.8,
    high: 0.97,
    source:
      'ParvaGPU profiles behind MP-4: (alone / together - 1) / (processes - 1), 11 models at batch 32 on an A100, minimum, median and maximum over 2 to 5 processes',
    evidence: 'derived',
  }),
  interference('inference-latency', {
    low: 0,
    typical: 0.02,
    high: 0.65,
    source:
      'ParvaGPU profiles behind MP-3, as for saturated inference but at batch 1; the nos measurement (MP-1) gives 0.43',
    evidence: 'derived',
  }),
  interference('other', {
    low: 0.026,
    typical: 0.54,
    high: 2.77,
    source:
      'table of overhead defaults, mps: pairwise sum 0.53 / 1.3 / 1.95, measured on training and inference only',
    evidence: 'inferred',
  }),
];

/** The daemon runs kernels of several processes together. Clients are processes: a tenant with two takes two. */
export const mps: SharingMode<'mps'> = {
  name: 'mps',
  title: 'CUDA MPS',
  summary: 'kernels of several processes run side by side; percentages are ceilings, not floors',
  leavesOut: [
    'A server serves one user at a time; all tenants are taken to be of one user.',
    'A fault of one client ends all clients; how often that happens is not a matter of the mode.',
    'Clients of the same class and busy time interfere alike, whatever they do.',
    'Pairs of unlike work: the weaker partner keeps 0.17 to 0.58 of its speed (MP-8).',
  ],
  parameters: [
    ...INTERFERENCE,
    {
      id: 'mps.daemon-restart',
      what: 'stopping and starting the control daemon',
      unit: 'seconds',
      low: 1,
      typical: 3,
      high: 15,
      min: 0,
      max: 3600,
      source: 'no published figure found',
      evidence: 'unverified',
    },
    ...start.parameters,
  ],
  traits: {
    memoryIsolation: 'limit',
    faultIsolation: 'none',
    faultEnds: 'card',
    performanceIsolation: 'cap',
    liveMigration: 'none',
    hostMetrics: 'yes',
    peerToPeer: 'yes',
    memoryReserved: false,
    layoutChange: 'card',
    graphics: 'no',
    source: 'capability matrix (documented)',
  },
  check,
  createCard: (config, card, values) =>
    new MpsCard(card, {
      clientLimit: mpsClientLimit(config, card),
      replicas: config.clients,
      threadPercent: threadPercent(config),
      interference: new Interference(constantsByClass(values)),
    }),
  operations: () => [
    ...start.operations,
    {
      operation: 'change-layout',
      path: 'host',
      steps: [{ name: 'restart the daemon', parameter: 'mps.daemon-restart' }],
      needsIdle: 'card',
      source: 'capability matrix: daemon restart',
    },
    {
      operation: 'switch-mode',
      path: 'host',
      steps: [{ name: 'start or stop the daemon', parameter: 'mps.daemon-restart' }],
      needsIdle: 'card',
      source: 'capability matrix: daemon restart',
    },
  ],
  licence: () => ({ edition: 'none', metric: 'none', source: 'capability matrix: none' }),
};

/** Processes that may be clients of one GPU: 16 before Volta, 48 from Volta, 60 with CUDA 13.1 (MP-10). */
export function mpsClientLimit({ cuda }: Pick<Config, 'cuda'>, { catalogue }: CardSpec): number {
  if (catalogue?.virtualization.mps === 'pre-volta') return 16;
  const [major = 0, minor = 0] = (cuda ?? '0.0').split('.').map(Number);
  return major > 13 || (major === 13 && minor >= 1) ? 60 : 48;
}

function threadPercent({ clients, threadPercent: stated }: Config): number {
  return stated ?? (clients === null ? 100 : Math.floor(100 / clients));
}

function constantsByClass(values: ParameterValues): Record<WorkloadClass, number> {
  const other = values.get('mps.interference-other');
  const constants = Object.fromEntries(WORKLOAD_CLASSES.map((each) => [each, other])) as Record<
    WorkloadClass,
    number
  >;
  for (const each of ['training', 'inference-saturated', 'inference-latency'] as const) {
    constants[each] = values.get(`mps.interference-${each}`);
  }
  return constants;
}

function interference(
  group: string,
  figures: Pick<Parameter, 'low' | 'typical' | 'high' | 'source' | 'evidence'>,
): Parameter {
  return {
    id: `mps.interference-${group}`,
    what: `slowdown of ${group === 'other' ? 'work of other classes' : group} for each fully busy neighbour`,
    unit: 'factor',
    min: 0,
    max: 20,
    ...figures,
  };
}

function check({ clients, threadPercent: percent, cuda }: Config, card: CardSpec): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (card.catalogue?.virtualization.mps === 'none') {
    problems.push({ key: 'mode', message: `needs an NVIDIA GPU, got ${card.catalogue.name}` });
  }
  if (cuda !== null && !/^\d{1,3}\.\d{1,3}$/.test(cuda)) {
    problems.push({ key: 'cuda', message: `must be a CUDA version such as 12.9, got "${cuda}"` });
  }
  const limit = mpsClientLimit({ cuda }, card);
  if (clients !== null && !(Number.isInteger(clients) && clients >= 2 && clients <= limit)) {
    problems.push({ key: 'clients', message: `must be a whole number from 2 to ${limit}, got ${clients}` });
  }
  if (percent !== null && !(percent > 0 && percent <= 100)) {
    problems.push({ key: 'threadPercent', message: `must be above 0 and at most 100, got ${percent}` });
  }
  return problems;
}
