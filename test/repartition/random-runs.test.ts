import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import type { Fleet } from '../../sim/cluster/fleet.ts';
import { isLegal } from '../../sim/hardware/index.ts';
import { DEFRAGMENT, PERIODIC, runCards } from './card-run.ts';

const PROFILES = ['1g.6gb', '2g.12gb', '4g.24gb'] as const;
const checkpoint = { intervalUs: 20e6, saveUs: 1e6, restoreUs: 1e6 };

const jobOf = {
  at: fc.nat(200),
  runs: fc.integer({ min: 1, max: 120 }),
  profile: fc.constantFrom(...PROFILES),
  isPreemptible: fc.boolean(),
  saves: fc.boolean(),
  isSession: fc.constantFrom(false, false, false, true),
};
const job = fc.record(jobOf);

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

const speed = fc.constantFrom(0.25, 0.5, 0.75, 1);

test('random runs of jobs that are faster on some instances end, whoever waits for whom', () => {
  let stopped = 0;
  fc.assert(
    fc.property(
      fc.array(fc.record({ ...jobOf, any: fc.boolean(), speeds: fc.tuple(speed, speed, speed) }), {
        minLength: 1,
        maxLength: 16,
      }),
      fc.record({
        running: fc.constantFrom('wait' as const, 'save' as const, 'stop' as const, 'move' as const),
        patienceUs: fc.constantFrom(null, 60e6),
        horizonUs: fc.constantFrom(10e6, 600e6),
        atChange: fc.constant(true),
      }),
      fc.constantFrom('skip' as const, 'block' as const),
      fc.constantFrom([1], [2], [1, 1]),
      (jobs, rule, fill, hosts) => {
        const setup = {
          model: 'A30',
          hosts,
          layout: ['2g.12gb@0', '2g.12gb@2'],
          policy: { ...PERIODIC, ...rule },
          fill,
          jobs: jobs.map(({ at, runs, profile, isPreemptible, saves, isSession, any, speeds }, i) => ({
            name: `j${i}`,
            at,
            runs,
            ...(any
              ? { slot: { kind: 'part', computeMilli: 0, memoryMib: 1 } as const }
              : { profile: profile as string }),
            speeds: Object.fromEntries(PROFILES.map((name, at) => [name, speeds[at] as number])),
            isSession,
            claim: { isPreemptible, checkpoint: saves ? checkpoint : null },
          })),
          observer: legal,
        };
        const run = runCards(setup);
        expect(runCards(setup).digest).toBe(run.digest);
        expect(run.waiting).toBe(0);
        for (const [i, { runs, isSession, isPreemptible }] of jobs.entries()) {
          const story = run.stories.get(`j${i}`);
          expect(story?.rejected).toBeUndefined();
          if (isSession || !isPreemptible) expect(story).toMatchObject({ stopped: [], moved: [] });
          const took = (story?.end as number) - (story?.placed[0]?.at as number);
          expect(took).toBeGreaterThan(runs - 1e-6);
        }
        stopped += run.counts?.stopped ?? 0;
        for (const card of run.fleet.cards) expect(card?.layout?.used).toBe(0);
      },
    ),
    { numRuns: 60 },
  );
  expect(stopped).toBeGreaterThan(0);
});
