import fc from 'fast-check';
import { assert, test } from 'vitest';
import { CLOSED_FOR, GPU_CLOSED_FOR } from '../../sim/cluster/closed-for.ts';
import { type FleetFacts, fleetFacts } from '../../viz/views/fleet/facts.ts';
import { waitStep } from '../../viz/views/fleet/fills.ts';
import { hostRows } from '../../viz/views/fleet/host-rows.ts';
import { legendOf } from '../../viz/views/fleet/legend.ts';
import { gpuAt, groupAt, hostAt, layPlane, nextPlace } from '../../viz/views/fleet/plane.ts';
import { hostSignature } from '../../viz/views/fleet/signature.ts';
import { headerOf, jobOf, type MadeHost, stateOf } from './fleet-made.ts';

const hosts = fc.array(
  fc.record({
    pool: fc.nat(2),
    gpus: fc.array(fc.record({ model: fc.constantFrom('A', 'B'), count: fc.constantFrom(1, 2, 4, 8, 16) }), {
      maxLength: 2,
    }),
  }),
  { minLength: 1, maxLength: 60 },
);

function headerFor(fleet: readonly MadeHost[]) {
  const gpus = fleet.flatMap((host) => host.gpus).reduce((sum, { count }) => sum + count, 0);
  return headerOf(
    fleet,
    Array.from({ length: gpus }, () => undefined),
  );
}

function factsOf(fleet: readonly MadeHost[]): FleetFacts {
  return fleetFacts(headerFor(fleet));
}

test('Every host and every GPU has a place of its own, where it is found again', () => {
  fc.assert(
    fc.property(hosts, fc.double({ min: 0.3, max: 4, noNaN: true }), (fleet, aspect) => {
      const facts = factsOf(fleet);
      const plane = layPlane(facts, aspect);
      for (let host = 0; host < facts.hostCount; host++) {
        const group = plane.groups[plane.groupOfHost[host] as number];
        assert.isDefined(group);
        assert.equal(group.pool, facts.poolOfHost[host]);
        const [x, y] = [plane.hostX[host] as number, plane.hostY[host] as number];
        assert.equal(hostAt(plane, x + 0.01, y + 0.01), host);
        assert.equal(hostAt(plane, x + group.hostWidth - 0.01, y + group.hostHeight - 0.01), host);
        assert.notEqual(hostAt(plane, x - 0.05, y), host);
        assert.isAtMost(x + group.hostWidth, plane.width);
        assert.isAtMost(y + group.hostHeight, plane.height);
      }
      for (let gpu = 0; gpu < facts.gpuCount; gpu++) {
        const [x, y] = [plane.gpuX[gpu] as number, plane.gpuY[gpu] as number];
        assert.equal(gpuAt(facts, plane, x + 0.01, y + 0.01), gpu);
        assert.equal(gpuAt(facts, plane, x + 0.99, y + 0.99), gpu);
        assert.equal(hostAt(plane, x + 0.5, y + 0.5), facts.hostOfGpu[gpu]);
      }
    }),
  );
});

test('Groups do not overlap, and hosts of a group are alike', () => {
  fc.assert(
    fc.property(hosts, (fleet) => {
      const facts = factsOf(fleet);
      const { groups } = layPlane(facts, 1.6);
      for (const [i, a] of groups.entries()) {
        assert.equal(groupAt({ ...layPlane(facts, 1.6) }, a.x + a.width / 2, a.y + a.height / 2), i);
        for (const b of groups.slice(i + 1)) {
          const across = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
          const down = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
          assert.isFalse(across > 1e-9 && down > 1e-9);
        }
        assert.equal(new Set(a.hosts.map((host) => facts.hostText[host])).size, 1);
      }
      const all = groups.flatMap((group) => group.hosts).sort((a, b) => a - b);
      assert.deepEqual(
        all,
        facts.hostNames.map((_, host) => host),
      );
    }),
  );
});

test('A fleet of 10,000 hosts is cut into groups that a tile can stand for', () => {
  const facts = factsOf(
    Array.from({ length: 10_000 }, () => ({ pool: 0, gpus: [{ model: 'A', count: 1 }] })),
  );
  const plane = layPlane(facts, 1.6);
  assert.equal(plane.groups.length, 100);
  const aspect = plane.width / plane.height;
  assert.isAbove(aspect, 0.8);
  assert.isBelow(aspect, 3.2);
});

