import { calibrate, type Measurement } from '../../../sim/experiment/calibrate/index.ts';
import { SHARING_PARAMETERS, type SharingModeName, sharingMode } from '../../../sim/sharing/index.ts';
import type { CsvRow } from './files.ts';
import { hostWith, runOnce, scenarioOf, tenantsOn } from './product.ts';
import { type Row, type Section, within } from './table.ts';

/** Largest error of a prediction. */
const BOUND = 0.03;
const CALIBRATED_AT = 3;
const PREDICTED_AT = [5, 7];
/** Tenants up to which crossings are looked for; a card has room for seven 1g instances. */
const MOST_TENANTS = 8;
const MOST_INSTANCES = 7;
const GPU = 'A100-80GB';
const PROFILE = '1g.10gb';
const MECHANISMS = ['time-slicing', 'mps', 'mig'] as const;
type Mechanism = (typeof MECHANISMS)[number];

const SHARING: Readonly<Record<Mechanism, object>> = {
  'time-slicing': { mode: 'time-slicing', replicas: MOST_TENANTS },
  mps: { mode: 'mps' },
  mig: { mode: 'mig', layout: Array(MOST_INSTANCES).fill(PROFILE) },
};

/** Pods of the measurement under MPS had 10 GB of the card each. */
const SLOT: Readonly<Record<Mechanism, unknown>> = {
  'time-slicing': 'whole',
  mps: { memory: '10GiB' },
  mig: { profile: PROFILE },
};

/** The constant of each mechanism: a parameter of the mode, or for MIG the program's speed on the profile. */
const PARAMETER = {
  'time-slicing': 'time-slicing.together',
  mps: 'mps.interference-inference-latency',
} as const;

/** Measured latencies in seconds. */
export interface NosRows {
  at(mechanism: Mechanism, tenants: number): number;
  /** Alone on the whole card: before anything is shared. MIG was measured on an instance only. */
  alone(mechanism: Mechanism): number;
}

export function nosRows(rows: readonly CsvRow[]): NosRows {
  const short = { 'time-slicing': 'ts', mps: 'mps', mig: 'mig' } as const;
  const value = (id: string) => {
    const row = rows.find((each) => each.id === id);
    if (row === undefined) throw new RangeError(`There is no row "${id}"`);
    return Number(row.value);
  };
  return {
    at: (mechanism, tenants) => value(`nos-${short[mechanism]}-${tenants}`),
    alone: (mechanism) => value(`nos-${mechanism === 'mps' ? 'mps' : 'ts'}-1`),
  };
}

/** What is said of the program besides its latency alone. */
interface Program {
  readonly use: Readonly<Record<string, unknown>>;
  readonly overheads: Readonly<Record<string, number>>;
}

/** Tenants with one client each that asks again as soon as it has its answer. */
function document(mechanism: Mechanism, tenants: number, aloneSec: number, { use, overheads }: Program) {
  return {
    apiVersion: 'slicewise/v1',
    name: `nos-${mechanism}`,
    fleet: { hosts: [hostWith(GPU, SHARING[mechanism])] },
    workload: {
      services: Array.from({ length: tenants }, (_, i) => ({
        name: `pod-${i}`,
        cpu: 1,
        memory: '1GiB',
        slot: SLOT[mechanism],
        use: { workload: 'inference-latency', ...use },
        traffic: { kind: 'closed', clients: 1 },
        batch: { times: [`${aloneSec.toFixed(6)}s`] },
      })),
    },
    overheads,
    experiment: { kind: 'timed', horizon: '120s', warmup: '20s' },
  };
}

/** Mean latency over the pods in a run, seconds; NaN where one has no place. */
function simulated(mechanism: Mechanism, tenants: number, aloneSec: number, program: Program): number {
  const metrics = runOnce(document(mechanism, tenants, aloneSec, program));
  let sum = 0;
  for (let i = 0; i < tenants; i++) sum += metrics.get(`service.pod-${i}.latency.mean`) ?? Number.NaN;
  return sum / tenants;
}

