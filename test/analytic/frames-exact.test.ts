import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { runBestEffort } from '../../sim/sharing/frames/best-effort.ts';
import { Encoders } from '../../sim/sharing/frames/encoders.ts';
import { runKeptSlots } from '../../sim/sharing/frames/kept-slots.ts';
import { type Activity, type FrameLengths, Ring, type RingTenant } from '../../sim/sharing/frames/ring.ts';
import type { SliceRules } from '../../sim/sharing/frames/rules.ts';
import { GRID, slotsOf, tenantsOf } from './frames-grid.ts';
import { sliceBySlice, type TwinFrame, tickByTick } from './frames-twin.ts';

/** The product's run, as the twins log theirs. */
function product(
  tenants: readonly RingTenant[],
  rules: SliceRules,
  slots: number,
  horizonUs: number,
): TwinFrame[] {
  const frames: TwinFrame[] = [];
  const ring = new Ring(tenants, new Encoders(rules.encoders, tenants.length), horizonUs, (frame) => {
    const { readyUs: _, ...logged } = frame;
    frames.push(logged);
  });
  if (rules.scheduler === 'best-effort') runBestEffort(ring, rules);
  else runKeptSlots(ring, rules, slots);
  return frames;
}

/** Both stop when no frame that began in time is left, but one may have gone on a little longer than the other. */
const inTime = (frames: readonly TwinFrame[], horizonUs: number) =>
  frames.filter((frame) => frame.beginUs < horizonUs);

/** Lengths in turn, from the start again after the last. */
function lengthsOf(works: readonly number[], encodes: readonly number[]): FrameLengths {
  let [work, encode] = [0, 0];
  return {
    nextWorkUs: () => works[work++ % works.length]!,
    nextEncodeUs: () => encodes[encode++ % encodes.length]!,
  };
}

/** On and off in turn, beginning with on. */
function turnsOf(onUs: readonly number[], offUs: readonly number[]): Activity {
  let [i, start, end] = [0, 0, onUs[0]!];
  return {
    from: (atUs) => {
      while (atUs >= end) {
        start = end + offUs[i % offUs.length]!;
        i += 1;
        end = start + onUs[i % onUs.length]!;
      }
      return Math.max(atUs, start);
    },
  };
}

interface Plan {
  readonly rules: SliceRules;
  readonly emptySlots: number;
  readonly horizonUs: number;
  /** Makes the tenants anew, with their streams at the start. */
  readonly tenants: () => RingTenant[];
}

const lengths = (min: number, max: number) =>
  fc.array(fc.integer({ min, max }), { minLength: 1, maxLength: 5 });

/** A few microseconds each, so that ends, arrivals and turns often fall on the same one. */
function plans(scale: number): fc.Arbitrary<Plan> {
  const tenant = fc.oneof(
    {
      weight: 5,
      arbitrary: fc
        .record({
          kernelUs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 12 * scale })),
          periodUs: fc.integer({ min: 0, max: 40 * scale }),
          cpuUs: fc.integer({ min: 0, max: 5 * scale }),
          firstBeginUs: fc.nat(20 * scale),
          owedUs: fc.oneof(fc.constant(0), fc.nat(100 * scale)),
          works: lengths(1, 30 * scale),
          encodes: lengths(0, 6 * scale),
          on: fc.option(fc.tuple(lengths(1, 60 * scale), lengths(1, 60 * scale)), { nil: null }),
        })
        .map(
          ({ works, encodes, on, ...fixed }) =>
            (): RingTenant => ({
              kind: 'frames',
              ...fixed,
              lengths: lengthsOf(works, encodes),
              activity: on === null ? null : turnsOf(...on),
            }),
        ),
    },
    {
      weight: 2,
      arbitrary: fc
        .record({ kernelUs: fc.nat(25 * scale), owedUs: fc.oneof(fc.constant(0), fc.nat(200 * scale)) })
        .map((batch) => (): RingTenant => ({ kind: 'batch', ...batch })),
    },
    { weight: 1, arbitrary: fc.constant((): RingTenant => ({ kind: 'idle' })) },
  );
  return fc
    .record({
      scheduler: fc.constantFrom('best-effort' as const, 'equal-share' as const),
      sliceUs: fc.integer({ min: 1, max: 8 * scale }),
      switchPart: fc.integer({ min: 0, max: 9 }),
      averaging: fc.constantFrom(0, 1, 2, 5, 33),
      encoders: fc.constantFrom(0, 0, 1, 2),
      emptySlots: fc.nat(3),
      makers: fc.array(tenant, { minLength: 1, maxLength: 6 }),
    })
    .map(({ scheduler, sliceUs, switchPart, averaging, encoders, emptySlots, makers }) => ({
      rules: {
        scheduler,
        sliceUs,
        // Small next to the slice as a rule; as long as it can be now and then.
        switchUs: switchPart === 9 ? sliceUs - 1 : Math.floor((sliceUs * switchPart) / 30),
        averaging,
        slots: 0,
        encoders,
      },
      emptySlots,
      horizonUs: 400 * scale,
      tenants: () => makers.map((make) => make()),
    }));
}

type Twin = typeof sliceBySlice;
const runPlan = (plan: Plan, twin: Twin) => {
  const tenants = plan.tenants();
  const slots = tenants.length + plan.emptySlots;
  return inTime(twin(tenants, plan.rules, slots, plan.horizonUs), plan.horizonUs);
};

describe('The event-jumping model', () => {
  test('does the same as a walk in steps of one microsecond', () => {
    fc.assert(
      fc.property(plans(1), (plan) => {
        expect(runPlan(plan, product)).toEqual(runPlan(plan, tickByTick));
      }),
      { numRuns: 3000 },
    );
  });

  test('does the same as a walk slice by slice where slices are many', () => {
    fc.assert(
      fc.property(plans(100), (plan) => {
        expect(runPlan(plan, product)).toEqual(runPlan(plan, sliceBySlice));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('On the grid of 200 settings', () => {
  test('every frame ends on the same microsecond as in the walk slice by slice', () => {
    let frames = 0;
    for (const setting of GRID) {
      const run = (twin: Twin) => {
        const horizonUs = 4_000_000;
        const tenants = tenantsOf(setting, `exact ${setting.index}`);
        return inTime(twin(tenants, setting.rules, slotsOf(setting), horizonUs), horizonUs);
      };
      const ours = run(product);
      expect(ours, setting.name).toEqual(run(sliceBySlice));
      frames += ours.length;
    }
    expect(frames).toBeGreaterThan(150_000);
  });
});
