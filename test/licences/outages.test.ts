import { describe, expect, test } from 'vitest';
import { guest, pool, runLicensed, type Told } from './desks.ts';

/** Lease of 1000 s; half speed from 300 s without a licence on. */
const at = (told: readonly Told[], sec: number) => told.findLast((level) => level.at <= sec)!;

describe('While no licence server answers', () => {
  test('a client keeps its lease until that ends, and has it back when a server does answer', () => {
    const { story, told, expired } = runLicensed({
      jobs: [guest('j', 0, 3000)],
      pools: [pool({ entitled: 5 })],
      outages: [[[250, 2000]]],
    });
    // Renewed last at 200 s, lost at 1200 s, half speed from 1500 s until the server answers at 2250 s.
    expect(story('j').end).toBeCloseTo(2250 + 3000 - 1500 - 750 / 2, 6);
    expect(expired).toBe(1);
    expect(at(told, 1199)).toMatchObject({ inUse: 1, lacking: { server: 0 } });
    expect(at(told, 1200)).toMatchObject({ inUse: 0, needed: 1, lacking: { server: 1, growth: 0 } });
    expect(at(told, 2250)).toMatchObject({ inUse: 1, needed: 1, lacking: { server: 0, growth: 0 } });
  });

  test('a renewal at the instant of the failure counts', () => {
    const { told } = runLicensed({
      jobs: [guest('j', 0, 3000)],
      pools: [pool()],
      outages: [[[300, 5000]]],
    });
    expect(at(told, 1299.9).inUse).toBe(1);
    expect(at(told, 1300).inUse).toBe(0);
  });

  test('nobody who starts gets a licence, and all who lack one get theirs when a server answers, as far as there are any', () => {
    const { story, told } = runLicensed({
      jobs: [guest('a', 100, 900), guest('b', 200, 900), guest('c', 300, 900)],
      pools: [pool({ entitled: 2 })],
      outages: [[[50, 650]]],
    });
    expect(at(told, 300)).toMatchObject({ inUse: 0, needed: 3, lacking: { server: 3 } });
    expect(at(told, 700)).toMatchObject({ inUse: 2, needed: 3, lacking: { server: 0, growth: 1 } });
    // a: 300 s at full speed, 300 at half, the rest at full. b: 300, 200 at half.
    expect(story('a').end).toBeCloseTo(700 + 900 - 300 - 150, 6);
    expect(story('b').end).toBeCloseTo(700 + 900 - 300 - 100, 6);
    // c: full until 600 s, half until a has left.
    const aEnd = 700 + 450;
    expect(story('c').end).toBeCloseTo(aEnd + 900 - 300 - (aEnd - 600) / 2, 6);
  });

  test('an outage that is over before the lease ends takes nothing, and the next one counts from the renewal between', () => {
    const { told, expired } = runLicensed({
      jobs: [guest('j', 0, 5000)],
      pools: [pool()],
      outages: [
        [
          [250, 650],
          [950, 5000],
        ],
      ],
    });
    // Renewed at 900 s, at which the server answers again; lost at 1900 s.
    expect(at(told, 1899.9).inUse).toBe(1);
    expect(at(told, 1900).inUse).toBe(0);
    expect(expired).toBe(1);
  });

  test('renewals that fell into an outage did not happen', () => {
    const { told } = runLicensed({
      jobs: [guest('j', 0, 5000)],
      pools: [pool()],
      outages: [
        [
          [250, 610],
          [870, 5000],
        ],
      ],
    });
    // Between 860 and 870 s nobody renewed: the lease of 200 s ends at 1200 s.
    expect(at(told, 1199.9).inUse).toBe(1);
    expect(at(told, 1200).inUse).toBe(0);
  });

  test('who would renew after the end of its lease loses it, and stands behind those who wait', () => {
    const { told, story } = runLicensed({
      jobs: [guest('a', 0, 3000), guest('b', 500, 3000)],
      pools: [pool({ renewalUs: 400e6 })],
      outages: [[[450, 940]]],
    });
    // a renewed at 400 s; it would again at 1600 s, and its lease ends at 1400 s: b has the licence then.
    expect(at(told, 1390)).toMatchObject({ inUse: 1, needed: 2, lacking: { growth: 1, server: 0 } });
    expect(at(told, 1400)).toMatchObject({ inUse: 1, needed: 2, lacking: { growth: 1, server: 0 } });
    // b: full until 800 s, half until 1400 s, full from then on.
    expect(story('b').end).toBeCloseTo(1400 + 3000 - 300 - 300, 6);
    // a: full until 1700 s, then half; b has the licence until after a has ended at half speed.
    expect(story('a').end).toBeCloseTo(
      Math.min(1700 + 2600, story('b').end! + (3000 - 1700 - (story('b').end! - 1700) / 2)),
      6,
    );
  });

  test('who gives a licence back is not heard: it is out until its lease ends', () => {
    const { told, story } = runLicensed({
      jobs: [guest('a', 0, 300), guest('b', 700, 1000)],
      pools: [pool()],
      outages: [[[250, 350]]],
    });
    // Renewed at 200 s: out until 1200 s. b has the licence from then on: full until 1000 s, half for 200 s.
    expect(at(told, 650)).toMatchObject({ inUse: 1, needed: 0 });
    expect(at(told, 1199)).toMatchObject({ inUse: 1, needed: 1, lacking: { growth: 1 } });
    expect(at(told, 1200)).toMatchObject({ inUse: 1, needed: 1, lacking: { growth: 0 } });
    expect(story('b').end).toBeCloseTo(1200 + 1000 - 300 - 100, 6);
    expect(told.at(-1)).toMatchObject({ inUse: 0, needed: 0 });
  });

  test('nothing happens as long as one of several servers answers', () => {
    const { story, expired } = runLicensed({
      jobs: [guest('j', 0, 3000), guest('k', 1600, 1000)],
      pools: [pool({ entitled: 2 })],
      outages: [[[250, 2000]], [[2300, 5000]]],
    });
    expect(story('j').end).toBe(3000);
    expect(story('k').end).toBe(2600);
    expect(expired).toBe(0);
  });

  test('licensed GPUs stay open: who needs no licence to start does', () => {
    const { story } = runLicensed({
      jobs: [guest('j', 500, 100)],
      pools: [pool()],
      outages: [[[0.5, 100_000]]],
    });
    expect(story('j').starts[0]?.at).toBe(500);
  });
});
