import { type ScaledQuantity, scaledQuantity } from './scaled.ts';

const MIB = 2 ** 20;

const common = {
  accepts: 'a quantity such as 384GiB (KiB, MiB, GiB, TiB, kB, MB, GB, TB)',
  max: 2 ** 30,
  units: {
    KiB: [2 ** 10, MIB],
    MiB: [1, 1],
    GiB: [2 ** 10, 1],
    TiB: [2 ** 20, 1],
    kB: [10 ** 3, MIB],
    MB: [10 ** 6, MIB],
    GB: [10 ** 9, MIB],
    TB: [10 ** 12, MIB],
  },
  base: 'MiB',
  rounds: true,
  examples: ['384GiB', '30517MiB', '1.5TiB'],
  write: (memoryMib: number) => `${memoryMib}MiB`,
} satisfies Omit<ScaledQuantity, 'range' | 'min'>;

/**
 * Memory in whole MiB (2^20 bytes), from binary (KiB to TiB) or decimal units (kB to TB). What is not a whole
 * number of MiB is rounded to the nearest, and the reading says so. A task may ask for none.
 */
export const memoryQuantity = scaledQuantity({ ...common, range: 'memory from 0MiB to 1024TiB', min: 0 });

/** Memory of a host: at least 1 MiB. */
export const hostMemoryQuantity = scaledQuantity({ ...common, range: 'memory from 1MiB to 1024TiB', min: 1 });
