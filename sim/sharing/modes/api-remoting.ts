import type { CardSpec } from '../card-spec.ts';
import type { ConfigOf } from '../config.ts';
import type { ConfigProblem, SharingMode } from '../mode.ts';
import { REMOTE_NETWORK_NAMES, type RemoteNetworkName } from '../names.ts';
import type { Parameter } from '../parameters.ts';
import { RemoteSpeed } from '../speed/remote.ts';
import { refuseWithout } from './api-needs.ts';
import { CountedCard } from './counted-card.ts';
import { parameterFromTable } from './from-overheads.ts';
import { containerStart } from './start-paths.ts';

type Config = ConfigOf<'api-remoting'>;

const start = containerStart('api-remoting');

/** A network between the program and its GPU. Rates are line rates, one direction; round trips are parameters. */
export interface RemoteNetwork {
  readonly bytesPerSec: number;
  readonly rateSource: string;
  /** Round trip of a small message between two programs, microseconds. */
  readonly roundTripUs: readonly [low: number, typical: number, high: number];
  readonly roundTripSource: string;
  readonly evidence: Parameter['evidence'];
  /** Which of the published ranges holds for work that states no calls. */
  readonly published: 'rdma' | 'ethernet';
}

const NOT_FOUND = 'no published figure found';

export const REMOTE_NETWORKS: Readonly<Record<RemoteNetworkName, RemoteNetwork>> = {
  rdma: {
    bytesPerSec: 25e9,
    rateSource: 'HDR InfiniBand, 200 Gbit/s',
    roundTripUs: [5, 10, 20],
    roundTripSource: 'AR-1: 5 to 20 us',
    evidence: 'derived',
    published: 'rdma',
  },
  'roce-100g': {
    bytesPerSec: 12.5e9,
    rateSource: '100 Gbit/s',
    roundTripUs: [5, 20, 50],
    roundTripSource: 'AR-1: 5 to 20 us; AR-4: at most 50 us',
    evidence: 'inferred',
    published: 'rdma',
  },
  'ethernet-25g': {
    bytesPerSec: 3.125e9,
    rateSource: '25 Gbit/s',
    roundTripUs: [20, 50, 100],
    roundTripSource: NOT_FOUND,
    evidence: 'unverified',
    published: 'ethernet',
  },
  'ethernet-10g': {
    bytesPerSec: 1.25e9,
    rateSource: '10 Gbit/s',
    roundTripUs: [30, 60, 150],
    roundTripSource: NOT_FOUND,
    evidence: 'unverified',
    published: 'ethernet',
  },
  'ethernet-1g': {
    bytesPerSec: 0.125e9,
    rateSource: '1 Gbit/s',
    roundTripUs: [50, 120, 400],
    roundTripSource: NOT_FOUND,
    evidence: 'unverified',
    published: 'ethernet',
  },
};

const roundTrips: readonly Parameter[] = REMOTE_NETWORK_NAMES.map((name) => {
  const { roundTripUs, roundTripSource, evidence } = REMOTE_NETWORKS[name];
  const [low, typical, high] = roundTripUs;
  return {
    id: `api-remoting.round-trip-${name}`,
    what: `round trip over ${name}`,
    unit: 'milliseconds',
    low: low / 1000,
    typical: typical / 1000,
    high: high / 1000,
    min: 0,
    max: 1000,
    source: roundTripSource,
    evidence,
  };
});

