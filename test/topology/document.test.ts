import { describe, expect, test } from 'vitest';
import { NEARNESS, SPREADS } from '../../sim/cluster/layout.ts';
import { normalizeScenario } from '../../sim/index.ts';
import { NEARNESS_NAMES, SPREAD_NAMES } from '../../sim/scenario/names.ts';

function document(group: object, ...classes: readonly object[]): object {
  return {
    apiVersion: 'slicewise/v1',
    name: 'places',
    fleet: {
      hosts: [
        { name: 'h', count: 6, cpu: 64, memory: '512GiB', gpus: { model: 'A100', count: 8 }, ...group },
      ],
    },
    workload: {
      synthetic: {
        tasks: 1,
        arrivals: { process: 'deterministic', rate: '1/h' },
        classes: classes.map((each, i) => ({
          name: `c${i}`,
          cpu: 1,
          memory: '1GiB',
          gpus: 2,
          lifetime: { kind: 'constant', value: '1h' },
          ...each,
        })),
      },
    },
  };
}

function problemsWith(group: object, ...classes: readonly object[]): readonly string[] {
  const result = normalizeScenario(document(group, ...classes));
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

/** The canonical document and the scenario in numbers; both must be the same again when the former is read. */
function accepted(group: object, ...classes: readonly object[]) {
  const result = normalizeScenario(document(group, ...classes));
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  const again = normalizeScenario(result.document);
  if (!again.ok) throw new Error(JSON.stringify(again.problems));
  expect(again.document).toEqual(result.document);
  expect(again.scenario).toEqual(result.scenario);
  return result;
}

test('documents name the places that the engine knows', () => {
  expect(NEARNESS_NAMES).toEqual(NEARNESS);
  expect(SPREAD_NAMES).toEqual(SPREADS);
});

test('what is not said, or said as it is anyway, is not in the canonical form', () => {
  const plain = accepted({}, {});
  const defaults = accepted(
    { rack: null, nvlinkIsland: null, nic: null, oversubscription: 1 },
    { workers: 1, layout: { within: 'pool', prefer: 'pool', spread: 'none' } },
  );
  expect(defaults.document).toEqual(plain.document);
  expect(defaults.scenario).toEqual(plain.scenario);
  expect(JSON.stringify(plain.document)).not.toMatch(/rack|nvlinkIsland|nic"|oversub|workers|layout/);
});

test('what is said comes out in numbers', () => {
  const { scenario } = accepted(
    { rack: ['r1', 'r2', 'r3'], nvlinkIsland: 4, nic: '100Gbit/s', oversubscription: 2.5 },
    { workers: 3, layout: { within: 'rack', prefer: 'host', maxPerHost: 2, apartFrom: ['c0', 'c1'] } },
    { layout: { spread: 'racks', maxOfClassPerHost: 5 }, workers: 2 },
  );
  const fleet = scenario.fleet as Extract<typeof scenario.fleet, { kind: 'hosts' }>;
  expect(fleet.groups[0]).toMatchObject({
    rack: ['r1', 'r2', 'r3'],
    gpusPerIsland: 4,
    nicBytesPerSec: 12.5e9,
    oversubscription: 2.5,
  });
  expect(scenario.workload.synthetic?.classes.map(({ workers, layout }) => ({ workers, layout }))).toEqual([
    {
      workers: 3,
      layout: {
        within: 'rack',
        prefer: 'host',
        spread: 'none',
        maxPerHost: 2,
        maxOfClassPerHost: Number.POSITIVE_INFINITY,
        apartFrom: ['c0', 'c1'],
      },
    },
    {
      workers: 2,
      layout: {
        within: 'pool',
        prefer: 'pool',
        spread: 'racks',
        maxPerHost: Number.POSITIVE_INFINITY,
        maxOfClassPerHost: 5,
        apartFrom: [],
      },
    },
  ]);
});

describe('rules that cannot be', () => {
  test('of hosts', () => {
    expect(problemsWith({ nvlinkIsland: 3 }, {})).toEqual([
      'fleet.hosts[0].nvlinkIsland: must divide the GPUs of a host (8), or be a multiple of them, got 3',
    ]);
    expect(problemsWith({ nvlinkIsland: 2, gpus: { model: 'A100', count: 8, nvlink: false } }, {})).toEqual([
      'fleet.hosts[0].nvlinkIsland: must not be there where nvlink is false',
    ]);
    expect(problemsWith({ oversubscription: 4 }, {})).toEqual([
      'fleet.hosts[0].oversubscription: needs nic: it says how much of that is left between racks',
    ]);
    expect(problemsWith({ count: 2, rack: ['a', 'b', 'c'] }, {})).toEqual([
      'fleet.hosts[0].rack: must be at most as many as there are hosts (2), got 3 racks',
    ]);
    expect(problemsWith({ rack: 0 }, {})[0]).toMatch(/^fleet\.hosts\[0\]\.rack: must be/);
    expect(problemsWith({ nvlinkIsland: 16 }, {})).toEqual([]);
  });

  test('of jobs', () => {
    const layout = (rules: object, others: object = {}) =>
      problemsWith({}, { workers: 3, layout: rules, ...others });
    const at = 'workload.synthetic.classes[0].layout';
    expect(layout({ within: 'host', prefer: 'rack' })).toEqual([
      `${at}.prefer: must be as within (host) or nearer, got rack`,
    ]);
    expect(layout({ within: 'host', spread: 'hosts' })).toEqual([
      `${at}.spread: must leave room for 3 workers within one host, got hosts`,
    ]);
    expect(layout({ within: 'rack', spread: 'racks' })).toHaveLength(1);
    expect(layout({ within: 'rack', spread: 'hosts' })).toEqual([]);
    expect(layout({ within: 'host', maxPerHost: 2 })).toHaveLength(1);
    expect(layout({ within: 'island' }, { gpus: 0 })).toEqual([
      `${at}.within: must not be island: it asks for no GPU`,
    ]);
    expect(layout({ apartFrom: ['c0', 'd1', 'c0'] })).toHaveLength(2);
    expect(layout({ apartFrom: ['c9'] })[0]).toMatch(/must be the name of a class, service or session group/);
    expect(layout({ maxPerHost: 0 })).toHaveLength(1);
  });
});

test('a rule about racks where no host states one is noted', () => {
  const notes = (group: object) =>
    accepted(group, { workers: 2, layout: { spread: 'racks' } })
      .notes.map(({ message }) => message)
      .join('\n');
  expect(notes({})).toMatch(/each counts as a rack of its own/);
  expect(notes({ rack: 3 })).not.toMatch(/rack of its own/);
});
