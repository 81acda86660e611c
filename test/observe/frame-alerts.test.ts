import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { activeIn, type FrameComposition, FrameCompositions } from '../../sim/engine/frame-states.ts';
import { FrameTracker } from '../../sim/engine/frame-tracker.ts';
import { FrameWatch } from '../../sim/experiment/frame-watch.ts';
import { replicate, summarize } from '../../sim/index.ts';
import type { FrameClass } from '../../sim/sharing/frames/index.ts';
import { FrameModel, summarizeFrames } from '../../sim/sharing/frames/index.ts';
import { normalized } from '../scenario/problems-of.ts';

const MINUTE = 60e6;

/** Frames of so many milliseconds on the GPU, 30 a second where there is room for them. */
const drawn = (gpuMs: number): FrameClass => ({
  kind: 'frames',
  gpuMs: { kind: 'constant', value: gpuMs },
  speed: 1,
  kernelMs: 0,
  cpuMs: 0,
  targetFps: 30,
  limiterFps: null,
  encodeMs: 0,
  networkMs: 0,
  displayMs: 0,
  deadlineMs: 50,
});
const RULES = { rules: null, limiterFps: null };

describe('a watch of frames', () => {
  const twins = new FrameCompositions(true).of('rules', RULES, [
    { key: 'a', ringClass: drawn(20), group: 0 },
    { key: 'a', ringClass: drawn(20), group: 0 },
  ]);

  /** Seconds with nobody, one and both active in each minute. */
  const seen = (minutes: readonly (readonly [number, number, number])[], limit = 0.03) => {
    const watch = new FrameWatch(MINUTE, [limit]);
    minutes.forEach((seconds, minute) => {
      seconds.forEach((each, state) => {
        if (each > 0) watch.lasted(twins, state, each * 1e6);
      });
      watch.closed(minute * MINUTE, (minute + 1) * MINUTE);
    });
    return watch.read(0);
  };

  test('is beyond in minutes of whose frames more than one in twenty is, and holds on from one to the next', () => {
    // Alone a frame takes 20 ms and there are 30 a second; both together wait for each other: 40 ms, 25 a second each.
    const found = seen([
      [0, 60, 0], // none of 1,800 frames
      [0, 57, 3], // 150 of 1,860: 8 %
      [0, 0, 60], // all
      [0, 59, 1], // 50 of 1,820: 2.7 %
      [60, 0, 0], // nobody draws
      [50, 0, 10], // all
    ]);
    expect(found).toMatchObject({ count: 2, totalUs: 3 * MINUTE, measuredUs: 5 * MINUTE });
    expect(found?.longest.map(({ sinceUs, untilUs }) => [sinceUs / MINUTE, untilUs / MINUTE])).toEqual([
      [1, 3],
      [5, 6],
    ]);
    for (const { worst } of found?.longest ?? []) expect(worst).toBeCloseTo(0.04, 3);
  });

  test('is quiet where the limit is not reached, and measures nothing where nobody draws', () => {
    expect(seen([[0, 0, 60]], 0.045)).toMatchObject({ count: 0, measuredUs: MINUTE });
    expect(seen([[60, 0, 0]])).toMatchObject({ count: 0, measuredUs: 0 });
  });

  test('agrees with the 95th percentile of all frames of each window, whatever the mix', () => {
    const mixed = new FrameCompositions(true).of('rules', RULES, [
      { key: 'a', ringClass: drawn(8), group: 0 },
      { key: 'b', ringClass: drawn(14), group: 1 },
      { key: 'b', ringClass: drawn(14), group: 1 },
    ]);
    const model = new FrameModel({
      rules: {
        scheduler: 'best-effort',
        sliceUs: 250,
        switchUs: 0,
        averaging: 0,
        slots: 1,
        encoders: 0,
      },
      classes: mixed.classes,
      maxActive: mixed.tenants,
      maxRunning: 3,
      seed: 'frames',
    });
    const states = Array.from({ length: 6 }, (_, state) => state);
    const windows = fc.array(
      fc.array(fc.nat(20), { minLength: 6, maxLength: 6 }).filter((seconds) => seconds.some((s) => s > 0)),
      { minLength: 1, maxLength: 8 },
    );
    let beyond = 0;
    let within = 0;
    fc.assert(
      fc.property(windows, fc.constantFrom(0.0145, 0.0223, 0.0279, 0.031), (all, limit) => {
        const watch = new FrameWatch(MINUTE, [limit, limit]);
        const slow = [0, 1].map(() => [] as boolean[]);
        all.forEach((seconds, w) => {
          for (const state of states) {
            if ((seconds[state] as number) > 0) watch.lasted(mixed, state, (seconds[state] as number) * 1e6);
          }
          watch.closed(w * MINUTE, (w + 1) * MINUTE);
          for (const group of [0, 1]) {
            const parts = states.flatMap((state) => {
              const active = activeIn(mixed, state)[group] as number;
              const times = model.frameTimes(model.states.state(activeIn(mixed, state), 3), group, 2048);
              return times === null ? [] : [{ times, activeSeconds: active * (seconds[state] as number) }];
            });
            const p95 = summarizeFrames(parts)?.gpuMs.p95 ?? 0;
            slow[group]?.push(p95 > limit * 1000);
          }
        });
        for (const group of [0, 1]) {
          const own = slow[group] as boolean[];
          const count = own.filter((is, w) => is && own[w - 1] !== true).length;
          beyond += own.filter((is) => is).length;
          within += own.filter((is) => !is).length;
          const read = watch.read(group);
          expect([read?.count, read?.totalUs]).toEqual([count, own.filter((is) => is).length * MINUTE]);
        }
      }),
      { numRuns: 40 },
    );
    expect(Math.min(beyond, within)).toBeGreaterThan(40);
  });

  test('lets the state of the nearest load stand in where there are more than may be worked out', () => {
    const many = new FrameCompositions(true).of(
      'rules',
      RULES,
      Array.from({ length: 6 }, () => ({ key: 'a', ringClass: drawn(20), group: 0 })),
    );
    const watch = new FrameWatch(MINUTE, [0.03], 2);
    [1, 6, 2, 5].forEach((state, minute) => {
      watch.lasted(many, state, MINUTE);
      watch.closed(minute * MINUTE, (minute + 1) * MINUTE);
    });
    // One alone stands in for two (of equal distance the first would), six for five.
    expect(watch.read(0)?.longest.map(({ sinceUs, worst }) => [sinceUs / MINUTE, worst.toFixed(2)])).toEqual([
      [1, '0.12'],
      [3, '0.12'],
    ]);
  });
});

