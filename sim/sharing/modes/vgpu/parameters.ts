import { LIVE_MIGRATION_FITS } from '../../../hardware/vgpu/index.ts';
import type { Parameter } from '../../parameters.ts';
import { parameterFromTable } from '../from-overheads.ts';
import { vmParameters } from '../start-paths.ts';

const NOT_PUBLISHED = 'no published figure: an order of magnitude';

function seconds(
  id: string,
  what: string,
  low: number,
  typical: number,
  high: number,
  source: string,
): Parameter {
  return { id, what, unit: 'seconds', low, typical, high, min: 0, max: 7200, source, evidence: 'unverified' };
}

function stunFit(gpu: string) {
  const found = LIVE_MIGRATION_FITS.find((each) => each.gpu === gpu);
  if (found === undefined)
    throw new RangeError(`Cannot find the stun times of ${gpu}: the table has no fit of that name`);
  return found;
}

/** Two parameters of stun = a + b x GiB; `slopes` are the extremes between neighbouring rows of the table. */
function stun(path: string, gpu: string, slopes: readonly [low: number, high: number]): readonly Parameter[] {
  const { fixedSec, secPerGib, source, confidence } = stunFit(gpu);
  const common = { min: 0, max: 600, source: `VG-6; ${source}`, evidence: confidence } as const;
  return [
    {
      id: `vgpu.stun-${path}`,
      what: `part of the stun that does not grow with memory, ${gpu}`,
      unit: 'seconds',
      low: fixedSec,
      typical: fixedSec,
      high: fixedSec,
      ...common,
    },
    {
      id: `vgpu.stun-${path}-per-gib`,
      what: `stun per GiB of frame buffer, ${gpu}`,
      unit: 'seconds per GiB',
      low: slopes[0],
      typical: secPerGib,
      high: slopes[1],
      ...common,
    },
  ];
}

/** Figures of the `vgpu` mode. */
export const VGPU_PARAMETERS: readonly Parameter[] = [
  parameterFromTable(
    {
      id: 'vgpu.lone',
      what: 'speed of a lone vGPU relative to bare metal; above 1 counts as 1',
      unit: 'factor',
      min: 0.1,
      max: 1.05,
    },
    'vgpu-time-sliced',
    'efficiency of a lone full-size vGPU',
  ),
  {
    ...parameterFromTable(
      {
        id: 'vgpu.lone-interactive',
        what: 'speed of a lone vGPU with graphics or a desktop relative to bare metal',
        unit: 'fraction',
        min: 0.1,
        max: 1,
      },
      'passthrough',
      'efficiency, interactive 3D',
    ),
    // Measured in passthrough; that a vGPU is as good is not.
    evidence: 'inferred',
  },
  parameterFromTable(
    {
      id: 'vgpu.aggregate',
      what: 'speed of all vGPUs together while turns change hands, relative to bare metal',
      unit: 'fraction',
      min: 0.1,
      max: 1,
    },
    'vgpu-time-sliced',
    'aggregate efficiency with n >= 2 busy vGPUs',
  ),
  ...vmParameters('vgpu'),
  {
    ...seconds(
      'vgpu.large-bar',
      'more boot time where 128 GiB of the card are mapped, on Linux before 5.19',
      0,
      14,
      28,
      'PT-5, measured in passthrough',
    ),
    evidence: 'inferred',
  },
  seconds('vgpu.licence', 'guest leases its licence', 0, 2, 30, NOT_PUBLISHED),
  seconds('vgpu.size-mode', 'size mode of an empty GPU is set', 1, 5, 30, NOT_PUBLISHED),
  seconds('vgpu.host-reload', 'host driver reloads or the host reboots', 60, 300, 900, NOT_PUBLISHED),
  ...stun('6-7u1', 'P40 6.7U1', [7.45, 7.5]),
  ...stun('6-7u3', 'V100 6.7U3', [1.43, 1.87]),
  ...stun('7-0', 'V100 7.0', [1, 2]),
  seconds(
    'vgpu.stun-8-0',
    'stun with the sub-second capability of vSphere 8',
    0.1,
    0.5,
    1,
    'capability flag without a table',
  ),
];
