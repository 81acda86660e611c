import fc from 'fast-check';
import type { HostSpec } from '../../sim/cluster/fleet.ts';
import type { TaskRequest } from '../../sim/cluster/request.ts';

const MODELS = ['A', 'B', 'C'] as const;

/** Small fleets with mixed models, CPU-only hosts and many equal hosts, so that ties are common. */
export const hostSpecs: fc.Arbitrary<HostSpec[]> = fc
  .array(
    fc.record({
      cpuMilli: fc.constantFrom(4000, 8000, 16_000),
      memoryMib: fc.constantFrom(4096, 16_384),
      gpus: fc.array(
        fc.record({ model: fc.constantFrom(...MODELS), count: fc.integer({ min: 0, max: 3 }) }),
        { maxLength: 2 },
      ),
    }),
    { minLength: 1, maxLength: 12 },
  )
  .map((hosts) => hosts.map((host, i) => ({ name: `h${i}`, ...host })));

/** Requests of every kind: none, a share, several whole, several shares; few distinct sizes. */
export const requests: fc.Arbitrary<TaskRequest> = fc
  .record({
    cpuMilli: fc.constantFrom(0, 1000, 3000, 8000),
    memoryMib: fc.constantFrom(0, 1024, 5000),
    gpuCount: fc.integer({ min: 0, max: 3 }),
    gpuMilli: fc.constantFrom(1, 300, 500, 1000),
    models: fc.subarray([...MODELS, 'absent']),
  })
  .map((r) => (r.gpuCount === 0 ? { ...r, gpuMilli: 0, models: [] } : r));

/** One step of a history. */
export type HistoryStep =
  | { readonly kind: 'place'; readonly request: TaskRequest }
  | { readonly kind: 'release'; readonly nth: number };

/** A history: place the request somewhere, or release the n-th live one. */
export const histories = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ kind: fc.constant('place' as const), request: requests }) },
    { weight: 2, arbitrary: fc.record({ kind: fc.constant('release' as const), nth: fc.nat(50) }) },
  ),
  { maxLength: 60 },
);
