import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { refusalMask } from '../../sim/cluster/fit.ts';
import { Fleet, PlacementError } from '../../sim/cluster/fleet.ts';
import type { Part } from '../../sim/cluster/part.ts';
import { ShapeTable, type TaskShape } from '../../sim/cluster/request.ts';
import { HostSketch } from '../../sim/engine/backfill/host-sketch.ts';
import { HostTimeline } from '../../sim/engine/backfill/host-timeline.ts';
import { sharingMode } from '../../sim/sharing/index.ts';
import { asksFor } from '../contract/arbitraries.ts';
import { EXAMPLES, type Example, figures } from '../contract/examples.ts';

/** Two cards of an example and two GPUs shared by fraction in one host. */
function fleetOf({ config, card }: Example): Fleet {
  const sharing = { mode: sharingMode(config.mode), config, spec: card, values: figures() };
  return new Fleet([
    {
      name: 'h',
      cpuMilli: 16_000,
      memoryMib: 65_536,
      gpus: [
        { model: card.model, count: 2, sharing },
        { model: 'plain', count: 2 },
      ],
    },
  ]);
}

const sizes = fc.record({
  cpuMilli: fc.constantFrom(0, 1000, 5000),
  memoryMib: fc.constantFrom(0, 1024, 30_000),
  gpuCount: fc.constantFrom(0, 1, 1, 1, 2),
  gpuMilli: fc.constantFrom(250, 400, 1000),
  hasAsk: fc.boolean(),
});

describe('A copy of a host', () => {
  test.each(EXAMPLES.map((each) => [each.title, each] as const))(
    'takes what the host itself would take when some have left: %s',
    (_title, example) => {
      fc.assert(
        fc.property(
          fc.array(fc.record({ size: sizes, ask: asksFor(example), from: fc.nat(3), ends: fc.nat(5) }), {
            minLength: 4,
            maxLength: 14,
          }),
          (list) => {
            const fleet = fleetOf(example);
            const table = new ShapeTable(fleet.modelNames);
            const shapes: TaskShape[] = [];
            const present: { part: Part; endUs: number }[] = [];
            for (const { size, ask, from, ends } of list) {
              const { hasAsk, ...rest } = size;
              const shape = table.intern({ ...rest, models: [], ...(hasAsk ? { ask } : {}) });
              shapes.push(shape);
              const gpus = Array.from({ length: shape.gpuCount }, (_, i) => (from + i) % 4).sort(
                (a, b) => a - b,
              );
              try {
                const grant = fleet.place(shape, 0, gpus);
                // 0: it leaves with nobody; its end is not known.
                const endUs = ends === 0 ? Number.POSITIVE_INFINITY : 100 * ends;
                present.push({ part: { shape, host: 0, gpus, grant }, endUs });
              } catch (error) {
                if (!(error instanceof PlacementError)) throw error;
              }
            }
            const sketch = new HostSketch(fleet, 0);
            const timeline = new HostTimeline(fleet, 0, 0, present);
            const firstFits: (number | undefined)[] = shapes.map((shape) =>
              refusalMask(fleet, 0, shape) === 0 ? 0 : undefined,
            );
            for (let atUs = 100; atUs <= 500; atUs += 100) {
              for (const { part, endUs } of present) {
                if (endUs !== atUs) continue;
                sketch.release(part);
                fleet.release(part.shape, part.host, part.gpus, part.grant);
              }
              for (const [i, shape] of shapes.entries()) {
                const fits = refusalMask(fleet, 0, shape) === 0;
                expect(sketch.fits(shape)).toBe(fits);
                if (fits) firstFits[i] ??= atUs;
              }
            }
            // The fleet has changed since the timeline was made, which is no concern of that.
            const found = shapes.map((shape) => timeline.earliest(shape, 10_000, Number.POSITIVE_INFINITY));
            expect(found.map((stay) => stay?.fromUs)).toEqual(firstFits);
          },
        ),
        { numRuns: 25, seed: 31 },
      );
    },
  );

  test('keeps a slot of a shared card for a job that comes later from one that would still be on it', () => {
    const example = EXAMPLES.find(({ title }) => title.startsWith('mig on a30')) as Example;
    const fleet = fleetOf(example);
    const table = new ShapeTable(fleet.modelNames);
    const use = { ...(fc.sample(asksFor(example), { numRuns: 1, seed: 1 })[0] as { use: object }).use };
    const shape = table.intern({
      cpuMilli: 0,
      memoryMib: 0,
      gpuCount: 1,
      gpuMilli: 1000,
      models: [],
      ask: { slot: { kind: 'profile', profile: '4g.24gb' }, use: use as never, count: 1 },
    });
    const timeline = new HostTimeline(fleet, 0, 0, []);
    const kept = [timeline.place(shape, 50, 150), timeline.place(shape, 0, 20)];
    for (const stay of kept) if (stay !== undefined) timeline.add(stay);
    // Both cards could be free: one is kept from 50 to 150 and taken until 20, the other is not.
    expect(kept.map((stay) => stay?.part.gpus)).toEqual([[0], [0]]);
    expect(timeline.place(shape, 20, 50)?.part.gpus).toEqual([0]);
    expect(timeline.place(shape, 20, 51)?.part.gpus).toEqual([1]);
    const other = timeline.place(shape, 0, 200);
    expect(other?.part.gpus).toEqual([1]);
    if (other !== undefined) timeline.add(other);
    expect(timeline.earliest(shape, 30, Number.POSITIVE_INFINITY)?.fromUs).toBe(20);
    expect(timeline.earliest(shape, 31, Number.POSITIVE_INFINITY)?.fromUs).toBe(150);
  });
});
