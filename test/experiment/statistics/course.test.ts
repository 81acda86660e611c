import { describe, expect, test } from 'vitest';
import { replicate, summarize } from '../../../sim/index.ts';
import { mm1Mean } from '../../stats/lindley.ts';
import { queueScenario, replications, upTo } from './runs.ts';

const notesOf = (options: Parameters<typeof queueScenario>[0], runs = 3) =>
  summarize(replications(queueScenario(options), upTo(runs))).notes.join('\n');

describe('what a run does not show', () => {
  test('is said of a queue that grows, and of none that does not at the same GPUs', () => {
    expect(notesOf({ load: 1.3 })).toMatch(/^Overloaded in 3 of 3 runs: .* no steady state/m);
    expect(notesOf({ load: 1.3 })).not.toMatch(/Too short/);
    for (const load of [0.5, 0.8, 0.9]) expect(notesOf({ load, tasks: 4000 })).not.toMatch(/Overloaded/);
  });

  test('is said of few jobs and of few beyond p99, and of neither where there are many', () => {
    expect(notesOf({ tasks: 20 })).toMatch(/Too few jobs: 20 started, 20 completed/);
    expect(notesOf({ tasks: 400 })).toMatch(/p99 of wait and completion rests on few jobs/);
    expect(notesOf({ tasks: 4000 })).not.toMatch(/few jobs/);
  });

  test('is said of a queue that seldom emptied', () => {
    expect(notesOf({ gpus: 8, load: 0.8, tasks: 60 }, 1)).toMatch(/The queue emptied \d times?:/);
    expect(notesOf({ gpus: 1, load: 0.5, tasks: 4000 }, 1)).not.toMatch(/queue emptied/);
  });
});

describe('warm-up', () => {
  // Jobs of four hours take half a day to fill their GPUs; the run lasts nine.
  const filling = { gpus: 64, load: 0.012, tasks: 2000, meanMin: 240 };
  const used = (experiment: string) => {
    const run = replicate(queueScenario({ ...filling, experiment }), {}, 1);
    return { run, seconds: (run.statistics?.warmupUs ?? 0) / 1e6 };
  };

  test('that was forgotten is suggested, and with auto it is left out and the metrics are those of stating it', () => {
    const { run, seconds } = used('{ kind: timed }');
    expect(seconds).toBe(0);
    const { statistics, notes } = summarize([run]);
    const suggested = statistics?.warmup.suggestedSec[0] ?? 0;
    // The fleet fills as 1 - e^(-t / 4 h): 86 % after 8 h, 98 % after 16 h.
    expect(suggested).toBeGreaterThan(2 * 3600);
    expect(suggested).toBeLessThan(40 * 3600);
    expect(notes.join('\n')).toMatch(
      /Warm-up: the run settled after \S+ \(MSER-5\).*State experiment\.warmup/,
    );
    const auto = used('{ kind: timed, warmup: auto }');
    expect(auto.seconds).toBe(suggested);
    expect(auto.run.digest).toBe(run.digest);
    expect(auto.run.readings).toEqual(used(`{ kind: timed, warmup: ${suggested}s }`).run.readings);
    expect(summarize([auto.run]).notes.join('\n')).not.toMatch(/Warm-up:/);
  });
});

describe('intervals of one run', () => {
  test('cover the known mean wait of M/M/1 about as often as they say', () => {
    const runs = 60;
    let covers = 0;
    for (let seed = 1; seed <= runs; seed++) {
      const scenario = queueScenario({ gpus: 1, load: 0.5, tasks: 3000 });
      const found = replicate(scenario, {}, seed).statistics?.within.find(
        ({ metric }) => metric === 'wait.mean',
      );
      const [lo, hi] = found?.ci95 ?? [0, 0];
      const truth = mm1Mean(0.5) * 300;
      if (lo <= truth && truth <= hi) covers += 1;
    }
    expect(covers / runs).toBeGreaterThanOrEqual(0.85);
  });

  test('are given for a single run only, around the value that the metrics give', () => {
    const scenario = queueScenario({ load: 0.6, tasks: 3000 });
    const one = summarize(replications(scenario, [1]));
    const within = one.statistics?.withinRun ?? [];
    expect(within.map(({ metric }) => metric)).toContain('completion.p95');
    for (const { metric, value, ci95 } of within) {
      if (metric === 'gpu.allocated.mean') expect(value).toBeCloseTo(one.metrics[metric]?.value ?? 0, 1);
      else expect(value).toBeCloseTo(one.metrics[metric]?.value ?? Number.NaN, 9);
      if (ci95 !== null) expect(ci95[0]).toBeLessThanOrEqual(ci95[1]);
    }
    expect(summarize(replications(scenario, [1, 2])).statistics?.withinRun).toBeUndefined();
  });
});