test('Arrow keys reach every GPU, and lead back from where they led', () => {
  const facts = factsOf(Array.from({ length: 12 }, () => ({ pool: 0, gpus: [{ model: 'A', count: 8 }] })));
  const { gpuX, gpuY } = layPlane(facts, 1.6);
  const steps = [
    { dx: 1, dy: 0 },
    { dx: -1, dy: 0 },
    { dx: 0, dy: 1 },
    { dx: 0, dy: -1 },
  ];
  const seen = new Set([0]);
  for (const gpu of seen)
    for (const [s, step] of steps.entries()) {
      const next = nextPlace(gpuX, gpuY, gpu, step);
      if (next === undefined) continue;
      seen.add(next);
      assert.equal(nextPlace(gpuX, gpuY, next, steps[s ^ 1] as (typeof steps)[number]), gpu);
    }
  assert.equal(seen.size, facts.gpuCount);
});

test('A host looks otherwise when anything about it is otherwise that is drawn', () => {
  const header = headerFor([{ pool: 0, gpus: [{ model: 'A', count: 2 }] }]);
  const facts = fleetFacts(header);
  const state = stateOf(header);
  const seen = new Set<number>();
  const look = () => seen.add(hostSignature(facts, state, 0, 'tenant'));
  look();
  const job = jobOf(7);
  state.occupants[0] = [{ job, slot: undefined, milli: 500 }];
  look();
  for (const phase of ['starting', 'saving', 'stopping', 'moving'] as const) {
    job.phase = phase;
    look();
  }
  state.gpuClosedFor[1] = GPU_CLOSED_FOR.failure;
  look();
  state.closedFor[0] = CLOSED_FOR.maintenance;
  look();
  state.occupants[1] = state.occupants[0] ?? [];
  state.occupants[0] = [];
  look();
  assert.equal(seen.size, 9);
  look();
  assert.equal(seen.size, 9);
  state.gpuFreeMilli[1] = 500;
  look();
  assert.equal(seen.size, 9);
  assert.notEqual(
    hostSignature(facts, state, 0, 'utilization'),
    hostSignature(facts, { ...state, gpuFreeMilli: new Int16Array(2) } as typeof state, 0, 'utilization'),
  );
});

test('The legend counts each resident once, the largest eight names first, the others together', () => {
  const header = headerFor([{ pool: 0, gpus: [{ model: 'A', count: 12 }] }]);
  const facts = fleetFacts(header);
  const state = stateOf(header);
  for (let gpu = 0; gpu < 11; gpu++)
    state.occupants[gpu] = Array.from({ length: gpu + 1 }, (_, i) => ({
      job: jobOf(20 * gpu + i, {}, `legend ${gpu}`),
      slot: undefined,
      milli: 50,
    }));
  state.gpuClosedFor[11] = GPU_CLOSED_FOR.failure;
  const legend = legendOf(facts, state, 'tenant');
  assert.deepEqual(
    legend.entries.map(({ name, residents }) => [name, residents]),
    [
      ['legend 10', 11],
      ['legend 9', 10],
      ['legend 8', 9],
      ['legend 7', 8],
      ['legend 6', 7],
      ['legend 5', 6],
      ['legend 4', 5],
      ['legend 3', 4],
    ],
  );
  assert.deepEqual(legend.others, { names: 3, residents: 6, milli: 300 });
  assert.equal(legend.takenMilli, 66 * 50);
  assert.deepEqual([legend.gpus, legend.freeGpus, legend.failedGpus, legend.closedGpus], [12, 0, 1, 0]);
});

test('The table counts all hosts that match and shows no more than it may', () => {
  const header = headerFor(
    Array.from({ length: 30 }, (_, i) => ({ pool: i % 3, gpus: [{ model: i < 10 ? 'A' : 'B', count: 2 }] })),
  );
  const facts = fleetFacts(header);
  const state = stateOf(header);
  state.closedFor[4] = CLOSED_FOR.failure;
  state.occupants[8] = [{ job: jobOf(1), slot: undefined, milli: 400 }];
  assert.equal(hostRows(facts, state, '', 7).rows.length, 7);
  assert.equal(hostRows(facts, state, '', 7).found, 30);
  assert.equal(hostRows(facts, state, 'x a', 200).found, 10);
  const failed = hostRows(facts, state, 'FAILED', 200);
  assert.equal(failed.found, 1);
  const row = failed.rows[0];
  assert.deepEqual(row, {
    host: 4,
    name: 'host 4',
    pool: 'pool 1',
    gpus: '2 x A',
    gpuCount: 2,
    freeGpus: 1,
    taken: 0.2,
    residents: 1,
    condition: 'failed',
  });
});

test('Waits fall into the step whose limit they are below', () => {
  assert.deepEqual(
    [0, 59e6, 60e6, 3599e6, 3600e6, 86_399e6, 86_400e6, 9e15].map(waitStep),
    [0, 0, 1, 2, 3, 4, 5, 5],
  );
});