/** Where somebody is, what it draws, and whether it is active, from an instant on. */
interface Change {
  readonly atUs: number;
  readonly member: number;
  readonly does: 'join' | 'leave' | 'toggle' | 'limit';
}

/** A card with several users. */
const shared = (() => {
  const { scenario } = normalized({
    apiVersion: 'slicewise/v1',
    name: 'card',
    fleet: {
      hosts: [
        {
          name: 'h',
          cpu: 64,
          memory: '512GiB',
          gpus: { model: 'A16', count: 2 },
          sharing: { mode: 'time-slicing', replicas: 4 },
        },
      ],
    },
    workload: {
      sessions: [
        {
          name: 'u',
          users: 1,
          cpu: 1,
          memory: '1GiB',
          slot: { compute: '10%' },
          use: { busy: 0.2, compute: 0.1 },
          logon: { kind: 'always' },
        },
      ],
    },
    experiment: { kind: 'timed', horizon: '1s' },
  });
  let found: { readonly shared: never; readonly slot: never } | undefined;
  replicate(scenario, {}, 1, {
    observers: (fleet) => [
      {
        placed: (_atUs, _job, parts) => {
          const [gpu] = parts[0]?.gpus ?? [];
          found = {
            shared: fleet.sharing[gpu as number] as never,
            slot: fleet.cards[gpu as number]?.slots[0] as never,
          };
        },
      },
    ],
  });
  return found as NonNullable<typeof found>;
})();

