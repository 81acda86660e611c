import type { Surroundings } from '../../sim/experiment/calibrate/calibrate.ts';
import type { Measurement } from '../../sim/experiment/calibrate/index.ts';
import {
  type Card,
  type CardSpec,
  type Parameter,
  ParameterValues,
  type Residents,
  type SharingMode,
  type SharingModeName,
  type Slot,
} from '../../sim/sharing/index.ts';
import { bareMetal } from '../../sim/sharing/modes/bare-metal.ts';

const SLOT: Slot = {
  label: 'replica',
  profile: 'replica',
  milli: 10,
  memoryMib: 0,
  start: -1,
  size: 0,
  domain: 0,
  computeShare: 1,
  bandwidthShare: 1,
};

const NAMELESS: CardSpec = { model: 'stub', catalogue: null, memoryMib: 81_920, linkBytesPerSec: 1e12 };

/** A mode with a speed law that is known here: the speed of each of n equal tenants. */
export function stubMode(
  name: SharingModeName,
  parameters: readonly Parameter[],
  law: (tenants: number, value: (id: string) => number, residents: Residents) => number,
  maxTenants = 64,
): SharingMode {
  return {
    ...bareMetal,
    name,
    parameters,
    check: () => [],
    createCard(_config, spec, values): Card {
      const slots: Slot[] = [];
      return {
        spec,
        version: 0,
        slots,
        admit: () =>
          slots.length < maxTenants
            ? SLOT
            : { refused: 'replica-none-free', detail: `all ${maxTenants} replicas are in use` },
        admitEmpty: () => SLOT,
        place: (slot) => void slots.push(slot),
        release: () => void slots.pop(),
        speeds(residents, into) {
          into.fill(
            law(residents.count, (id) => values.get(id), residents),
            0,
            residents.count,
          );
        },
        strandedMilli: () => 0,
        overflows: () => false,
      };
    },
  } as SharingMode;
}

/** Only these modes and bare metal. */
export function surroundings(...modes: readonly SharingMode[]): Surroundings {
  const all = [bareMetal as SharingMode, ...modes];
  return {
    parameters: modes.flatMap((mode) => mode.parameters),
    modeNamed: (name) => all.find((mode) => mode.name === name) as SharingMode,
    specOf: () => NAMELESS,
  };
}

/** A row of an always busy program. */
export function row(
  mode: SharingModeName,
  tenants: number,
  value: number,
  rest: Partial<Measurement> = {},
): Measurement {
  return {
    label: `${mode} ${tenants}`,
    mode,
    config: { mode } as Measurement['config'],
    gpu: '',
    tenants,
    slot: { kind: 'part', computeMilli: 0, memoryMib: 0 },
    use: {
      workload: 'generic',
      busy: 1,
      compute: 1,
      bandwidth: 0,
      memoryMib: 0,
      linkBytesPerSec: 0,
      processes: 1,
      syncCallsPerSec: 0,
      speedByProfile: null,
    },
    program: 'p',
    metric: 'latency',
    value,
    unit: 's',
    ...rest,
  };
}

/** Typical values of these parameters. */
export function typicalValues(parameters: readonly Parameter[]): ParameterValues {
  return new ParameterValues(parameters);
}