/** Calls of the GPU API go over a network to a server that holds the GPU (rCUDA, Bitfusion, OrionX). */
export const apiRemoting: SharingMode<'api-remoting'> = {
  name: 'api-remoting',
  title: 'API remoting',
  summary: 'programs call a GPU in another machine; each call that waits costs a round trip',
  leavesOut: [
    'The network stands between one GPU and its clients: a server port that several GPUs share is not seen.',
    'Copies are taken not to overlap with kernels.',
    'A pool over several hosts is those hosts: a job takes its CPU and memory where its GPU is, though its program runs elsewhere.',
    'Products move sessions between servers; no figures were found, so there is no such operation.',
  ],
  parameters: [
    ...roundTrips,
    parameterFromTable(
      {
        id: 'api-remoting.rdma',
        what: 'speed over RDMA of work that states no calls',
        unit: 'fraction',
        min: 0.01,
        max: 1,
      },
      'api-remoting',
      'efficiency, RDMA',
    ),
    parameterFromTable(
      {
        id: 'api-remoting.ethernet',
        what: 'speed over slower networks of work that states no calls',
        unit: 'fraction',
        min: 0.01,
        max: 1,
      },
      'api-remoting',
      'efficiency, 10 GbE or slower',
    ),
    {
      id: 'api-remoting.together',
      what: 'work of all sessions together relative to one alone, while two or more are busy',
      unit: 'fraction',
      low: 0.7,
      typical: 0.9,
      high: 0.985,
      min: 0.1,
      max: 1,
      source: 'TS-2 to TS-5: the server time-slices its sessions',
      evidence: 'inferred',
    },
    {
      id: 'api-remoting.connect',
      what: 'opening a session with the server',
      unit: 'seconds',
      low: 0.1,
      typical: 1,
      high: 10,
      min: 0,
      max: 3600,
      source: NOT_FOUND,
      evidence: 'unverified',
    },
    ...start.parameters,
  ],
  traits: {
    memoryIsolation: 'soft',
    faultIsolation: 'soft',
    faultEnds: 'tenant',
    performanceIsolation: 'share',
    liveMigration: 'some',
    hostMetrics: 'yes',
    peerToPeer: 'no',
    memoryReserved: true,
    layoutChange: 'none',
    graphics: 'no',
    source: 'capability matrix (migration unverified)',
  },
  check,
  createCard: (config, card, values) => {
    const network = REMOTE_NETWORKS[config.network];
    const speed = new RemoteSpeed({
      roundTripSec:
        config.roundTripUs === null
          ? values.get(`api-remoting.round-trip-${config.network}`) / 1e3
          : config.roundTripUs / 1e6,
      bytesPerSec: config.bytesPerSec ?? network.bytesPerSec,
      localBytesPerSec: card.linkBytesPerSec,
      withoutCalls: values.get(`api-remoting.${network.published}`),
      together: values.get('api-remoting.together'),
    });
    return new CountedCard(card, {
      count: config.sessions,
      word: 'session',
      full: 'pool-session-limit',
      wholeGets: 'every-place',
      memory: 'reserved',
      memoryMib: card.memoryMib,
      refuse: (ask) => refuseWithout('graphics', ask),
      speeds: (residents, into) => speed.speeds(residents, into),
    });
  },
  operations: () => [
    ...start.operations,
    {
      operation: 'start',
      path: 'pool',
      steps: [
        { name: 'open a session', parameter: 'api-remoting.connect' },
        { name: 'make context', parameter: 'api-remoting.context' },
      ],
      needsIdle: 'nothing',
      source: 'TS-8; connection assumed',
    },
    {
      operation: 'change-layout',
      path: 'pool',
      steps: [],
      needsIdle: 'nothing',
      source: 'capability matrix: pool change at run time',
    },
  ],
  licence: () => ({ edition: 'API remoting', metric: 'product', source: 'capability matrix: product' }),
};

function check(config: Config, { catalogue }: CardSpec): readonly ConfigProblem[] {
  const { sessions, roundTripUs, bytesPerSec } = config;
  const problems: ConfigProblem[] = [];
  if (catalogue !== null && catalogue.vendor !== 'NVIDIA') {
    problems.push({
      key: 'mode',
      message: `needs an NVIDIA GPU: CUDA is what it carries, got ${catalogue.name}`,
    });
  }
  if (!(Number.isInteger(sessions) && sessions >= 1 && sessions <= 1000)) {
    problems.push({ key: 'sessions', message: `must be a whole number from 1 to 1000, got ${sessions}` });
  }
  if (roundTripUs !== null && !(roundTripUs >= 0 && roundTripUs <= 1e6)) {
    problems.push({ key: 'roundTripUs', message: `must be 0 to 1000000 us, got ${roundTripUs}` });
  }
  if (bytesPerSec !== null && !(bytesPerSec > 0 && bytesPerSec <= 1e13)) {
    problems.push({ key: 'bytesPerSec', message: `must be above 0 and at most 1e13, got ${bytesPerSec}` });
  }
  return problems;
}
