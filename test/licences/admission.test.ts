import { describe, expect, test } from 'vitest';
import { guest, pool, runLicensed } from './desks.ts';

describe('Who must have a licence to start', () => {
  test('waits in the queue until one is free', () => {
    const { story, told } = runLicensed({
      jobs: [guest('a', 0, 100), guest('b', 10, 100), guest('c', 20, 100)],
      pools: [pool({ entitled: 2, whenNone: 'wait' })],
    });
    expect(['a', 'b', 'c'].map((name) => story(name).starts[0]?.at)).toEqual([0, 10, 100]);
    expect(story('c').end).toBe(200);
    expect(told.every(({ lacking }) => lacking.growth === 0)).toBe(true);
  });

  test('is turned away where that is the rule', () => {
    const { story } = runLicensed({
      jobs: [guest('a', 0, 100), guest('b', 10, 100), guest('c', 100, 100)],
      pools: [pool({ whenNone: 'reject' })],
    });
    expect(story('b').rejected).toBe('licence');
    expect(story('c').end).toBe(200);
  });

  test('is turned away for good where there will never be enough', () => {
    const { story } = runLicensed({
      jobs: [{ ...guest('pair', 0, 10), workers: [1, 1] }, guest('one', 1, 10)],
      pools: [pool({ whenNone: 'wait' })],
      cards: [2, 2],
    });
    expect(story('pair').rejected).toBe('never-fits:licence');
    expect(story('one').end).toBe(11);
  });

  test('starts where licences hold, wherever the placement policy would rather have it', () => {
    // Best fit prefers the first host, which has none of the licences.
    const { story } = runLicensed({
      jobs: [guest('a', 0, 100), guest('b', 1, 100)],
      pools: [pool({ whenNone: 'wait', entitled: 9, holds: [false, true] })],
      cards: [1, 1],
    });
    expect(story('a').starts[0]?.hosts).toEqual([1]);
    expect(story('b').starts[0]).toEqual({ at: 100, hosts: [1] });
  });

  test('goes to a GPU that is licensed already where no other can be', () => {
    const { story, told } = runLicensed({
      jobs: [guest('a', 0, 100, 'A10-12C'), guest('b', 1, 100, 'A10-12C'), guest('c', 2, 100, 'A10-12C')],
      pools: [pool({ whenNone: 'wait', covers: ['NVIDIA AI Enterprise'], metric: 'gpu' })],
      cards: [1, 1],
      placement: 'worst-fit',
    });
    // Worst fit would put b on the second host; c waits for one of the two to leave.
    expect(story('b').starts[0]).toEqual({ at: 1, hosts: story('a').starts[0]?.hosts });
    expect(story('c').starts[0]?.hosts).toEqual(story('a').starts[0]?.hosts);
    expect(story('c').starts[0]!.at).toBeGreaterThan(100);
    expect(Math.max(...told.map(({ inUse }) => inUse))).toBe(1);
  });

  test('waits while no server answers, and starts when one does', () => {
    const { story } = runLicensed({
      jobs: [guest('a', 20, 100)],
      pools: [pool({ whenNone: 'wait' })],
      outages: [[[10, 500]]],
    });
    expect(story('a').starts[0]?.at).toBe(510);
  });

  test('waits for what is out and not heard of until its lease ends', () => {
    const { story } = runLicensed({
      jobs: [guest('a', 0, 300), guest('b', 700, 100)],
      pools: [pool({ whenNone: 'wait' })],
      outages: [[[250, 350]]],
    });
    expect(story('b').starts[0]?.at).toBe(1200);
  });
});
