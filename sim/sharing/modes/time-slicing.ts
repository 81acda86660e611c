import type { GpuAsk } from '../ask.ts';
import type { CardSpec } from '../card-spec.ts';
import type { ConfigOf } from '../config.ts';
import type { Card, ConfigProblem, SharingMode } from '../mode.ts';
import type { Parameter, ParameterValues } from '../parameters.ts';
import type { Refusal } from '../slot.ts';
import { MIG_TABLE_CLASSES, migCurves } from '../speed/mig-speeds.ts';
import { timeShared } from '../speed/time-shared.ts';
import { CountedCard } from './counted-card.ts';
import { parameterFromTable } from './from-overheads.ts';
import { type MigShape, migShapeOf, type SizedProfile } from './mig/shape.ts';
import { ReplicatedInstances } from './replicated-instances.ts';
import { containerStart } from './start-paths.ts';

type Config = ConfigOf<'time-slicing'>;

/** Parameter with the length of a slice, for models of frames. */
export const TIME_SLICE_PARAMETER = 'time-slicing.slice';

const start = containerStart('time-slicing');

/** Limit of the books, which count in thousandths of a card. */
const MOST_REPLICAS = 1000;

/**
 * The NVIDIA device plugin advertises a GPU, or each MIG instance, several times over. A pod that asks for a GPU gets
 * one replica, whole card or not: Kubernetes cannot tell a replica from a GPU. A pod that asks for more compute than one
 * replica's part takes several, and gains nothing by it but fewer neighbours.
 */
export const timeSlicing: SharingMode<'time-slicing'> = {
  name: 'time-slicing',
  title: 'Kubernetes time-slicing',
  summary: 'a GPU is advertised several times; its driver gives the processes turns of a few milliseconds',
  leavesOut: [
    'Memory of CUDA contexts themselves is not counted.',
    'A neighbour whose kernels are longer than a slice takes more than its share (TS-6).',
    'On MIG instances a pod takes one replica; several at once are refused.',
  ],
  parameters: [
    parameterFromTable(
      {
        id: 'time-slicing.together',
        what: 'work of all tenants together relative to one alone, while two or more are busy',
        unit: 'fraction',
        min: 0.1,
        max: 1,
      },
      'time-slicing',
      'aggregate efficiency with n >= 2 busy processes',
    ),
    {
      id: TIME_SLICE_PARAMETER,
      what: 'length of a turn',
      unit: 'milliseconds',
      low: 1,
      typical: 2,
      high: 2.3,
      min: 0.1,
      max: 1000,
      source: 'TS-6',
      evidence: 'measured',
    },
    parameterFromTable(
      {
        id: 'time-slicing.mig-neighbours',
        what: 'part of the speed that busy neighbour instances take away, on MIG',
        unit: 'fraction',
        min: 0,
        max: 0.5,
      },
      'mig',
      'slowdown from neighbours',
    ),
    // As in MIG itself: where a job stands among those that were measured on MIG profiles.
    ...MIG_TABLE_CLASSES.map(
      (workload): Parameter => ({
        id: `time-slicing.${workload}-position`,
        what: `where ${workload} jobs stand among the measured models by speed on small MIG profiles: 0 slowest, 0.5 median, 1 fastest`,
        unit: 'fraction',
        low: 0,
        typical: 0.5,
        high: 1,
        min: 0,
        max: 1,
        source: workload === 'training' ? 'MG-T1 to MG-T4' : 'MG-P1 to MG-P4',
        evidence: 'measured',
      }),
    ),
    {
      id: 'time-slicing.plugin-restart',
      what: 'restarting the device plugin with another number of replicas',
      unit: 'seconds',
      low: 5,
      typical: 15,
      high: 60,
      min: 0,
      max: 3600,
      source: 'no published figure found',
      evidence: 'unverified',
    },
    ...start.parameters,
  ],
  traits: {
    memoryIsolation: 'none',
    faultIsolation: 'none',
    faultEnds: 'domain',
    performanceIsolation: 'none',
    liveMigration: 'none',
    hostMetrics: 'yes',
    peerToPeer: 'yes',
    memoryReserved: false,
    layoutChange: 'none',
    graphics: 'some',
    source: 'capability matrix (documented)',
  },
  check,
  createCard,
  operations: () => [
    ...start.operations,
    {
      operation: 'change-layout',
      path: 'operator',
      steps: [{ name: 'restart the device plugin', parameter: 'time-slicing.plugin-restart' }],
      needsIdle: 'nothing',
      source: 'capability matrix: plugin restart',
    },
    {
      operation: 'switch-mode',
      path: 'operator',
      steps: [{ name: 'restart the device plugin', parameter: 'time-slicing.plugin-restart' }],
      needsIdle: 'nothing',
      source: 'capability matrix: plugin restart',
    },
  ],
  licence: () => ({ edition: 'none', metric: 'none', source: 'capability matrix: none' }),
};

