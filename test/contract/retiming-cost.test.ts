import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type GpuUse, isRefusal, Residents } from '../../sim/sharing/index.ts';
import { usesFor } from './arbitraries.ts';
import { EXAMPLES, type Example, openExample } from './examples.ts';
import { VALUES } from './residents.ts';

const COPIES = [
  'map',
  'filter',
  'slice',
  'concat',
  'flatMap',
  'toSorted',
  'toSpliced',
  'toReversed',
] as const;
const TYPED = [
  'Float64Array',
  'Float32Array',
  'Int32Array',
  'Uint32Array',
  'Uint16Array',
  'Uint8Array',
] as const;

/** Counts what happens between `start` and the end of `run`. */
class Meter {
  reads = 0;
  allocations = 0;

  /** The same array; every access to an element counts. */
  watched<T extends object>(array: T): T {
    return new Proxy(array, {
      get: (target, key) => {
        if (typeof key === 'string' && key.charCodeAt(0) <= 57) this.reads += 1;
        const value = Reflect.get(target, key) as unknown;
        return typeof value === 'function' ? value.bind(target) : value;
      },
      set: (target, key, value) => {
        this.reads += 1;
        return Reflect.set(target, key, value);
      },
    });
  }

  /** Runs with typed arrays that are watched from birth, and with copies of arrays counted. */
  during<T>(run: () => T): T {
    const globals = globalThis as unknown as Record<string, unknown>;
    const arrays = Array.prototype as unknown as Record<string, (...args: unknown[]) => unknown>;
    const kept = TYPED.map((name) => globals[name]);
    const copies = COPIES.map((name) => arrays[name]!);
    const meter = this;
    TYPED.forEach((name, i) => {
      globals[name] = new Proxy(kept[i] as object, {
        construct(target, args: unknown[]) {
          meter.allocations += 1;
          return meter.watched(Reflect.construct(target as new () => object, args));
        },
        get(target, key) {
          const value = Reflect.get(target, key) as unknown;
          if (key !== 'of' && key !== 'from') return value;
          return (...args: unknown[]) => {
            meter.allocations += 1;
            return meter.watched(Reflect.apply(value as () => object, target, args));
          };
        },
      });
    });
    COPIES.forEach((name, i) => {
      arrays[name] = function (this: unknown, ...args: unknown[]) {
        meter.allocations += 1;
        return Reflect.apply(copies[i]!, this, args) as unknown;
      };
    });
    try {
      return run();
    } finally {
      TYPED.forEach((name, i) => {
        globals[name] = kept[i];
      });
      COPIES.forEach((name, i) => {
        arrays[name] = copies[i]!;
      });
    }
  }
}

/** Accesses to residents and working space in one computation of speeds, and the arrays that it makes. */
function costOf(example: Example, uses: readonly GpuUse[], count: number): Meter {
  const meter = new Meter();
  const card = meter.during(() => openExample(example, VALUES));
  const slots = uses.map((use) =>
    [{ kind: 'part', computeMilli: 0, memoryMib: 0 } as const, { kind: 'whole' } as const]
      .map((slot) => card.admit({ slot, use, count: 1 }))
      .find((answer) => !isRefusal(answer)),
  );
  const residents = new Residents();
  let seat = 0;
  for (let i = 0; seat < count; i++) {
    const slot = slots[i % slots.length];
    if (slot === undefined || isRefusal(slot)) continue;
    residents.join(slot, uses[i % slots.length]!, i % 5 !== 0);
    seat += 1;
  }
  const columns = residents as unknown as Record<string, object>;
  for (const [name, column] of Object.entries(columns)) {
    if (ArrayBuffer.isView(column)) columns[name] = meter.watched(column);
  }
  const into = meter.watched(new Float64Array(count));
  meter.during(() => card.speeds(residents, into));
  meter.reads = 0;
  meter.allocations = 0;
  meter.during(() => card.speeds(residents, into));
  return meter;
}

describe.each(EXAMPLES)('$title', (example) => {
  const uses = fc
    .sample(
      usesFor(example, { link: true }).map((use) => ({ ...use, memoryMib: 1, speedByProfile: null })),
      { seed: 3, numRuns: 160 },
    )
    // A class that no GPU refuses for the API that it needs.
    .map((use) => ({ ...use, workload: 'generic' as const }));

  test('re-times a card in steps that grow with its residents, not with their square', () => {
    const [few, many] = [costOf(example, uses, 100), costOf(example, uses, 400)];
    // Four times the residents: four times the steps. Levels are found in passes, a few more with more residents.
    expect(many.reads).toBeLessThan(4 * 2 * few.reads + 100);
    expect(many.reads).toBeLessThan(400 * 200);
  });

  test('makes no arrays once its working space is large enough', () => {
    expect(costOf(example, uses, 160).allocations).toBe(0);
  });
});
