import { describe, expect, test } from 'vitest';
import { type CardSpec, type ConfigOf, REMOTE_NETWORK_NAMES, sharingMode } from '../../sim/sharing/index.ts';
import { REMOTE_NETWORKS } from '../../sim/sharing/modes/api-remoting.ts';
import { cardOf, figures } from '../contract/examples.ts';
import { partOf, put, ruleOf, run, times, wholeOf } from './asks-for-tests.ts';

const mode = sharingMode('api-remoting');
const A40 = cardOf('a40');
const EXACT = { 'api-remoting.together': 1 };

function config(stated: Partial<ConfigOf<'api-remoting'>> = {}): ConfigOf<'api-remoting'> {
  return {
    mode: 'api-remoting',
    network: 'rdma',
    roundTripUs: null,
    bytesPerSec: null,
    sessions: 4,
    ...stated,
  };
}

const open = (
  stated: Partial<ConfigOf<'api-remoting'>> = {},
  values: Record<string, number> = EXACT,
  card: CardSpec = A40,
) => mode.createCard(config(stated), card, figures(values));

describe('a lone program', () => {
  test('takes a round trip longer for each call that waits', () => {
    const caller = partOf(0, 0, { syncCallsPerSec: 1500 });
    expect(run(open(), [caller])[0]).toBeCloseTo(1 / (1 + 1500 * 10e-6), 12);
    expect(run(open({ roundTripUs: 200 }), [caller])[0]).toBeCloseTo(1 / 1.3, 12);
    // A network that answers at once and moves as much as the link costs nothing.
    expect(run(open({ roundTripUs: 0, bytesPerSec: 1e12 }), [caller])).toEqual([1]);
  });

  test('takes as much longer for each byte as the network is slower than the link', () => {
    const mover = partOf(0, 0, { syncCallsPerSec: 1e-9, linkBytesPerSec: 1e9 });
    const card = { ...A40, linkBytesPerSec: 25e9 };
    const speed = (bytesPerSec: number) =>
      run(open({ roundTripUs: 0, bytesPerSec }, EXACT, card), [mover])[0]!;
    expect(speed(25e9)).toBeCloseTo(1, 9);
    expect(speed(5e9)).toBeCloseTo(1 / (1 + 1e9 * (1 / 5e9 - 1 / 25e9)), 9);
    // Its own bytes fill the network: 0.5 GB/s carry half of the speed at most.
    expect(speed(0.5e9)).toBeLessThan(0.5);
  });

  test('is within the published range where it states no calls', () => {
    for (const name of REMOTE_NETWORK_NAMES) {
      const id = `api-remoting.${REMOTE_NETWORKS[name].published}`;
      const { typical } = mode.parameters.find((each) => each.id === id)!;
      expect(run(open({ network: name }, {}), [partOf(0, 0)])).toEqual([typical]);
    }
    expect(run(open({ network: 'rdma' }, {}), [partOf(0, 0)])).toEqual([0.97]);
  });

  test('of a few thousand calls a second keeps 95 % over RDMA and not over gigabit Ethernet', () => {
    const caller = partOf(0, 0, { syncCallsPerSec: 4000, linkBytesPerSec: 1e8 });
    expect(run(open({ network: 'rdma' }), [caller])[0]).toBeGreaterThan(0.95);
    expect(run(open({ network: 'ethernet-1g' }), [caller])[0]).toBeLessThan(0.5);
  });

  test('is slower on every slower network', () => {
    const caller = partOf(0, 0, { syncCallsPerSec: 2000, linkBytesPerSec: 5e7 });
    const speeds = REMOTE_NETWORK_NAMES.map((network) => run(open({ network }), [caller])[0]!);
    expect(speeds).toEqual(speeds.toSorted((a, b) => b - a));
    expect(new Set(speeds).size).toBe(speeds.length);
  });
});

describe('several programs', () => {
  test('divide the GPU, and only that part of it which the network lets them use', () => {
    const slow = partOf(0, 0, { busy: 0.6, syncCallsPerSec: 10_000 });
    // 10,000 calls of 100 us double the time: two of them use 60 % of the GPU and leave each other alone.
    expect(run(open({ roundTripUs: 100 }), times(2, slow))).toEqual([0.5, 0.5]);
    const three = run(open({ roundTripUs: 100 }), times(4, slow));
    for (const speed of three) expect(speed).toBeCloseTo(0.25 / 0.6, 12);
  });

  test('lose to each other what the turns on the server cost', () => {
    const caller = partOf(0, 0, { syncCallsPerSec: 1 });
    const speeds = run(open({ roundTripUs: 0 }, { 'api-remoting.together': 0.9 }), times(3, caller));
    for (const speed of speeds) expect(speed).toBeCloseTo(0.3, 12);
  });

  test('divide the network', () => {
    const mover = partOf(0, 0, { busy: 0.1, syncCallsPerSec: 1, linkBytesPerSec: 1e9 });
    const speeds = run(open({ network: 'ethernet-10g', sessions: 5, roundTripUs: 0 }), times(5, mover));
    for (const speed of speeds) expect(speed).toBeCloseTo(0.25, 9);
  });
});

describe('admission', () => {
  test('takes as many sessions as the pool has', () => {
    const card = open({ sessions: 3 });
    for (let i = 0; i < 3; i++) put(card, partOf(0, 0));
    expect(ruleOf(card, partOf(0, 0))).toBe('pool-session-limit');
    expect(card.slots.reduce((sum, slot) => sum + slot.milli, 0)).toBe(1000);
  });

  test('sets memory aside', () => {
    const card = open();
    put(card, partOf(0, 40_000));
    expect(ruleOf(card, partOf(0, 10_000))).toBe('memory-reserved');
    expect(ruleOf(card, partOf(0, 0, { memoryMib: 10_000 }))).toBe('memory-reserved');
    expect(ruleOf(card, partOf(0, 5000, { memoryMib: 6000 }))).toBe('memory-too-large');
    expect(ruleOf(card, partOf(0, 90_000))).toBe('memory-too-large');
    expect(ruleOf(card, wholeOf())).toBe('card-taken');
  });

  test('options that cannot be are named', () => {
    const keys = (stated: Partial<ConfigOf<'api-remoting'>>, card: CardSpec = A40) =>
      mode.check(config(stated), card).map((problem) => problem.key);
    expect(keys({})).toEqual([]);
    expect(keys({ sessions: 0 })).toEqual(['sessions']);
    expect(keys({ roundTripUs: -1, bytesPerSec: 0 })).toEqual(['roundTripUs', 'bytesPerSec']);
    expect(keys({}, cardOf('flex-170'))).toEqual(['mode']);
  });
});

test('round trips and speeds without a published figure are marked', () => {
  for (const name of REMOTE_NETWORK_NAMES) {
    const parameter = mode.parameters.find((each) => each.id === `api-remoting.round-trip-${name}`)!;
    const isPublished = /AR-\d/.test(parameter.source);
    expect(isPublished || parameter.evidence === 'unverified', name).toBe(true);
  }
});

test('a session is a licence of the product', () => {
  const slot = put(open(), partOf(0, 0));
  expect(mode.licence(config(), A40, slot).metric).toBe('product');
});