function check({ replicas, profile }: Config, { catalogue }: CardSpec): readonly ConfigProblem[] {
  const problems: ConfigProblem[] = [];
  if (catalogue !== null && !catalogue.virtualization.timeSlicing) {
    problems.push({ key: 'mode', message: `needs a GPU that can be time-sliced, got ${catalogue.name}` });
  }
  if (!(Number.isInteger(replicas) && replicas >= 2 && replicas <= MOST_REPLICAS)) {
    problems.push({
      key: 'replicas',
      message: `must be a whole number from 2 to ${MOST_REPLICAS}, got ${replicas}`,
    });
  }
  if (profile !== null) {
    const shape = migShapeOf(catalogue);
    if (shape === undefined) {
      problems.push({ key: 'profile', message: `needs a GPU with MIG, got "${profile}"` });
    } else if (sizedNamed(shape, profile) === undefined) {
      const known = shape.model.profiles.map((each) => each.name).join(', ');
      problems.push({ key: 'profile', message: `must be one of ${known}, got "${profile}"` });
    }
  }
  return problems;
}

function createCard(config: Config, card: CardSpec, values: ParameterValues): Card {
  const together = values.get('time-slicing.together');
  const { replicas, profile } = config;
  const shape = migShapeOf(card.catalogue);
  const sized = profile === null || shape === undefined ? undefined : sizedNamed(shape, profile);
  if (shape !== undefined && sized !== undefined) {
    return new ReplicatedInstances(card, {
      shape,
      sized,
      replicas,
      refuse: (ask, places) => refuseMoreThanOne(config, ask, places),
      curves: migCurves({
        training: values.get('time-slicing.training-position'),
        'inference-saturated': values.get('time-slicing.inference-saturated-position'),
        'inference-latency': values.get('time-slicing.inference-latency-position'),
      }),
      together,
      neighbourSlowdown: values.get('time-slicing.mig-neighbours'),
    });
  }
  return new CountedCard(card, {
    count: replicas,
    word: 'replica',
    full: 'replica-none-free',
    wholeGets: 'one-place',
    memory: 'shared',
    memoryMib: card.memoryMib,
    refuse: (ask, places) => refuseMoreThanOne(config, ask, places),
    speeds: (residents, into) => timeShared(residents, together, 1, card.linkBytesPerSec, into),
  });
}

function refuseMoreThanOne(
  { failRequestsGreaterThanOne }: Config,
  ask: GpuAsk,
  places: number,
): Refusal | undefined {
  const wanted = places * ask.count;
  if (!failRequestsGreaterThanOne || wanted === 1) return undefined;
  return {
    refused: 'replica-more-than-one',
    detail: `${wanted} replicas are wanted and failRequestsGreaterThanOne is on`,
  };
}

/** A profile by its bare name, without a start and undivided. */
function sizedNamed(shape: MigShape, name: string): SizedProfile | undefined {
  const named = shape.named(name);
  if (typeof named === 'string' || named.start !== null) return undefined;
  return named.slices === named.sized.profile.gpuSlices ? named.sized : undefined;
}
