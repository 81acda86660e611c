import { describe, expect, test } from 'vitest';
import { studentInterval } from '../../sim/kernel/stats/confidence.ts';
import { Tally } from '../../sim/kernel/stats/tally.ts';
import { erlangB, meanWaitMmc } from '../analytic/queueing-formulas.ts';
import { guests, reading, run } from './scenario.ts';

/** 99.9 % interval over 20 runs of so many guests. */
function over(
  entitled: number,
  whenNone: string,
  tasks: number,
  of: (found: ReturnType<typeof run>) => number,
) {
  const scenario = guests(
    { licences: { pools: [{ name: 'vws', edition: 'vws', entitled, whenNone }] } },
    tasks,
  );
  const tally = new Tally();
  for (let seed = 1; seed <= 20; seed++) tally.add(of(run(scenario, seed)));
  return studentInterval(tally, 0.999);
}

describe('Guests who arrive at random, 4 of them at a time if nobody is kept out', () => {
  test.each([2, 5])('with %i licences and no queue, as many are turned away as Erlang B says', (entitled) => {
    const lost = over(
      entitled,
      'reject',
      1500,
      (found) => reading(found, 'jobs.rejected') / reading(found, 'jobs.arrived'),
    );
    const expected = erlangB(entitled, 4);
    expect(expected).toBeGreaterThan(lost.lo);
    expect(expected).toBeLessThan(lost.hi);
    expect(lost.hi - lost.lo).toBeLessThan(0.4 * expected);
  });

  test('with 6 licences and a queue, they wait as long as Erlang C says', () => {
    const wait = over(6, 'wait', 6000, (found) => reading(found, 'wait.mean'));
    const expected = meanWaitMmc(6, 4, 3600);
    expect(expected).toBeGreaterThan(wait.lo);
    expect(expected).toBeLessThan(wait.hi);
    expect(wait.hi - wait.lo).toBeLessThan(0.7 * expected);
  });

  test('with 5 licences and nobody restricted, those in use are those of a line with as many more places as there are guests', () => {
    // Nobody is slowed down: the number of guests is Poisson of mean 4, and licences in use are the least of it and 5.
    let left = 1;
    let probability = Math.exp(-4);
    let expected = 0;
    for (let n = 0; n < 5; n++) {
      expected += n * probability;
      left -= probability;
      probability *= 4 / (n + 1);
    }
    expected += 5 * left;
    const tally = new Tally();
    for (let seed = 1; seed <= 20; seed++) {
      const scenario = guests({
        licences: { pools: [{ name: 'vws', edition: 'vws', entitled: 5 }], unlicensed: [] },
        experiment: { kind: 'timed', warmup: '50h', horizon: '500h' },
      });
      tally.add(reading(run(scenario, seed), 'licences.vws.inUse.mean'));
    }
    const { lo, hi } = studentInterval(tally, 0.999);
    expect(expected).toBeGreaterThan(lo);
    expect(expected).toBeLessThan(hi);
  });
});
