import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import type { Fleet } from '../../sim/cluster/fleet.ts';
import { isLegal } from '../../sim/hardware/index.ts';
import { DEFRAGMENT, PERIODIC, runCards } from './card-run.ts';

const PROFILES = ['1g.6gb', '2g.12gb', '4g.24gb'] as const;
const checkpoint = { intervalUs: 20e6, saveUs: 1e6, restoreUs: 1e6 };

const job = fc.record({
  at: fc.nat(200),
  runs: fc.integer({ min: 1, max: 120 }),
  profile: fc.constantFrom(...PROFILES),
  isPreemptible: fc.boolean(),
  saves: fc.boolean(),
  isSession: fc.constantFrom(false, false, false, true),
});

const policy = fc.oneof(
  fc.record({
    kind: fc.constant('periodic' as const),
    everyUs: fc.constantFrom(null, 30e6),
    running: fc.constantFrom('wait' as const, 'save' as const, 'stop' as const, 'move' as const),
    patienceUs: fc.constantFrom(null, 60e6),
    creation: fc.constantFrom('any-start' as const, 'driver-default' as const),
  }),
  fc.record({ kind: fc.constant('defragment' as const), everyUs: fc.constantFrom(null, 30e6) }),
);

/** Every layout is legal, and holds every instance that has a tenant, after every event. */
function legal(fleet: Fleet): ClusterObserver {
  const look = () => {
    for (const card of fleet.cards) {
      const layout = card?.layout;
      if (layout === undefined) continue;
      expect(isLegal(layout.geometry, layout.standing ?? layout.used)).toBe(true);
      expect(layout.used & ~(layout.standing ?? layout.used)).toBe(0);
    }
  };
  return { placed: look, relaid: look, moved: look, preempted: look, freed: look, finished: look };
}

test('random runs lose nobody, interrupt nobody who may not be, and are the same twice', () => {
  fc.assert(
    fc.property(
      fc.array(job, { minLength: 1, maxLength: 20 }),
      policy,
      fc.constantFrom([1], [2], [1, 1]),
      (jobs, rule, hosts) => {
        const setup = {
          model: 'A30',
          hosts,
          layout: rule.kind === 'periodic' ? ['2g.12gb@0', '2g.12gb@2'] : null,
          policy: rule.kind === 'periodic' ? { ...PERIODIC, ...rule } : { ...DEFRAGMENT, ...rule },
          jobs: jobs.map(({ at, runs, profile, isPreemptible, saves, isSession }, i) => ({
            name: `j${i}`,
            at,
            runs,
            profile,
            isSession,
            claim: { isPreemptible, checkpoint: saves ? checkpoint : null },
          })),
          horizon: 1e5,
          observer: legal,
        };
        const run = runCards(setup);
        expect(runCards(setup).digest).toBe(run.digest);
        for (const [i, each] of jobs.entries()) {
          const story = run.stories.get(`j${i}`);
          expect(story?.rejected).toBeUndefined();
          if (each.isSession || !each.isPreemptible) {
            expect(story).toMatchObject({ stopped: [], moved: [] });
          }
          if (each.isSession && story?.end !== undefined) {
            expect(story.end - (story.placed[0]?.at as number)).toBeCloseTo(each.runs, 6);
          }
        }
        // With everybody gone or waiting, all that was taken is back.
        const running = [...run.stories.values()].filter(({ end }) => end === undefined).length - run.waiting;
        expect(running).toBe(0);
        expect(run.fleet.gpuFreeTotalMilli).toBe(1000 * run.fleet.gpuCount);
        for (const card of run.fleet.cards) {
          expect(card?.layout?.used).toBe(0);
        }
        if (rule.kind === 'periodic' && rule.patienceUs !== null && rule.everyUs !== null) {
          expect(run.waiting).toBe(0);
        }
      },
    ),
    { numRuns: 60 },
  );
});
