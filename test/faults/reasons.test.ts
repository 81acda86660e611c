import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { reserve } from '../../sim/engine/reserve.ts';
import { whyNot } from '../../sim/engine/run-context.ts';
import { reasonText } from '../../sim/experiment/reason-text.ts';
import { type Ask, contextOf, hostSpecs, jobOf, type SmallHost } from '../topology/small-fleet.ts';

interface Down {
  /** Host numbers. */
  readonly hosts?: readonly number[];
  /** GPU numbers of the fleet. */
  readonly gpus?: readonly number[];
}

/** A fleet on which jobs of these GPUs each have been placed one after another, and what has failed since. */
function contextWith(
  hosts: readonly SmallHost[],
  taken: readonly number[],
  { hosts: h = [], gpus = [] }: Down,
) {
  const context = contextOf(hostSpecs(hosts));
  for (const count of taken) reserve(context.fleet, context.placer, jobOf(context, [{ gpus: count }]));
  for (const g of gpus) context.fleet.setGpuClosed(g, true, 'failure');
  for (const host of h) context.fleet.setClosed(host, true, 'failure');
  return context;
}

function reasonOf(
  hosts: readonly SmallHost[],
  taken: readonly number[],
  down: Down,
  asks: readonly Ask[],
): string {
  const context = contextWith(hosts, taken, down);
  return whyNot(context.fleet, context.placer, jobOf(context, asks));
}

describe('A job that would fit if all that has failed worked says so', () => {
  const pair: readonly SmallHost[] = [{ gpus: 2 }];

  test('one that a failed GPU keeps out, on a host that works', () => {
    expect(reasonOf(pair, [1], { gpus: [1] }, [{ gpus: 1 }])).toBe('gpu-failed');
    expect(reasonOf(pair, [], { gpus: [0] }, [{ gpus: 2 }])).toBe('gpu-failed');
  });

  test('one that a host which is down keeps out, also where most hosts are full', () => {
    const hosts = [{ gpus: 1 }, { gpus: 1 }, { gpus: 1 }];
    expect(reasonOf(hosts, [1, 1], { hosts: [2] }, [{ gpus: 1 }])).toBe('host-closed:failure');
  });

  test('not one that would wait anyhow: for room, or for a kind of host that there is not', () => {
    expect(reasonOf(pair, [1, 1], { gpus: [1] }, [{ gpus: 1 }])).toBe('gpu-room');
    expect(reasonOf(pair, [1], { gpus: [1] }, [{ gpus: 2 }])).toBe('gpu-room');
    expect(reasonOf(pair, [], { gpus: [1] }, [{ gpus: 3 }])).toBe('gpu-count');
  });

  test('nor one whose host is kept for maintenance besides', () => {
    const context = contextWith(pair, [], { hosts: [0] });
    context.fleet.setClosed(0, true, 'maintenance');
    expect(whyNot(context.fleet, context.placer, jobOf(context, [{ gpus: 1 }]))).toBe(
      'host-closed:maintenance',
    );
  });

  test('a gang each of whose workers finds room, but not all together', () => {
    const hosts = [{ gpus: 2 }, { gpus: 2 }];
    const two = [{ gpus: 2 }, { gpus: 2 }];
    expect(reasonOf(hosts, [], { gpus: [3] }, two)).toBe('gpu-failed');
    expect(reasonOf(hosts, [], { hosts: [1] }, two)).toBe('host-closed:failure');
    expect(reasonOf(hosts, [1], { gpus: [3] }, [...two, ...two])).toBe('gpu-failed');
  });

  test('in words', () => {
    expect(reasonText('gpu-failed')).toBe('the closest hosts have failed GPUs, with which it would fit');
  });

  test('which is so exactly where the same fleet without failures has room, and asking changes nothing', () => {
    const seen = { failure: 0, other: 0 };
    const count = fc.integer({ min: 1, max: 3 });
    const cases = fc.record({
      hosts: fc.array(fc.record({ gpus: count }), { minLength: 1, maxLength: 4 }),
      taken: fc.array(count, { maxLength: 4 }),
      down: fc.record({
        hosts: fc.uniqueArray(fc.nat(3), { maxLength: 2 }),
        gpus: fc.uniqueArray(fc.nat(11), { maxLength: 3 }),
      }),
      asks: fc.array(fc.record({ gpus: count }), { minLength: 1, maxLength: 3 }),
    });
    fc.assert(
      fc.property(cases, ({ hosts, taken, down, asks }) => {
        const gpuCount = hosts.reduce((sum, { gpus }) => sum + gpus, 0);
        const real = {
          hosts: down.hosts.filter((host) => host < hosts.length),
          gpus: down.gpus.filter((g) => g < gpuCount),
        };
        const { fleet, placer, ...rest } = contextWith(hosts, taken, real);
        const job = jobOf({ fleet, placer, ...rest }, asks);
        if (reserve(fleet, placer, job) !== undefined) return;
        const fits = (what: Down) => {
          const other = contextWith(hosts, taken, what);
          return reserve(other.fleet, other.placer, jobOf(other, asks)) !== undefined;
        };
        const { gains } = fleet;
        const before = [...fleet.closedFor, ...fleet.gpuClosedFor, ...fleet.gpuFreeMilli];
        const reason = whyNot(fleet, placer, job);
        expect([...fleet.closedFor, ...fleet.gpuClosedFor, ...fleet.gpuFreeMilli]).toEqual(before);
        expect(fleet.gains).toBe(gains);
        const isFailure = reason === 'gpu-failed' || reason === 'host-closed:failure';
        seen[isFailure ? 'failure' : 'other'] += 1;
        // A worker that finds no host speaks for itself, so only jobs of one are told apart exactly.
        if (asks.length > 1) {
          if (fits({})) expect(isFailure).toBe(true);
          return;
        }
        if (fits({ hosts: real.hosts })) expect(reason).toBe('gpu-failed');
        else expect(reason === 'host-closed:failure').toBe(fits({}));
      }),
      { numRuns: 1500 },
    );
    expect(seen.failure).toBeGreaterThan(100);
    expect(seen.other).toBeGreaterThan(20);
  });
});
