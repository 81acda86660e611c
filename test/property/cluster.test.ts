import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { loadSolver } from '../../cli/load-solver.ts';
import {
  bindingRefusal,
  capacityMask,
  REFUSAL_MASKS,
  refusalMask,
  refusalNames,
} from '../../sim/cluster/fit.ts';
import { Fleet, type HostSpec, PlacementError } from '../../sim/cluster/fleet.ts';
import { FragmentationMeter } from '../../sim/cluster/fragmentation.ts';
import { GPU_MILLI, ShapeTable, type TaskRequest, type TaskShape } from '../../sim/cluster/request.ts';
import { RandomStreams } from '../../sim/kernel/random.ts';
import { PLACEMENT_POLICIES } from '../../sim/policies/placement/index.ts';
import { type Decision, Placer } from '../../sim/policies/placement/placer.ts';
import { TIE_BREAKS } from '../../sim/policies/placement/policy.ts';
import { type HistoryStep, histories, hostSpecs, requests } from '../cluster/random-fleet.ts';

const solver = await loadSolver();

function setUp(hosts: readonly HostSpec[], mixRequests: readonly TaskRequest[]) {
  const fleet = new Fleet(hosts);
  const shapes = new ShapeTable(fleet.modelNames);
  const mix = mixRequests.map((r) => ({
    shape: shapes.intern({ ...r, memoryMib: 0 }),
    frequency: 1 / mixRequests.length,
  }));
  const fragmentation = new FragmentationMeter(fleet, mix);
  const streams = new RandomStreams(7);
  const context = {
    fleet,
    fragmentation,
    reference: { cpuMilli: 16_000, gpuMilli: 6000 },
    random: streams.stream('placement', 'gpus'),
    solver,
  };
  return { fleet, shapes, mix, fragmentation, streams, context };
}

/** Everything a fleet says about its state, for comparison. */
function stateOf(fleet: Fleet) {
  return {
    cpu: [...fleet.cpuFreeMilli],
    memory: [...fleet.memoryFreeMib],
    gpu: [...fleet.gpuFreeMilli],
    hostGpu: [...fleet.hostGpuFreeMilli],
    kinds: [...fleet.residentsByKind],
    present: [...fleet.kindsPresent],
    residents: [...fleet.residents],
    totals: [fleet.cpuFreeTotalMilli, fleet.memoryFreeTotalMib, fleet.gpuFreeTotalMilli],
  };
}

function expectNoOverCommit(fleet: Fleet): void {
  for (let h = 0; h < fleet.hostCount; h++) {
    expect(fleet.cpuFreeMilli[h]).toBeGreaterThanOrEqual(0);
    expect(fleet.memoryFreeMib[h]).toBeGreaterThanOrEqual(0);
  }
  for (const left of fleet.gpuFreeMilli) {
    expect(left).toBeGreaterThanOrEqual(0);
    expect(left).toBeLessThanOrEqual(GPU_MILLI);
  }
}

/**
 * Plays a history: each request goes where the placer decides, each release gives back one of the live ones.
 *
 * @param onDecision told of each decision before it is carried out
 * @param onStep told after each step
 * @returns gives back what is still live
 */
function play(
  { fleet, shapes }: ReturnType<typeof setUp>,
  placer: Placer,
  history: readonly HistoryStep[],
  onDecision: (shape: TaskShape, decision: Decision | undefined) => void,
  onStep: () => void,
): () => void {
  const live: { shape: TaskShape; host: number; gpus: readonly number[] }[] = [];
  for (const step of history) {
    if (step.kind === 'place') {
      const shape = shapes.intern(step.request);
      const decision = placer.decide(shape);
      onDecision(shape, decision);
      if (decision === undefined) continue;
      fleet.place(shape, decision.host, decision.gpus);
      live.push({ shape, ...decision });
    } else if (live.length > 0) {
      const [gone] = live.splice(step.nth % live.length, 1);
      if (gone !== undefined) fleet.release(gone.shape, gone.host, gone.gpus);
    }
    onStep();
  }
  return () => {
    for (const { shape, host, gpus } of live.reverse()) fleet.release(shape, host, gpus);
  };
}

const mixes = fc.array(requests, { minLength: 1, maxLength: 5 });

describe.each(PLACEMENT_POLICIES.map((p) => [p.name, p] as const))('placement under %s', (_name, policy) => {
  test.each(TIE_BREAKS)(
    'never over-commits, finds room whenever there is some, and gives all of it back (%s)',
    (tieBreak) => {
      fc.assert(
        fc.property(hostSpecs, mixes, histories, (hosts, mix, history) => {
          const setting = setUp(hosts, mix);
          const { fleet, streams, context } = setting;
          const placer = new Placer(policy, context, tieBreak, streams.stream('placement', 'ties'));
          const before = stateOf(fleet);
          const giveBack = play(
            setting,
            placer,
            history,
            (shape, decision) => {
              const isRoom = hosts.some((_, h) => refusalMask(fleet, h, shape) === 0);
              expect(decision !== undefined).toBe(isRoom);
            },
            () => expectNoOverCommit(fleet),
          );
          giveBack();
          expect(stateOf(fleet)).toEqual(before);
        }),
        { numRuns: 40 },
      );
    },
  );
});

