import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { ClusterObserver } from '../../sim/cluster/changes.ts';
import type { Fleet } from '../../sim/cluster/fleet.ts';
import type { RepartitionPolicy } from '../../sim/engine/repartition/setup.ts';
import type { SharingConfig, Slot, SlotRequest } from '../../sim/sharing/index.ts';
import { PERIODIC, runCards } from './card-run.ts';

const checkpoint = { intervalUs: 20e6, saveUs: 1e6, restoreUs: 1e6 };
const VGPU = { mode: 'vgpu', scheduler: 'best-effort', sliceMs: null, series: 'Q' } as const;
const part = (gib: number): SlotRequest => ({ kind: 'part', computeMilli: 0, memoryMib: gib * 1024 });
const type = (gib: number): SlotRequest => ({ kind: 'profile', profile: `L4-${gib}Q` });

/** Ways to cut a card with requests of several sizes, and what must hold of its tenants at any time. */
const KINDS: Readonly<
  Record<
    string,
    { model: string; sharing: SharingConfig; slots: readonly SlotRequest[]; migrate: string | null }
  >
> = {
  'equal sizes': {
    model: 'L4',
    sharing: { ...VGPU, sizes: 'equal' },
    slots: [type(4), type(8), type(12), type(24), part(6)],
    migrate: 'vsphere-7.0',
  },
  'mixed sizes': {
    model: 'L4',
    sharing: { ...VGPU, sizes: 'mixed' },
    slots: [type(4), type(8), type(12), type(24), part(6)],
    migrate: 'vsphere-7.0',
  },
  functions: {
    model: 'Radeon Pro V620',
    sharing: { mode: 'sriov', vfs: 4, scheduler: null, partition: null },
    slots: [part(5), part(8), part(12), part(20), { kind: 'profile', profile: 'VF' }],
    migrate: 'cold',
  },
};

const job = fc.record({
  at: fc.nat(200),
  runs: fc.integer({ min: 1, max: 120 }),
  slot: fc.nat(4),
  isPreemptible: fc.boolean(),
  saves: fc.boolean(),
  isSession: fc.constantFrom(false, false, false, true),
});

const periodic = fc.record({
  kind: fc.constant('periodic' as const),
  everyUs: fc.constantFrom(null, 30e6),
  running: fc.constantFrom('wait' as const, 'save' as const, 'stop' as const, 'move' as const),
  patienceUs: fc.constantFrom(null, 60e6),
  isLive: fc.boolean(),
});

/** Tenants lie side by side on every card, and a card that is cut has no other parts than its cut. */
function sound(fleet: Fleet): ClusterObserver {
  const look = () => {
    for (const card of fleet.cards) {
      const slots = card?.slots ?? [];
      const cut = card?.cut;
      if (card === undefined || cut === undefined) continue;
      expect(slots.reduce((sum, { milli }) => sum + milli, 0)).toBeLessThanOrEqual(1000);
      expect(slots.reduce((sum, { memoryMib }) => sum + memoryMib, 0)).toBeLessThanOrEqual(
        card.spec.memoryMib,
      );
      const { config } = cut;
      if (config.mode === 'vgpu' && config.sizes === 'mixed') {
        const taken = slots.flatMap(({ start, size }) => Array.from({ length: size }, (_, i) => start + i));
        expect(new Set(taken).size).toBe(taken.length);
      } else expect(new Set(slots.map(({ memoryMib }) => memoryMib)).size).toBeLessThanOrEqual(1);
      if (config.mode === 'sriov') expect(slots.length).toBeLessThanOrEqual(config.vfs);
    }
  };
  /** Nobody is let in where a card takes nobody in, nor on a part that its cut does not have. */
  const letIn: NonNullable<ClusterObserver['placed']> = (_at, _job, parts) => {
    look();
    for (const { host, gpus, grant } of parts) {
      for (const [i, index] of gpus.entries()) {
        const cut = fleet.cards[(fleet.gpuStart[host] as number) + index]?.cut;
        expect(cut?.isHeld).toBe(false);
        if (cut?.present != null) expect(cut.has(cut.present, grant[i] as Slot)).toBe(true);
      }
    }
  };
  return { placed: letIn, relaid: look, moved: look, preempted: look, freed: look, finished: look };
}

describe.each(Object.entries(KINDS))(
  'Random runs on cards cut by %s',
  (_, { model, sharing, slots, migrate }) => {
    const policies: fc.Arbitrary<RepartitionPolicy> =
      sharing.mode === 'sriov'
        ? fc.oneof(
            periodic.map(({ isLive, ...rest }) => ({
              ...PERIODIC,
              ...rest,
              migratePath: isLive ? migrate : null,
            })),
            fc.constant({ kind: 'on-demand' as const, creation: 'driver' as const }),
          )
        : periodic.map(({ isLive, ...rest }) => ({
            ...PERIODIC,
            ...rest,
            migratePath: isLive ? migrate : null,
          }));

    test('lose nobody, interrupt nobody who may not be, balance the books, and are the same twice', () => {
      fc.assert(
        fc.property(
          fc.array(job, { minLength: 1, maxLength: 20 }),
          policies,
          fc.constantFrom([1], [2], [1, 1]),
          fc.constantFrom('skip' as const, 'block' as const, 'easy' as const, 'conservative' as const),
          (jobs, policy, hosts, fill) => {
            const setup = {
              model,
              sharing,
              hosts,
              policy,
              fill,
              jobs: jobs.map(({ at, runs, slot, isPreemptible, saves, isSession }, i) => ({
                name: `j${i}`,
                at,
                runs,
                slot: slots[slot] as SlotRequest,
                isSession,
                claim: { isPreemptible, checkpoint: saves ? checkpoint : null },
              })),
              horizon: 1e5,
              observer: sound,
            };
            const run = runCards(setup);
            expect(runCards(setup).digest).toBe(run.digest);
            for (const [i, each] of jobs.entries()) {
              const story = run.stories.get(`j${i}`);
              expect(story?.rejected).toBeUndefined();
              if (each.isSession || !each.isPreemptible)
                expect(story).toMatchObject({ stopped: [], moved: [] });
              if (each.isSession && story?.end !== undefined) {
                expect(story.end - (story.placed[0]?.at as number)).toBeCloseTo(each.runs, 6);
              }
            }
            // With everybody gone or waiting, all that was taken is back.
            const running =
              [...run.stories.values()].filter(({ end }) => end === undefined).length - run.waiting;
            expect(running).toBe(0);
            expect(run.fleet.gpuFreeTotalMilli).toBe(1000 * run.fleet.gpuCount);
            for (const card of run.fleet.cards)
              expect(card).toMatchObject({ slots: [], cut: { isHeld: false } });
            const { counts } = run;
            expect(counts?.done).toBeLessThanOrEqual(counts?.begun as number);
            expect(counts?.closedGpuUs).toBeGreaterThanOrEqual(0);
            const ends = [...run.stories.values()].map(({ end }) => end ?? 0);
            // Nobody's work and no closed part is anywhere but on the cards between the first job and the last.
            const work = [...run.stories.values()].reduce((sum, { lost }) => sum + lost, 0);
            expect(work).toBeGreaterThanOrEqual(0);
            expect((counts?.closedGpuUs as number) / 1e6).toBeLessThanOrEqual(
              Math.max(...ends, 5) * run.fleet.gpuCount + 5,
            );
            const isPatient =
              policy.kind === 'periodic' && policy.patienceUs !== null && policy.everyUs !== null;
            if (isPatient || policy.kind === 'on-demand') expect(run.waiting).toBe(0);
          },
        ),
        { numRuns: 50 },
      );
    });
  },
);
