import fc from 'fast-check';
import type { DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import { cardSpecOf } from '../../sim/scenario/resolve/card-spec.ts';
import { resolveClaim } from '../../sim/scenario/resolve/claim.ts';
import { resolveScheduling } from '../../sim/scenario/resolve/scheduling.ts';
import type { Change, Demand, HostGroup, Scenario, Service, SessionGroup } from '../../sim/scenario/types.ts';
import {
  type CardSpec,
  type GpuUse,
  type SharingConfig,
  type SlotRequest,
  sharingMode,
  WORKLOAD_CLASSES,
} from '../../sim/sharing/index.ts';
import { EXAMPLES, type Example } from '../contract/examples.ts';

/** Random scenarios in numbers in which fleets of several sharing modes run all kinds of jobs at once. */

const HOUR_US = 3600e6;

/** Every way of the examples to share a card that is possible with this one, and to leave it whole. */
function configsFor(card: CardSpec): readonly SharingConfig[] {
  const all: readonly SharingConfig[] = [{ mode: 'bare-metal' }, ...EXAMPLES.map((each) => each.config)];
  return all.filter((config) => sharingMode(config.mode).check(config as never, card).length === 0);
}

/** Names of the paths that a card's mode has for an operation. */
function pathsOf(config: SharingConfig, card: CardSpec, operation: string): readonly string[] {
  return sharingMode(config.mode)
    .operations(config as never, card)
    .filter((each) => each.operation === operation)
    .map((each) => each.path);
}

const MOVING = EXAMPLES.filter(({ config, card }) => pathsOf(config, card, 'migrate').length > 0);

interface Hosts {
  readonly example: Example;
  readonly group: HostGroup;
  readonly card: CardSpec;
}

const hosts = (index: number, isMoving: boolean): fc.Arbitrary<Hosts> =>
  fc
    .record({
      example: fc.constantFrom(...(isMoving ? MOVING : EXAMPLES)),
      count: fc.integer({ min: isMoving ? 2 : 1, max: 3 }),
      gpus: fc.integer({ min: 1, max: 3 }),
      uplink: fc.constantFrom(null, null, 3e9, 20e9),
      numaDomains: fc.constantFrom(1, 2),
      nvlink: fc.constantFrom(null, true),
      isShared: isMoving ? fc.constant(true) : fc.constantFrom(true, true, true, true, false),
    })
    .map(({ example, count, gpus, uplink, numaDomains, nvlink, isShared }) => {
      const { card, config } = example;
      const isKnown = card.catalogue !== null;
      const group: HostGroup = {
        name: `g${index}`,
        count,
        cpuMilli: 32_000,
        memoryMib: 262_144,
        gpus: [
          {
            model: card.model,
            count: gpus,
            pcieLanes: isKnown ? null : 16,
            pcieGen: isKnown ? null : 4,
            nvlink,
            memoryMib: isKnown ? null : card.memoryMib,
          },
        ],
        sharing: isShared ? config : null,
        numaDomains,
        uplinkBytesPerSec: uplink,
      };
      return { example, group, card: cardSpecOf(group, group.gpus[0]!) };
    });

const uses: fc.Arbitrary<GpuUse> = fc
  .record({
    workload: fc.constantFrom(...WORKLOAD_CLASSES),
    busy: fc.constantFrom(0.05, 0.3, 0.7, 1),
    computePart: fc.constantFrom(0.2, 1),
    bandwidth: fc.constantFrom(0, 0.1, 0.8),
    memoryMib: fc.constantFrom(100, 2000, 9000),
    linkBytesPerSec: fc.constantFrom(0, 0, 1e8, 5e9),
    processes: fc.constantFrom(1, 1, 3),
    syncCallsPerSec: fc.constantFrom(0, 0, 1000),
  })
  .map(({ computePart, ...use }) => ({ ...use, compute: use.busy * computePart, speedByProfile: null }));

const times: fc.Arbitrary<DistributionSpec> = fc.constantFrom<DistributionSpec>(
  { kind: 'exponential', mean: 1200 },
  { kind: 'constant', value: 600 },
  { kind: 'constant', value: 0 },
  { kind: 'uniform', min: 0, max: 3600 },
);

/** Fits beside others wherever jobs can move to. */
const SMALL_PART: SlotRequest = { kind: 'part', computeMilli: 0, memoryMib: 1024 };

/** What a job asks for, made for one of the host groups so that it often fits. */
const demands = (fleet: readonly Hosts[], isMoving = false): fc.Arbitrary<Demand> =>
  fc.constantFrom(...fleet).chain(({ example, group, card }) => {
    const profiles = example.profiles.length > 0 ? example.profiles : ['none'];
    const starts = group.sharing === null ? [] : pathsOf(group.sharing, card, 'start');
    return fc
      .record({
        cpuMilli: fc.constantFrom(0, 500, 4000),
        gpuCount: isMoving ? fc.constantFrom(1, 1, 2) : fc.constantFrom(1, 1, 1, 2, 3, 0),
        gpuMilli: fc.constantFrom(100, 500, 1000),
        slot: isMoving
          ? fc.constant(SMALL_PART)
          : (fc.oneof(
              fc.record({
                kind: fc.constant('part' as const),
                computeMilli: fc.constantFrom(0, 50, 300),
                memoryMib: fc.constantFrom(0, 2048, 10_000),
              }),
              fc.record({ kind: fc.constant('profile' as const), profile: fc.constantFrom(...profiles) }),
              fc.constant({ kind: 'whole' as const }),
            ) satisfies fc.Arbitrary<SlotRequest>),
        slotCount: fc.constantFrom(1, 1, 1, 2),
        use: isMoving ? uses.map((use) => ({ ...use, memoryMib: 100 })) : uses,
        models: fc.constantFrom<readonly string[]>([], [], [group.gpus[0]!.model]),
        communication: fc.constantFrom(0, 0, 0.4),
        lifecycle: fc.constantFrom(null, ...starts),
        // A stated speed elsewhere is the simple way to have cards that differ for a job.
        speed: fc.constantFrom(null, null, 0.5, 1.75),
      })
      .map(({ gpuCount, gpuMilli, slot, slotCount, use, communication, speed, ...rest }) => ({
        ...rest,
        memoryMib: 512,
        gpuCount,
        gpuMilli: gpuCount === 0 ? 0 : gpuMilli,
        slot: gpuCount === 0 ? null : slot,
        slotCount: slot.kind === 'profile' ? slotCount : 1,
        use: gpuCount === 0 ? null : use,
        referenceModel: null,
        speedByModel: speed === null ? {} : { [group.gpus[0]!.model]: speed },
        communication,
        models: gpuCount === 0 ? [] : rest.models,
        lifecycle: gpuCount === 0 ? null : rest.lifecycle,
      }));
  });

/** What has to ask for a GPU: replicas and sessions. */
const gpuDemands = (fleet: readonly Hosts[], isMoving: boolean) =>
  demands(fleet, isMoving).filter(({ gpuCount }) => gpuCount > 0);

const sessionGroups = (
  fleet: readonly Hosts[],
  index: number,
  isMoving: boolean,
): fc.Arbitrary<SessionGroup> =>
  fc
    .record({
      demand: gpuDemands(fleet, isMoving),
      users: fc.integer({ min: 1, max: 8 }),
      logon: fc.constantFrom<SessionGroup['logon']>(
        { kind: 'always' },
        { kind: 'always' },
        {
          kind: 'daily',
          hourFactors: Array.from({ length: 24 }, (_, hour) => (hour < 12 ? 1 : 0)),
          dayFactors: [1, 1, 1, 1, 1, 1, 1],
          perDay: 3,
        },
        { kind: 'storm', atUs: 0.5 * HOUR_US, spreadUs: 0.2 * HOUR_US, daily: true },
      ),
      durationSec: times.filter((each) => each.kind !== 'constant' || each.value > 0),
      activity: fc.constantFrom<SessionGroup['activity']>(
        null,
        { onSec: { kind: 'exponential', mean: 60 }, offSec: { kind: 'exponential', mean: 200 } },
        { onSec: { kind: 'constant', value: 30 }, offSec: { kind: 'constant', value: 90 } },
      ),
    })
    .map(({ demand, ...rest }) => ({
      ...demand,
      name: `session${index}`,
      claim: resolveClaim({}, false),
      ...rest,
      frames: null,
    }));

/**
 * Services whose replica always has work: it has two clients, who ask again at once. With several replicas some could be
 * idle for a while, as requests go to those that are up.
 */
const busyServices = (fleet: readonly Hosts[], index: number, isMoving: boolean): fc.Arbitrary<Service> =>
  fc
    .record({
      demand: gpuDemands(fleet, isMoving),
      batchSec: fc.constantFrom([5], [37.5]),
    })
    .map(({ demand, batchSec }) => ({
      ...demand,
      name: `service${index}`,
      claim: resolveClaim({}, false),
      replicas: 1,
      traffic: { kind: 'closed', clients: 2, thinkSec: { kind: 'constant', value: 0 } },
      batchSec,
      variability: null,
      maxBatch: 1,
      batchWaitUs: 0,
      concurrency: 1,
      dispatch: 'shortest-queue',
      objectiveUs: null,
    }));

const anyServices = (fleet: readonly Hosts[], index: number, isMoving: boolean): fc.Arbitrary<Service> =>
  fc
    .record({
      busy: busyServices(fleet, index, isMoving),
      replicas: fc.integer({ min: 1, max: 3 }),
      traffic: fc.constantFrom<Service['traffic']>(
        {
          kind: 'open',
          arrivals: { process: 'poisson', ratePerSecond: 0.05, hourFactors: null, dayFactors: null },
        },
        { kind: 'open', arrivals: { process: 'deterministic', ratePerSecond: 0.2 } },
        { kind: 'closed', clients: 7, thinkSec: { kind: 'exponential', mean: 20 } },
      ),
      variability: fc.constantFrom<Service['variability']>(null, { kind: 'exponential', mean: 1 }),
      batchSec: fc.constantFrom([3], [3, 4, 5]),
      maxBatch: fc.constantFrom(1, 3),
      batchWaitUs: fc.constantFrom(0, 5e6),
      concurrency: fc.constantFrom(1, 2),
      dispatch: fc.constantFrom('shortest-queue' as const, 'round-robin' as const),
    })
    .map(({ busy, ...rest }) => ({ ...busy, ...rest }));

/** Hosts that share their GPUs by a mode are changed in all ways; the others are only closed for a while. */
const changesOf = (fleet: readonly Hosts[], isMoving: boolean): fc.Arbitrary<readonly Change[]> => {
  const one: fc.Arbitrary<Change> = fc.constantFrom(...fleet).chain(({ group, card }) => {
    const { name, count, sharing } = group;
    const names = Array.from({ length: count }, (_, i) =>
      count === 1 ? name : `${name}-${String(i).padStart(4, '0')}`,
    );
    const moves = sharing === null ? [] : pathsOf(sharing, card, 'migrate');
    const configs = sharing === null ? [] : configsFor(card);
    return fc
      .record({
        // Close together, so that a change falls due while jobs still move for another one.
        atUs: fc.constantFrom(
          0,
          0.4 * HOUR_US,
          0.5 * HOUR_US,
          0.5 * HOUR_US + 1,
          0.5 * HOUR_US + 2e6,
          HOUR_US,
        ),
        hosts: fc.subarray(names, { minLength: 1, ...(isMoving ? { maxLength: names.length - 1 } : {}) }),
        sharing: fc.constantFrom(null, null, null, null, ...configs.slice(0, 4)),
        closedUs: fc.constantFrom(0, 60e6, HOUR_US),
        running: fc.constantFrom('wait' as const, 'stop' as const, 'migrate' as const, 'migrate' as const),
        movePath: isMoving ? fc.constantFrom(...moves) : fc.constantFrom(null, ...moves),
      })
      .chain(({ movePath, ...change }) => {
        const next = change.sharing;
        const ways =
          next === null
            ? []
            : [...pathsOf(next, card, 'switch-mode'), ...pathsOf(next, card, 'change-layout')];
        return fc.constantFrom(null, ...ways).map((path) => ({
          ...change,
          path,
          migratePath: change.running === 'migrate' ? movePath : null,
        }));
      });
  });
  return fc.array(one, { maxLength: 4 }).map((list) => list.toSorted((a, b) => a.atUs - b.atUs));
};

/** What a random scenario may have in it. */
export interface Ingredients {
  /** `busy`: services whose replicas always have work. `any`: of all kinds. */
  readonly services: 'none' | 'busy' | 'any';
  readonly sessions: boolean;
  /** `moving`: on fleets that can move jobs. */
  readonly changes: 'none' | 'any' | 'moving';
}

export function sharedScenarios(ingredients: Ingredients): fc.Arbitrary<Scenario> {
  const isMoving = ingredients.changes === 'moving';
  return fc
    .integer({ min: 1, max: isMoving ? 2 : 3 })
    .chain((groups) => fc.tuple(...Array.from({ length: groups }, (_, i) => hosts(i, isMoving))))
    .chain((fleet) =>
      fc.record({
        fleet: fc.constant(fleet),
        seed: fc.nat(1_000_000),
        classes: fc.array(
          fc.record({ demand: demands(fleet, isMoving), lifetimeSec: times, weight: fc.constantFrom(1, 3) }),
          {
            minLength: 1,
            maxLength: 3,
          },
        ),
        taskCount: fc.integer({ min: 1, max: 60 }),
        ratePerSecond: fc.constantFrom(0.003, 0.02, 0.2),
        services:
          ingredients.services === 'none'
            ? fc.constant([])
            : fc
                .constantFrom(0, 1, 3)
                .chain((n) =>
                  fc.tuple(
                    ...Array.from({ length: n }, (_, i) =>
                      ingredients.services === 'busy'
                        ? busyServices(fleet, i, isMoving)
                        : anyServices(fleet, i, isMoving),
                    ),
                  ),
                ),
        sessions: ingredients.sessions
          ? fc
              .constantFrom(0, 1, 2)
              .chain((n) =>
                fc.tuple(...Array.from({ length: n }, (_, i) => sessionGroups(fleet, i, isMoving))),
              )
          : fc.constant([]),
        changes: ingredients.changes === 'none' ? fc.constant([]) : changesOf(fleet, isMoving),
        placement: fc.constantFrom('first-fit', 'best-fit', 'worst-fit', 'fgd', 'random', 'gpu-packing'),
        tieBreak: fc.constantFrom('host-order', 'shuffled', 'random'),
        horizonUs: fc.constantFrom(null, 2 * HOUR_US),
        warmupUs: fc.constantFrom(0, 0.5 * HOUR_US),
      }),
    )
    .map(({ fleet, seed, classes, taskCount, ratePerSecond, services, sessions, changes, ...rest }) => {
      const endless = services.length + sessions.length > 0;
      return {
        name: 'random',
        description: '',
        sources: [],
        seed,
        replications: 1,
        faults: null,
        repartition: [],
        elastic: null,
        licences: null,
        cost: null,
        fleet: { kind: 'hosts', groups: fleet.map(({ group }) => group) },
        workload: {
          trace: null,
          typicalPath: null,
          synthetic: {
            taskCount,
            untilUs: null,
            arrivals: { process: 'poisson', ratePerSecond, hourFactors: null, dayFactors: null },
            classes: classes.map(({ demand, ...own }, i) => ({
              ...demand,
              // An object of its own, by which tests tell classes apart.
              use: demand.use === null ? null : { ...demand.use },
              ...own,
              name: `class${i}`,
              claim: resolveClaim({}, true),
              tenants: [],
              lifetimeName: null,
            })),
          },
          services,
          sessions,
        },
        policy: {
          placement: rest.placement,
          tieBreak: rest.tieBreak,
          queueing: 'fifo',
          scores: [],
          scheduling: resolveScheduling({}),
          pools: [],
          typicalShare: 1,
          referenceHost: null,
        },
        experiment: {
          kind: 'timed',
          horizonUs: endless ? 2 * HOUR_US : rest.horizonUs,
          warmupUs: rest.warmupUs,
        },
        overheads: {},
        changes,
      } as Scenario;
    });
}
