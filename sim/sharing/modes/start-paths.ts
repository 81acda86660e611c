import type { OperationPath } from '../operation.ts';
import type { Parameter } from '../parameters.ts';

/** What it takes to start a container on a GPU, for one mode. */
export interface StartPaths {
  readonly parameters: readonly Parameter[];
  readonly operations: readonly OperationPath[];
}

/**
 * Three ways to start a container: `warm` (the process runs and only makes its context), `cached` (image at hand,
 * weights loaded), `cold` (image pulled first).
 */
export function containerStart(mode: string): StartPaths {
  const context = `${mode}.context`;
  const imagePull = `${mode}.image-pull`;
  const weights = `${mode}.weights`;
  const graph = `${mode}.graph-capture`;
  const load = [
    { name: 'load weights', parameter: weights },
    { name: 'make context and capture graphs', parameter: graph },
  ];
  return {
    parameters: [
      {
        id: context,
        what: 'making a CUDA context',
        unit: 'seconds',
        low: 0.077,
        typical: 0.08,
        high: 0.3,
        min: 0,
        max: 60,
        source: 'TS-8; 0.3 s with four tenants starting at once',
        evidence: 'measured',
      },
      {
        id: imagePull,
        what: 'pulling an image of 15 to 18 GB that is not cached',
        unit: 'seconds',
        low: 240,
        typical: 360,
        high: 480,
        min: 0,
        max: 7200,
        source: 'CS-1',
        evidence: 'documented',
      },
      {
        id: weights,
        what: 'loading model weights to the GPU',
        unit: 'seconds',
        low: 8,
        typical: 26,
        high: 45,
        min: 0,
        max: 7200,
        source: 'CS-2: 8 s for 8B, 40-45 s for 70B; typical is the middle',
        evidence: 'derived',
      },
      {
        id: graph,
        what: 'CUDA context and graph capture',
        unit: 'seconds',
        low: 12,
        typical: 21,
        high: 30,
        min: 0,
        max: 3600,
        source: 'CS-2: 12-30 s; typical is the middle',
        evidence: 'derived',
      },
    ],
    operations: [
      {
        operation: 'start',
        path: 'warm',
        steps: [{ name: 'make context', parameter: context }],
        needsIdle: 'nothing',
        source: 'TS-8',
      },
      { operation: 'start', path: 'cached', steps: load, needsIdle: 'nothing', source: 'CS-2' },
      {
        operation: 'start',
        path: 'cold',
        steps: [{ name: 'pull image', parameter: imagePull }, ...load],
        needsIdle: 'nothing',
        source: 'CS-1, CS-2',
      },
    ],
  };
}

const NO_BOOT_FIGURE = 'no published figure found (gap "VM boot time with a GPU beyond the BAR figures")';

/** Parameters of booting and shutting down a virtual machine, for one mode. */
export function vmParameters(mode: string): readonly [boot: Parameter, shutdown: Parameter] {
  return [
    {
      id: `${mode}.vm-boot`,
      what: 'booting the virtual machine to a usable guest',
      unit: 'seconds',
      low: 15,
      typical: 40,
      high: 120,
      min: 0,
      max: 3600,
      source: NO_BOOT_FIGURE,
      evidence: 'unverified',
    },
    {
      id: `${mode}.vm-shutdown`,
      what: 'shutting the virtual machine down',
      unit: 'seconds',
      low: 3,
      typical: 10,
      high: 60,
      min: 0,
      max: 3600,
      source: NO_BOOT_FIGURE,
      evidence: 'unverified',
    },
  ];
}