const WITHOUT_CHANCE = PLACEMENT_POLICIES.filter((policy) => policy.tieBreak !== 'random');

describe.each(WITHOUT_CHANCE.map((p) => [p.name, p] as const))('placement under %s', (_name, policy) => {
  test('decides as a slow twin that scores every host anew', () => {
    fc.assert(
      fc.property(hostSpecs, mixes, histories, (hosts, mix, history) => {
        const setting = setUp(hosts, mix);
        const { fleet, streams, context } = setting;
        const placer = new Placer(policy, context, 'host-order', streams.stream('placement', 'ties'));
        play(
          setting,
          placer,
          history,
          (shape, decision) => {
            const twin = policy.create(
              { ...context, fragmentation: new FragmentationMeter(fleet, context.fragmentation.mix) },
              placer.hosts,
            );
            let best = -1;
            let bestScore = Number.NEGATIVE_INFINITY;
            for (let h = 0; h < fleet.hostCount; h++) {
              if (refusalMask(fleet, h, shape) !== 0) continue;
              const score = twin.score(h, shape);
              if (score > bestScore) {
                best = h;
                bestScore = score;
              }
            }
            // What was decided is not yet placed: the twin sees the fleet that the placer saw.
            expect(decision?.host ?? -1).toBe(best);
          },
          () => {},
        );
      }),
      { numRuns: 60 },
    );
  });
});

test.each(WITHOUT_CHANCE.map((p) => [p.name, p] as const))(
  'GPUs chosen by %s on a host without room end in a refusal, never in a loop',
  (_name, policy) => {
    const { fleet, shapes, context } = setUp(
      [{ name: 'h', cpuMilli: 8000, memoryMib: 4096, gpus: [{ model: 'A', count: 2 }] }],
      [{ cpuMilli: 1000, memoryMib: 0, gpuCount: 1, gpuMilli: 500, models: [] }],
    );
    const shape = shapes.intern({ cpuMilli: 1000, memoryMib: 0, gpuCount: 2, gpuMilli: 1000, models: [] });
    fleet.place(shape, 0, [0, 1]);
    const gpus: number[] = [];
    policy.create(context, [0]).chooseGpus(0, shape, gpus);
    expect(() => fleet.place(shape, 0, gpus)).toThrow(PlacementError);
  },
);

test('A placement that does not fit is refused and changes nothing', () => {
  fc.assert(
    fc.property(
      hostSpecs,
      requests,
      fc.nat(11),
      fc.array(fc.integer({ min: -1, max: 8 }), { maxLength: 4 }),
      (hosts, request, h, gpus) => {
        const fleet = new Fleet(hosts);
        const shape = new ShapeTable(fleet.modelNames).intern(request);
        const host = h % hosts.length;
        const before = stateOf(fleet);
        const start = fleet.gpuStart[host] as number;
        const legal =
          refusalMask(fleet, host, shape) === 0 &&
          gpus.length === shape.gpuCount &&
          new Set(gpus).size === gpus.length &&
          gpus.every(
            (g) =>
              g >= 0 &&
              g < fleet.gpusOf(host) &&
              (shape.accepts?.[fleet.gpuModel[start + g] as number] ?? 1) === 1,
          );
        if (legal) {
          fleet.place(shape, host, gpus);
          fleet.release(shape, host, gpus);
        } else {
          expect(() => fleet.place(shape, host, gpus)).toThrow(PlacementError);
        }
        expect(stateOf(fleet)).toEqual(before);
        expect(() => fleet.release(shape, host, gpus)).toThrow(PlacementError);
      },
    ),
  );
});

test('The binding constraint is one that some host fails alone, or the smallest set that is failed', () => {
  fc.assert(
    fc.property(hostSpecs, requests, (hosts, request) => {
      const fleet = new Fleet(hosts);
      const shape = new ShapeTable(fleet.modelNames).intern(request);
      const counts = new Int32Array(REFUSAL_MASKS);
      hosts.forEach((_, h) => {
        counts[refusalMask(fleet, h, shape)]! += 1;
      });
      const binding = bindingRefusal(counts);
      if ((counts[0] as number) > 0) {
        expect(binding).toBe('none');
        return;
      }
      const failed = hosts.map((_, h) => refusalNames(refusalMask(fleet, h, shape)));
      const ever = failed.filter((names) => !names.includes('gpu-model') && !names.includes('gpu-count'));
      const looked = ever.length > 0 ? ever : failed;
      expect(binding.split('+')).toHaveLength(Math.min(...looked.map((names) => names.length)));
      expect(looked.map((names) => names.join('+'))).toContain(binding);
      // An empty fleet fails the same constraints now as ever.
      hosts.forEach((_, h) => {
        expect(capacityMask(fleet, h, shape)).toBe(refusalMask(fleet, h, shape));
      });
    }),
  );
});