/** What one row at three tenants says of each mechanism. */
export interface NosConstants {
  /** Speed on a 1g instance relative to the whole card, neighbours idle. */
  readonly instanceSpeed: number;
  /** Part of the card's SMs that the program uses: the instance's SMs over its speed there. */
  readonly compute: number;
  readonly parameters: Readonly<Record<(typeof PARAMETER)[keyof typeof PARAMETER], number>>;
}

export function nosConstants(rows: NosRows): NosConstants {
  // A latency is the inverse of a speed: one run with a known one tells the other.
  const trial = 0.5;
  const plain = { use: { speedByProfile: { [PROFILE]: trial } }, overheads: {} };
  const found = simulated('mig', CALIBRATED_AT, rows.alone('mig'), plain);
  const instanceSpeed = (trial * found) / rows.at('mig', CALIBRATED_AT);
  const { card } = tenantsOn(GPU, SHARING.mig, [{ slot: { profile: PROFILE } }]);
  const compute = (card.slots[0]?.computeShare as number) / instanceSpeed;
  const fitted = (mechanism: keyof typeof PARAMETER) => {
    const measurements = [
      measurement('bare-metal', mechanism, 1, rows.alone(mechanism), compute),
      measurement(mechanism, mechanism, CALIBRATED_AT, rows.at(mechanism, CALIBRATED_AT), compute),
    ];
    const { fit } = calibrate(mechanism, measurements, {
      parameters: SHARING_PARAMETERS,
      modeNamed: sharingMode,
      specOf: () => specOf(mechanism),
    });
    const constant = fit.fitted.find((each) => each.parameter.id === PARAMETER[mechanism]);
    if (constant === undefined || fit.fitted.length !== 1) {
      throw new RangeError(`Calibrating ${mechanism} did not settle ${PARAMETER[mechanism]} alone`);
    }
    return constant.value;
  };
  return {
    instanceSpeed,
    compute,
    parameters: {
      'time-slicing.together': fitted('time-slicing'),
      'mps.interference-inference-latency': fitted('mps'),
    },
  };
}

function specOf(mechanism: Mechanism) {
  return tenantsOn(GPU, SHARING[mechanism], [{ slot: SLOT[mechanism] }]).card.spec;
}

/** A row as `slicewise calibrate` reads it, resolved by the scenario itself. */
function measurement(
  mode: SharingModeName,
  mechanism: Mechanism,
  tenants: number,
  value: number,
  compute: number,
): Measurement {
  const sharing = mode === 'bare-metal' ? 'bare-metal' : SHARING[mechanism];
  const base = document(mechanism, 1, value, { use: { compute }, overheads: {} });
  const scenario = scenarioOf({ ...base, fleet: { hosts: [hostWith(GPU, sharing)] } });
  const [service] = scenario.workload.services;
  const config = scenario.fleet.kind === 'hosts' ? scenario.fleet.groups[0]?.sharing : null;
  if (!service?.use || !service.slot || !config) throw new RangeError('The document says too little');
  return {
    label: `${mode} ${tenants}`,
    mode,
    config,
    gpu: GPU,
    tenants,
    slot: service.slot,
    use: service.use,
    program: 'YOLOS-small',
    metric: 'latency',
    value,
    unit: 's',
  };
}

/** The program with the constants of the three mechanisms. */
function calibrated({ instanceSpeed, compute, parameters }: NosConstants): Program {
  return { use: { compute, speedByProfile: { [PROFILE]: instanceSpeed } }, overheads: parameters };
}

/** Latencies in seconds by number of tenants, entry 0 being for one. */
function nosCurve(rows: NosRows, mechanism: Mechanism, program: Program): readonly number[] {
  const most = mechanism === 'mig' ? MOST_INSTANCES : MOST_TENANTS;
  return Array.from({ length: most }, (_, i) => simulated(mechanism, i + 1, rows.alone(mechanism), program));
}