test('Windows of a tracker have every state as long as it lasted within them, from the reset on', () => {
  const use = { workload: 'desktop', busy: 0.5, compute: 0.5, bandwidth: 0, processes: 1 } as never;
  const { kind: _k, speed: _s, kernelMs: _m, ...demand } = drawn(5);
  const change = fc.record({
    afterUs: fc.nat(9),
    member: fc.nat(4),
    does: fc.constantFrom(
      'join' as const,
      'leave' as const,
      'toggle' as const,
      'toggle' as const,
      'limit' as const,
    ),
  });
  const key = (w: number, tenants: readonly string[]) => `${w}: ${[...tenants].sort().join(' ')}`;
  fc.assert(
    fc.property(
      fc.array(change, { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 12 }),
      fc.nat(30),
      fc.nat(20),
      (stated, windowUs, resetUs, lastUs) => {
        const found = new Map<string, number>();
        const ends: (readonly [number, number])[] = [];
        const inWindow: { composition: FrameComposition; state: number; us: number }[] = [];
        const tracker = new FrameTracker([demand, demand, undefined], {
          windowUs,
          lasted: (composition, state, us) => inWindow.push({ composition, state, us }),
          closed: (sinceUs, untilUs) => {
            for (const { composition, state, us } of inWindow) {
              const active = activeIn(composition, state);
              const tenants = composition.keys.flatMap((each, c) =>
                Array.from(
                  { length: composition.tenants[c] as number },
                  (_, i) =>
                    `${each.split('/')[0] === 'batch' ? 'batch' : each.split('/')[0]}${i < (active[c] as number) ? '+' : '-'}`,
                ),
              );
              const name = key(ends.length, tenants);
              found.set(name, (found.get(name) ?? 0) + us);
            }
            inWindow.length = 0;
            ends.push([sinceUs, untilUs]);
          },
        });
        // On each of two cards; member m draws what group m % 3 draws, on card m % 2.
        const there = new Map<number, boolean>();
        const changes: Change[] = [];
        let nowUs = 0;
        for (const { afterUs, member, does } of stated) {
          nowUs += afterUs;
          changes.push({ atUs: nowUs, member, does });
        }
        const endUs = Math.max(nowUs, resetUs) + lastUs;
        const expected = new Map<string, number>();
        const windowOf = (atUs: number) => Math.floor((atUs - resetUs) / windowUs);
        const whole = windowOf(endUs);
        let next = 0;
        let isReset = false;
        for (let atUs = 0; atUs <= endUs; atUs++) {
          for (; next < changes.length && changes[next]?.atUs === atUs; next++) {
            const { member, does } = changes[next] as Change;
            if (does === 'join' && !there.has(member)) {
              const group = member % 3 === 2 ? -1 : member % 3;
              tracker.join(atUs, member, member % 2, shared.shared, shared.slot, use, group, 1);
              there.set(member, false);
            } else if (does === 'leave' && there.delete(member)) tracker.leave(atUs, member);
            else if (does === 'toggle' && there.has(member)) {
              there.set(member, !there.get(member));
              tracker.setActive(atUs, member, there.get(member) === true);
            } else if (does === 'limit' && there.has(member))
              tracker.limit(atUs, member, atUs % 2 === 0 ? 7 : null);
          }
          if (atUs === resetUs) {
            tracker.reset(atUs);
            isReset = true;
          }
          if (!isReset || atUs === endUs || (whole > 0 && windowOf(atUs) >= whole)) continue;
          for (const card of [0, 1]) {
            const own = [...there].filter(([member]) => member % 2 === card);
            // Nobody is followed where nobody draws.
            if (!own.some(([member]) => member % 3 !== 2)) continue;
            const names = own.map(
              ([member, isActive]) => `${member % 3 === 2 ? 'batch' : member % 3}${isActive ? '+' : '-'}`,
            );
            const name = key(Math.min(windowOf(atUs), Math.max(0, whole)), names);
            expected.set(name, (expected.get(name) ?? 0) + 1);
          }
        }
        tracker.settleAll(endUs);
        expect(Object.fromEntries([...found].sort())).toEqual(Object.fromEntries([...expected].sort()));
        const lengths = ends.map(([sinceUs, untilUs]) => untilUs - sinceUs);
        expect(lengths).toEqual(
          whole > 0
            ? Array.from({ length: whole }, () => windowUs)
            : endUs > resetUs
              ? [endUs - resetUs]
              : [],
        );
      },
    ),
    { numRuns: 400 },
  );
});

describe('alerts of frame times', () => {
  /** A session of one user who draws all the time, with a card for itself. */
  const players = (gpu: string, workload: string, more: object = {}) => ({
    apiVersion: 'slicewise/v1',
    name: 'players',
    fleet: {
      hosts: [
        { name: 'h', cpu: 64, memory: '512GiB', gpus: { model: 'A16', count: 2 }, sharing: 'passthrough' },
      ],
    },
    workload: {
      sessions: [
        {
          name: 'play',
          users: 2,
          cpu: 1,
          memory: '1GiB',
          slot: 'whole',
          use: { workload, busy: 0.9, compute: 0.9, memory: '1GiB' },
          logon: { kind: 'always' },
          frames: { gpu: { kind: 'constant', value: gpu }, target: 10, deadline: '200ms' },
        },
      ],
    },
    experiment: { kind: 'timed', horizon: '630s', warmup: '2m' },
    ...more,
  });
  const alertsOf = (document: object) => {
    const { scenario } = normalized(document);
    const run = replicate(scenario, {}, 1);
    return { run, alerts: (summarize([run]).alerts ?? []).filter(({ rule }) => rule.startsWith('frame-')) };
  };

  test('last over all whole windows after the warm-up where frames take too long throughout', () => {
    const { alerts } = alertsOf(players('40ms', 'graphics'));
    expect(alerts).toMatchObject([
      {
        rule: 'frame-time-games',
        metric: 'session.play.frame.gpu.p95',
        scope: 'sessions play',
        state: 'fired',
        windowSeconds: 60,
        count: 1,
        totalSeconds: 480,
        longest: [{ atSeconds: 120, untilSeconds: 600 }],
      },
    ]);
    expect(alerts[0]?.text).toMatch(
      /^session\.play\.frame\.gpu\.p95 above 30 ms in windows of 1 min: 1 time, 8 min in all, up to .* ms \(sessions play\)$/,
    );
  });

  test.each([
    ['render', '40ms', 'quiet'],
    ['graphics', '10ms', 'quiet'],
  ])('are those of the kind of work: %s, %s', (workload, gpu, state) => {
    expect(alertsOf(players(gpu, workload)).alerts).toMatchObject([{ state, windowSeconds: 60 }]);
  });

  test('watch nothing of other work, and change nothing that is measured', () => {
    expect(alertsOf(players('40ms', 'desktop')).alerts).toEqual([]);
    const { run } = alertsOf(players('40ms', 'graphics'));
    const off = alertsOf(players('40ms', 'graphics', { alerts: { defaults: false } })).run;
    expect(off.readings).toEqual(run.readings);
    expect(off.digest).toBe(run.digest);
  });
});
