import { type ScaledQuantity, scaledQuantity } from './scaled.ts';

/** Largest CPU quantity, in cores: beyond any host, and its milli-cores fit 32 bits. */
const MAX_CORES = 1_000_000;

const common = {
  accepts: 'a number of CPU cores such as 96, "96" or "96000m"',
  max: MAX_CORES * 1000,
  units: { '': [1000, 1], m: [1, 1] },
  base: 'milli-cores (0.001 core)',
  examples: [96, '96', '96000m'],
  write: (cpuMilli: number) => `${cpuMilli}m`,
} satisfies Omit<ScaledQuantity, 'range' | 'min'>;

/** CPU in whole milli-cores: `96` and `"96"` are cores, `96000m` milli-cores. A task may ask for none. */
export const cpuQuantity = scaledQuantity({ ...common, range: 'CPU cores from 0 to 1000000', min: 0 });

/** CPU of a host: at least one milli-core. */
export const hostCpuQuantity = scaledQuantity({
  ...common,
  range: 'CPU cores from 0.001 to 1000000',
  min: 1,
});
