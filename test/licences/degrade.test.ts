import { describe, expect, test } from 'vitest';
import { knownRestrictions } from '../../sim/licences/index.ts';
import { values } from '../sharing/vgpu-cards.ts';
import { a10, guest, passedThrough, pool, runLicensed } from './desks.ts';

/** Part of its speed at which compute goes once it is restricted. */
const SLOW = 0.0167;
const KNOWN = knownRestrictions(values({ 'licence.unlicensed-compute': SLOW }));

describe('A guest without a licence', () => {
  test('goes at full speed for 20 minutes, then slowly, and at full speed again when a licence comes free', () => {
    const { story, told } = runLicensed({
      jobs: [guest('a', 0, 3600), guest('b', 100, 2000)],
      pools: [pool()],
      restrictions: KNOWN,
    });
    // 1200 s of work by 1300 s, 1.67 % of 2300 s by 3600 s, and the rest.
    expect(story('a').end).toBe(3600);
    expect(story('b').end).toBeCloseTo(3600 + 2000 - 1200 - 2300 * SLOW, 6);
    expect(told.map(({ at, inUse, needed }) => [at, inUse, needed])).toEqual([
      [0, 1, 1],
      [100, 1, 2],
      [3600, 1, 1],
      [story('b').end, 0, 0],
    ]);
  });

  test('stands still after 24 hours until it has one', () => {
    // By 24 hours 1200 s and 1.67 % of 85,200 s are done: 2622.84 s.
    const { story } = runLicensed({
      jobs: [guest('a', 0, 100_000), guest('b', 0, 2630)],
      pools: [pool()],
      restrictions: KNOWN,
    });
    expect(story('b').end).toBeCloseTo(100_000 + 2630 - 2622.84, 6);
  });

  test('is over before it is restricted if its work is short, to the microsecond', () => {
    const { story } = runLicensed({
      jobs: [guest('a', 0, 9000), guest('b', 0, 1200), guest('c', 0, 1200.000001)],
      pools: [pool()],
      restrictions: KNOWN,
    });
    expect(story('b').end).toBe(1200);
    expect(story('c').end).toBeCloseTo(1200 + 60e-6, 9);
  });

  test('gets the next free licence in the order in which they asked', () => {
    const { story, told } = runLicensed({
      jobs: [guest('a', 0, 1000), guest('b', 1, 5000), guest('c', 2, 1000), guest('d', 3, 1000)],
      pools: [pool()],
    });
    // b at half speed from 301 to 1000 s; c and d wait for b, whose 5000 s of work end at 5350.5 s.
    expect(story('b').end).toBeCloseTo(5001 + 699 / 2, 6);
    // c: 300 s by 302 s, and half speed for what is left: 1400 s more. It never has a licence.
    expect(story('c').end).toBeCloseTo(302 + 1400, 6);
    expect(story('d').end).toBeCloseTo(303 + 1400, 6);
    expect(told.at(-1)).toMatchObject({ inUse: 0, needed: 0, lacking: { growth: 0, server: 0, region: 0 } });
  });

  test('is restricted anew from the begin when it starts again', () => {
    const { story } = runLicensed({
      jobs: [guest('a', 0, 9000), guest('b', 0, 500), guest('c', 700.5, 500)],
      pools: [pool()],
    });
    expect(story('b').end).toBeCloseTo(300 + 400, 6);
    expect(story('c').end).toBeCloseTo(700.5 + 300 + 400, 6);
  });

  test('leaves no restriction behind for who comes after it and needs no licence', () => {
    const { story } = runLicensed({
      jobs: [guest('a', 0, 9000), guest('b', 0, 500), guest('c', 700.5, 500, 'A10-2B')],
      pools: [pool()],
    });
    expect(story('b').end).toBeCloseTo(700, 6);
    expect(story('c').end).toBe(1200.5);
  });

  test('does its part of a job no faster than the others: the job goes as the most restricted worker', () => {
    const { story } = runLicensed({
      jobs: [{ ...guest('pair', 0, 1000), workers: [1, 1] }],
      pools: [pool()],
      cards: [1, 1],
    });
    expect(story('pair').end).toBeCloseTo(300 + 1400, 6);
  });
});

describe('Who needs a licence', () => {
  test('a virtual machine with several vGPUs takes one', () => {
    const { told } = runLicensed({
      jobs: [{ ...guest('two', 0, 10), gpus: 2 }],
      pools: [pool({ entitled: 9 })],
    });
    expect(told[0]).toMatchObject({ inUse: 1, needed: 1 });
  });

  test.each([
    ['A10-24Q', 'RTX vWS'],
    ['A10-2B', 'vPC'],
    ['A10-24A', 'vApps'],
    ['A10-24C', 'NVIDIA AI Enterprise'],
  ])('%s takes one of %s and no other', (profile, edition) => {
    for (const covers of ['RTX vWS', 'vPC', 'vApps', 'NVIDIA AI Enterprise']) {
      const { told } = runLicensed({
        jobs: [guest('j', 0, 10, profile)],
        pools: [pool({ covers: [covers] })],
      });
      expect(told.length > 0, covers).toBe(covers === edition);
    }
  });

  test('a guest with a GPU passed through needs one for graphics and none for compute', () => {
    const run = (workload: 'graphics' | 'training') =>
      runLicensed({
        jobs: [passedThrough('j', 0, 10, workload)],
        pools: [pool()],
        sharing: a10('passthrough'),
      }).told.length;
    expect(run('graphics')).toBeGreaterThan(0);
    expect(run('training')).toBe(0);
  });

  test('all C-series guests of a GPU share one licence by the GPU, and it is given back with the last', () => {
    const { told } = runLicensed({
      jobs: [guest('a', 0, 100, 'A10-12C'), guest('b', 10, 10, 'A10-12C'), guest('c', 20, 100, 'A10-12C')],
      pools: [pool({ covers: ['NVIDIA AI Enterprise'], metric: 'gpu', entitled: 9 })],
      cards: [1],
    });
    expect(told.map(({ inUse }) => inUse)).toEqual([1, 0]);
  });

  test('licences of a region do not hold elsewhere, even if some are free', () => {
    const { story, told } = runLicensed({
      jobs: [guest('here', 0, 1000), guest('there', 0, 1000)],
      pools: [pool({ entitled: 5, holds: [true, false] })],
      cards: [1, 1],
    });
    const [inside, outside] = story('here').starts[0]?.hosts[0] === 0 ? ['here', 'there'] : ['there', 'here'];
    expect(story(inside as string).end).toBe(1000);
    expect(story(outside as string).end).toBeCloseTo(1700, 6);
    expect(Math.max(...told.map(({ lacking }) => lacking.region))).toBe(1);
  });

  test('where several sets of licences are for it, it takes of the first that holds there', () => {
    const { told } = runLicensed({
      jobs: [guest('a', 0, 10), guest('b', 1, 10)],
      pools: [pool({ name: 'east', holds: [false, true] }), pool({ name: 'all', entitled: 5 })],
      cards: [1, 1],
    });
    expect(new Set(told.map(({ pool: number }) => number))).toEqual(new Set([0, 1]));
    expect(told.every(({ lacking }) => lacking.growth + lacking.region === 0)).toBe(true);
  });
});
