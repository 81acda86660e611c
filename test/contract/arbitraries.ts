import fc from 'fast-check';
import { type GpuAsk, type GpuUse, WORKLOAD_CLASSES } from '../../sim/sharing/index.ts';
import type { Example } from './examples.ts';

/** A few values, so that ties are common, and some of anything in between. */
const parts = fc.oneof(
  fc.constantFrom(0.05, 0.1, 0.25, 0.3, 0.5, 0.9, 1),
  fc.double({ min: 0.001, max: 1, noNaN: true }),
);

export interface UseOptions {
  /** Bytes over the link; none by default, so that nobody gains by another's slowness. */
  readonly link?: boolean;
  /** Always busy, with all the compute there is. */
  readonly saturated?: boolean;
}

/** Uses of a GPU that an example can have, those too large for it among them. */
export function usesFor({ card, profiles }: Example, options: UseOptions = {}): fc.Arbitrary<GpuUse> {
  const { link = false, saturated = false } = options;
  const speeds = fc.dictionary(
    fc.constantFrom(...profiles, 'whole'),
    fc.option(fc.double({ min: 0.01, max: 1.2, noNaN: true })),
    { maxKeys: 3 },
  );
  return fc
    .record({
      workload: fc.constantFrom(...WORKLOAD_CLASSES),
      busy: saturated ? fc.constant(1) : parts,
      computeOfBusy: saturated ? fc.constant(1) : parts,
      bandwidth: fc.oneof(fc.constant(0), parts),
      memoryMib: fc.oneof(
        { arbitrary: fc.nat(Math.floor(card.memoryMib / 16)), weight: 3 },
        { arbitrary: fc.nat(Math.floor(card.memoryMib * 1.1)), weight: 1 },
      ),
      linkBytesPerSec: link ? fc.constantFrom(0, 1e8, 5e9, 2e10) : fc.constant(0),
      processes: fc.constantFrom(1, 1, 1, 2, 3),
      syncCallsPerSec: fc.constantFrom(0, 0, 500, 20_000),
      speedByProfile: saturated ? fc.constant(null) : fc.option(speeds, { nil: null, freq: 3 }),
    })
    .map(({ computeOfBusy, ...use }) => ({ ...use, compute: use.busy * computeOfBusy }));
}

/** Asks of all kinds, those that nobody can serve among them. */
export function asksFor(example: Example, options: UseOptions = {}): fc.Arbitrary<GpuAsk> {
  const { card, profiles } = example;
  const named = [...profiles, 'no such profile'];
  return fc
    .record({
      slot: fc.oneof(
        { arbitrary: fc.constant({ kind: 'whole' } as const), weight: 1 },
        {
          arbitrary: fc.record({
            kind: fc.constant('part' as const),
            computeMilli: fc.oneof(fc.constantFrom(0, 0, 100, 143, 250, 334, 500, 1000), fc.nat(1000)),
            memoryMib: fc.oneof(
              fc.constantFrom(0, 0, 1024),
              fc.nat(Math.floor(card.memoryMib / 4)),
              fc.nat(Math.floor(card.memoryMib * 1.1)),
            ),
          }),
          weight: 4,
        },
        {
          arbitrary: fc.record({
            kind: fc.constant('profile' as const),
            profile: fc.constantFrom(...named),
          }),
          weight: profiles.length > 0 ? 4 : 1,
        },
      ),
      use: usesFor(example, options),
      count: fc.constantFrom(1, 1, 1, 1, 2),
    })
    .map((ask) => (ask.slot.kind === 'profile' ? ask : { ...ask, count: 1 }));
}