/** Predictions of 5 and 7 tenants, and where the curves cross. */
export function nosSections(rows: NosRows, constants: NosConstants): Section[] {
  const program = calibrated(constants);
  const curves = Object.fromEntries(
    MECHANISMS.map((mechanism) => [mechanism, nosCurve(rows, mechanism, program)]),
  ) as Record<Mechanism, readonly number[]>;
  const latency = (mechanism: Mechanism, tenants: number) => curves[mechanism][tenants - 1] as number;
  const row = (mechanism: Mechanism, tenants: number, note?: string): Row => ({
    name: `${mechanism}, ${tenants} tenants: latency s`,
    ours: latency(mechanism, tenants),
    published: rows.at(mechanism, tenants),
    note,
  });
  const predictions = MECHANISMS.flatMap((mechanism) => [
    row(
      mechanism,
      1,
      mechanism === 'mig' ? 'one instance in use, no neighbour' : 'alone on the card: stated, not predicted',
    ),
    row(mechanism, CALIBRATED_AT, 'calibrated here'),
    ...PREDICTED_AT.map((tenants) => ({
      ...row(mechanism, tenants, 'predicted'),
      accept: within(BOUND, rows.at(mechanism, tenants)),
    })),
  ]);
  const eighth = tenantsOn(GPU, SHARING.mig, Array(MOST_TENANTS).fill({ profile: PROFILE }));
  const firstAbove = (one: Mechanism, other: (tenants: number) => number) =>
    curves[one].findIndex((sec, i) => sec > other(i + 1)) + 1;
  const onMig = (tenants: number) => latency('mig', Math.min(tenants, MOST_INSTANCES));
  return [
    {
      title:
        'Latency by number of tenants (nos rows): A100-80GB, YOLOS-small, one client for each pod, closed loop',
      about: `One constant for each mechanism from its row at ${CALIBRATED_AT} tenants, the rest simulated request by request. Constants: time-slicing.together ${constants.parameters['time-slicing.together'].toFixed(4)}, mps.interference-inference-latency ${constants.parameters['mps.interference-inference-latency'].toFixed(4)} (both through calibrate), speed on ${PROFILE} ${constants.instanceSpeed.toFixed(4)} of the whole card. That speed also says that the program uses ${constants.compute.toFixed(3)} of the SMs (the instance's SMs over its speed there), which bounds what MPS can give it.`,
      rows: predictions,
    },
    {
      title: 'Where the curves cross',
      about:
        'Predicted from the same three constants; what the measurements say stands in the published column.',
      rows: [
        {
          name: 'fewest tenants with MPS slower than MIG',
          ours: firstAbove('mps', onMig),
          published: 8,
          accept: [8, 8],
          note: 'published: between 7 and 8 tenants; an eighth tenant does not fit on MIG, compared with seven',
        },
        {
          name: 'fewest tenants with time-slicing slower than MIG',
          ours: firstAbove('time-slicing', onMig),
          published: 4,
          accept: [4, 4],
        },
        {
          name: 'tenants that MIG takes',
          ours: eighth.speeds.length,
          published: MOST_INSTANCES,
          accept: [MOST_INSTANCES, MOST_INSTANCES],
          note: eighth.refusal?.refused,
        },
      ],
    },
    uncalibrated(rows, constants.compute),
  ];
}

/** What typical figures say of a program of which only the latency alone is known, and of one whose need is known too. */
function uncalibrated(rows: NosRows, compute: number): Section {
  const latencyBound = { use: {}, overheads: {} };
  const known = { use: { compute }, overheads: {} };
  const saturated = { use: { workload: 'inference-saturated' }, overheads: {} };
  const cases: readonly (readonly [Mechanism, string, Program])[] = [
    ['time-slicing', 'nothing stated', latencyBound],
    ['mps', 'nothing stated', latencyBound],
    ['mps', 'SMs stated', known],
    ['mig', 'nothing stated', latencyBound],
    ['mig', 'said to saturate the card', saturated],
  ];
  return {
    title: 'The same without calibration',
    about:
      'Typical figures of each mode. A latency-bound program is taken to keep its speed on a small instance (median of 11 models at batch 1), which this one does not.',
    rows: cases.flatMap(([mechanism, what, program]) =>
      [CALIBRATED_AT, ...PREDICTED_AT].map((tenants) => ({
        name: `${mechanism}, ${tenants} tenants, ${what}: latency s`,
        ours: simulated(mechanism, tenants, rows.alone(mechanism), program),
        published: rows.at(mechanism, tenants),
      })),
    ),
  };
}
