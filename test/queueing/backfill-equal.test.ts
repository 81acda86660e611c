import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DEFAULT_BACKFILL } from '../../sim/engine/backfill/index.ts';
import { fifo } from '../../sim/policies/queueing/fifo.ts';
import { sjf } from '../../sim/policies/queueing/sjf.ts';
import { hostsArbitrary, jobsArbitrary, tasksOf } from './backfill-cases.ts';
import { runFill } from './backfill-runs.ts';
import { SlowConservativeGuard } from './slow-backfill/conservative.ts';

const SECOND = 1_000_000;
/** Estimates that are too short, true and too long. */
const FACTORS = [0.3, 0.7, 1, 1, 1.5, 3];

test.each([
  ['in order of arrival', fifo, 51],
  ['with jobs that come in ahead of others', sjf, 52],
] as const)(
  'A plan kept from pass to pass starts every job when and where one does that is made anew each time, %s',
  (_how, policy, seed) => {
    let late = 0;
    fc.assert(
      fc.property(
        hostsArbitrary,
        jobsArbitrary,
        fc.array(fc.nat(FACTORS.length - 1), { minLength: 24, maxLength: 24 }),
        fc.constantFrom('first-fit' as const, 'best-fit' as const, 'worst-fit' as const),
        fc.constantFrom(2, 5, 100),
        (hosts, list, longer, placement, depth) => {
          const tasks = tasksOf(
            list,
            hosts,
            placement,
            (runsUs, i) => Math.ceil((runsUs / SECOND) * (FACTORS[longer[i] as number] as number)) * SECOND,
          );
          const options = { ...DEFAULT_BACKFILL, depth };
          const setup = { hosts, tasks, fill: 'conservative' as const, placement, policy, options };
          const kept = runFill(setup);
          const anew = runFill({
            ...setup,
            guard: (context, placer) => (scheduler) =>
              new SlowConservativeGuard(context.fleet, placer, scheduler, options),
          });
          expect([...kept]).toEqual([...anew]);
          for (const { name, arrivalUs } of tasks) if (kept.get(name)?.startUs !== arrivalUs) late += 1;
        },
      ),
      { numRuns: 400, seed },
    );
    expect(late).toBeGreaterThan(700);
  },
);
