import type { Parameter } from '../parameters.ts';

/** Figures behind frame times that no mode and no scenario owns. A program's own times are keys of a session's `frames`. */
export const FRAME_PARAMETERS: readonly Parameter[] = [
  {
    id: 'frames.batch-kernel',
    what: 'length of the GPU work of a batch neighbour that cannot be interrupted',
    unit: 'milliseconds',
    low: 0.01,
    typical: 0.2,
    high: 10,
    min: 0,
    max: 10000,
    source:
      'no record in the overhead table gives kernel lengths; TS-6 notes what long ones do to a neighbour',
    evidence: 'unverified',
  },
];
