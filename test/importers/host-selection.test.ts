import { createReadStream } from 'node:fs';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type HostsToKeep, selectHosts } from '../../scenarios/importers/host-selection.ts';
import { type HostRow, readOpenbNodes } from '../../scenarios/importers/openb.ts';
import { needsOpenbFiles, OPENB_FOLDER } from './openb-files.ts';

const NONE: ReadonlySet<string> = new Set();

function hostsOf(kinds: readonly (readonly [model: string, gpuCount: number])[]): readonly HostRow[] {
  return kinds.map(([model, gpuCount], i) => ({
    name: `h${i}`,
    cpuMilli: 96_000,
    memoryMib: 1024,
    gpuCount,
    model,
  }));
}
const names = (hosts: readonly HostRow[]) => hosts.map(({ name }) => name);
const kindOf = ({ model, gpuCount }: HostRow) => `${model}x${gpuCount}`;

const kind = fc.constantFrom<readonly [string, number]>(
  ['A', 8],
  ['A', 8],
  ['A', 4],
  ['B', 2],
  ['B', 8],
  ['', 0],
);
const fleets = fc.array(kind, { minLength: 1, maxLength: 60 }).map(hostsOf);
const keeps: fc.Arbitrary<HostsToKeep> = fc.oneof(
  fc.integer({ min: 1, max: 70 }).map((hosts) => ({ hosts })),
  fc.double({ min: 0.001, max: 1, noNaN: true }).map((share) => ({ share })),
);

test('of a list of equal hosts every so-manieth is kept, from the middle of the first step', () => {
  const ten = hostsOf(Array.from({ length: 10 }, () => ['A', 8] as const));
  expect(names(selectHosts(ten, { hosts: 5 }, NONE))).toEqual(['h0', 'h2', 'h4', 'h6', 'h8']);
  expect(names(selectHosts(ten, { hosts: 2 }, NONE))).toEqual(['h2', 'h7']);
  expect(names(selectHosts(ten, { share: 0.1 }, NONE))).toEqual(['h4']);
  expect(names(selectHosts(ten, { hosts: 3 }, NONE))).toEqual(['h1', 'h4', 'h8']);
});

test('kinds that alternate in the file are sampled apart', () => {
  // Every second of the file as it stands would be hosts of one kind only.
  const mixed = hostsOf(Array.from({ length: 12 }, (_, i) => (i % 2 === 0 ? (['A', 8] as const) : ['B', 2])));
  expect(selectHosts(mixed, { share: 0.5 }, NONE).map(kindOf).sort()).toEqual([
    ...Array.from({ length: 3 }, () => 'Ax8'),
    ...Array.from({ length: 3 }, () => 'Bx2'),
  ]);
});

test('so many hosts are kept as asked, of each kind its part rounded down or up, in file order', () => {
  fc.assert(
    fc.property(fleets, keeps, (hosts, keep) => {
      const kept = selectHosts(hosts, keep, NONE);
      const wanted = 'hosts' in keep ? keep.hosts : Math.max(1, Math.round(keep.share * hosts.length));
      expect(kept).toHaveLength(Math.min(wanted, hosts.length));
      expect(kept).toEqual(hosts.filter((host) => kept.includes(host)));
      for (const each of new Set(hosts.map(kindOf))) {
        const all = hosts.filter((host) => kindOf(host) === each).length;
        const part = (all * kept.length) / hosts.length;
        const taken = kept.filter((host) => kindOf(host) === each).length;
        expect([Math.floor(part), Math.ceil(part)]).toContain(taken);
      }
    }),
    { numRuns: 2000 },
  );
});

test('a model that jobs name is there whatever is kept, with its largest host, and nothing else is added', () => {
  fc.assert(
    fc.property(fleets, keeps, fc.subarray(['A', 'B', 'C']), (hosts, keep, models) => {
      const plain = selectHosts(hosts, keep, NONE);
      const kept = selectHosts(hosts, keep, new Set(models));
      const added = kept.filter((host) => !plain.includes(host));
      expect(plain.every((host) => kept.includes(host))).toBe(true);
      for (const model of models) {
        const own = hosts.filter((host) => host.model === model);
        expect(kept.some((host) => host.model === model)).toBe(own.length > 0);
        const most = Math.max(...own.map(({ gpuCount }) => gpuCount));
        const first = own.find(({ gpuCount }) => gpuCount === most);
        expect(added.filter((host) => host.model === model)).toEqual(
          own.length === 0 || plain.some((host) => host.model === model) ? [] : [first],
        );
      }
      expect(added.every(({ model }) => models.includes(model))).toBe(true);
    }),
    { numRuns: 2000 },
  );
});

test('a part so small that it is no host keeps one', () => {
  expect(
    selectHosts(
      hostsOf([
        ['A', 8],
        ['A', 8],
      ]),
      { share: 1e-9 },
      NONE,
    ),
  ).toHaveLength(1);
});

test('5 % of the hosts of openb have each kind in its part', async (context) => {
  needsOpenbFiles(context);
  const { hosts } = await readOpenbNodes(createReadStream(`${OPENB_FOLDER}openb_node_list_gpu_node.csv`));
  const kept = selectHosts(hosts, { share: 0.05 }, NONE);
  expect(kept).toHaveLength(61); // 1,213 / 20 = 60.65
  const count = (model: string, gpus: number) =>
    kept.filter((host) => host.model === model && host.gpuCount === gpus).length;
  // Of 549, 39, 387 and 131 hosts by the file (awk over its columns): 27.6, 2.0, 19.5, 6.6.
  expect([27, 28]).toContain(count('G2', 8));
  expect([1, 2]).toContain(count('G3', 8));
  expect([19, 20]).toContain(count('T4', 2));
  expect([6, 7]).toContain(count('P100', 2));
  const named = selectHosts(hosts, { hosts: 4 }, new Set(['A10', 'V100M32', 'nowhere']));
  expect(named).toHaveLength(6);
  expect(named.filter(({ model }) => model === 'V100M32').map(({ gpuCount }) => gpuCount)).toEqual([8]);
});
