import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { amountNumber, HOURS_PER_MONTH, totalOf } from '../../sim/cost/index.ts';
import { type Replication, replicate, type Scenario } from '../../sim/index.ts';
import { bucketMeans } from '../../sim/observe/series/series-recorder.ts';
import { guests, guestsDocument, reading, run } from '../licences/scenario.ts';
import { normalized } from '../scenario/problems-of.ts';

/** Mean over all buckets, each by its length. */
function meanOf(found: Replication, name: string): number {
  const series = found.series?.find((each) => each.name === name)?.series;
  if (series === undefined) throw new Error(`no series ${name}`);
  const whole = series.whole.reduce((a, b) => a + b, 0);
  return bucketMeans(series).reduce<number>(
    (sum, mean, i) => sum + ((mean ?? 0) * (series.whole[i] as number)) / whole,
    0,
  );
}
const namesOf = (found: Replication, start: string) =>
  (found.series ?? []).flatMap(({ name }) => (name.startsWith(start) ? [name] : []));

/**
 * Own hosts at 100 a month; three of a cloud at 1.00 an hour, two of them committed for at 40 % off, the third on spot at
 * 60 % off; two of the three leave after half of the month. Their rates an hour: 100 / 730; 2 x 0.60, and 0.40 while three
 * are there.
 */
const HYBRID = `apiVersion: slicewise/v1
name: hybrid
fleet:
  hosts:
    - { name: own, cpu: 64, memory: 256GiB, gpus: { model: L4, count: 4 } }
    - { name: cloud, count: 3, cpu: 4, memory: 16GiB, gpus: { model: L4, count: 1 } }
workload:
  synthetic:
    tasks: 1
    arrivals: { process: deterministic, rate: 1/h }
    classes: [ { name: train, gpus: 2, cpu: 8, memory: 12GiB, lifetime: { kind: constant, value: 365h } } ]
elastic: { removals: [ { at: 365h, hosts: [cloud-0001, cloud-0002] } ] }
cost:
  currency: USD
  hosts:
    - { name: bought, hosts: own, power: included, owned: { host: 4800, months: 48 } }
    - name: reserved
      hosts: cloud
      cloud: { perHour: 1, committed: { hosts: 2, discount: 40%, months: 12 }, spot: { discount: 60% } }
experiment: { kind: timed, horizon: 730h }
`;

describe('what hosts cost an hour', () => {
  test('follows those that are there, beyond what is committed for', () => {
    const { scenario } = normalized(parse(HYBRID));
    const found = replicate(scenario, {}, 1);
    expect(reading(found, 'cost.rate.mean')).toBeCloseTo(100 / 730 + 1.2 + 0.2, 9);
    expect(reading(found, 'cost.rate.peak')).toBeCloseTo(100 / 730 + 1.6, 9);
    expect(meanOf(found, 'cost.rate')).toBeCloseTo(reading(found, 'cost.rate.mean'), 9);
    const rate = found.series?.find(({ name }) => name === 'cost.rate');
    expect(rate?.unit).toBe('USD/hour');
    expect(rate?.series.max[0]).toBeCloseTo(100 / 730 + 1.6, 9);
    expect(rate?.series.min.at(-1)).toBeCloseTo(100 / 730 + 1.2, 9);
  });

  test('is the bill of hosts where nothing else is on it, also after a warm-up', () => {
    for (const warmup of ['0h', '200h', '400h']) {
      const stated = HYBRID.replace('horizon: 730h', `horizon: 730h, warmup: ${warmup}`);
      const found = replicate(normalized(parse(stated)).scenario, {}, 1);
      const bill = amountNumber(totalOf('USD', found.cost?.rows ?? []));
      expect(reading(found, 'cost.rate.mean') * HOURS_PER_MONTH, warmup).toBeCloseTo(bill, 6);
    }
  });

  test('of groups that come and go is their price, for as long as they are there', () => {
    const text = readFileSync('scenarios/catalog/cloud-burst.yaml', 'utf8').replaceAll('7d', '1d');
    const document = parse(text);
    const priced = document.elastic.groups.filter(({ price }: { price?: object }) => price !== undefined);
    expect(priced).toHaveLength(2);
    const cost = { currency: 'USD', hosts: [] as object[] };
    const others = document.fleet.hosts.filter(
      ({ name }: { name: string }) => !JSON.stringify(priced).includes(`"${name}"`),
    );
    for (const { name } of others)
      cost.hosts.push({ name: `of-${name}`, hosts: name, power: 'included', free: 'a test' });
    const { scenario } = normalized({ ...document, cost });
    const found = replicate(scenario, {}, 1);
    const paid = (scenario.elastic?.groups ?? []).reduce(
      (sum, { name, price }) => sum + reading(found, `elastic.${name}.hostHours`) * (price?.perHour ?? 0),
      0,
    );
    expect(paid).toBeGreaterThan(5);
    expect((reading(found, 'cost.rate.mean') * reading(found, 'time.end')) / 3600).toBeCloseTo(paid, 6);
    expect(meanOf(found, 'cost.rate')).toBeCloseTo(reading(found, 'cost.rate.mean'), 9);
    expect(namesOf(found, 'cost')).toEqual(['cost.rate']);
  });

  test('is not told where the scenario has no costs', () => {
    const { cost: _, ...free } = parse(HYBRID);
    const found = replicate(normalized(free).scenario, {}, 1);
    expect(namesOf(found, 'cost')).toEqual([]);
    expect(found.readings.filter(([name]) => name.startsWith('cost.'))).toEqual([]);
  });
});

describe('licences over time', () => {
  const licences = (pools: readonly object[]) => ({ licences: { pools } });

  test('have the means that are their metrics, by time and with terms that end', () => {
    const term = { seats: 2, from: '80h', term: '100h', renewals: 1, gap: '50h' };
    const found = run(
      guests(
        licences([
          { name: 'vws', edition: 'vws', entitled: 3, subscriptions: [term] },
          { name: 'vvf', edition: 'vvf', entitled: 60 },
        ]),
        1200,
      ),
    );
    expect(namesOf(found, 'licences')).toEqual([
      'licences.vws.entitled',
      'licences.vws.needed',
      'licences.vws.inUse',
      'licences.vvf.entitled',
      'licences.vvf.needed',
    ]);
    expect(reading(found, 'licences.vws.entitled')).toBeGreaterThan(3.5);
    for (const name of ['vws', 'vvf'])
      expect(meanOf(found, `licences.${name}.entitled`)).toBeCloseTo(
        reading(found, `licences.${name}.entitled`),
        9,
      );
    for (const name of ['vws.needed', 'vws.inUse', 'vvf.needed'])
      expect(meanOf(found, `licences.${name}`)).toBeCloseTo(reading(found, `licences.${name}.mean`), 9);
    const inUse = found.series?.find(({ name }) => name === 'licences.vws.inUse')?.series;
    expect(Math.max(...(inUse?.max ?? []).map(Number))).toBe(reading(found, 'licences.vws.inUse.peak'));
  });

  /** Tenants and pools of guests. */
  const shared = (metric: object): Scenario => {
    const { workload, fleet, ...others } = guestsDocument(
      { ...licences([{ name: 'vws', edition: 'vws', entitled: 4, ...metric }]) },
      600,
    );
    const [guest] = workload.synthetic.classes;
    const [hosts] = fleet.hosts;
    const classes = [
      { ...guest, name: 'a', tenants: { left: 1, right: 3 } },
      { ...guest, name: 'b', tenant: 'left', pool: 'second' },
    ];
    return normalized({
      ...others,
      fleet: { hosts: [hosts, { ...hosts, name: 'more', count: 1 }] },
      workload: { synthetic: { ...workload.synthetic, classes } },
      policy: { pools: [{ name: 'second', hosts: ['more'] }] },
    }).scenario;
  };
  const heldBy = (found: Replication, kind: 'tenant' | 'pool') =>
    Object.fromEntries(
      (found.groups?.[kind] ?? []).map(({ name, readings }) => [
        name,
        new Map(readings).get('licences.vws.inUse.mean')?.value,
      ]),
    );

  test('are those of their tenants and pools, by who holds them when', () => {
    const found = run(shared({}));
    const inUse = reading(found, 'licences.vws.inUse.mean');
    const tenants = heldBy(found, 'tenant') as Record<'left' | 'right', number>;
    const pools = heldBy(found, 'pool') as Record<'default' | 'second', number>;
    expect(tenants.left + tenants.right).toBeCloseTo(inUse, 9);
    expect(pools.default + pools.second).toBeCloseTo(inUse, 9);
    expect(Math.min(tenants.right, pools.default, pools.second)).toBeGreaterThan(0.2);
  });

  test('are held as long as a GPU where there are enough, one for each', () => {
    const found = run(shared({ entitled: 30 }));
    const gpus = Object.fromEntries(
      (found.groups?.tenant ?? []).map(({ name, readings }) => [
        name,
        new Map(readings).get('gpu.held.mean')?.value as number,
      ]),
    );
    const held = heldBy(found, 'tenant');
    expect(Object.keys(gpus).sort()).toEqual(['left', 'right']);
    for (const [tenant, mean] of Object.entries(gpus)) expect(held[tenant]).toBeCloseTo(mean, 9);
  });

  test('by hand: who came first holds the only one until it is over, then the other', () => {
    const { workload, ...others } = guestsDocument(
      {
        ...licences([{ name: 'vws', edition: 'vws', entitled: 1 }]),
        experiment: { kind: 'timed', horizon: '10h' },
      },
      2,
    );
    const [guest] = workload.synthetic.classes;
    const lifetime = { kind: 'constant', value: '3h' };
    const document = {
      ...others,
      workload: {
        synthetic: {
          tasks: 2,
          arrivals: { process: 'deterministic', rate: '1/h' },
          classes: [{ ...guest, lifetime, tenants: { left: 1, right: 1 } }],
        },
      },
    };
    // The first holds it for its three hours; the second, an hour younger, from then until it is over. That one was
    // restricted meanwhile and takes longer.
    for (const seed of [1, 2, 3, 4, 5, 6]) {
      const { scenario } = normalized(document);
      const starts: { readonly tenant: string; readonly endUs: number }[] = [];
      const found = replicate(scenario, {}, seed, {
        observers: () => [
          { finished: (atUs, { claim }) => starts.push({ tenant: claim.tenant, endUs: atUs }) },
        ],
      });
      const expected: Record<string, number> = {};
      const [first, second] = starts;
      if (first === undefined || second === undefined) throw new Error('two guests end');
      expect(first.endUs).toBe(3 * 3600e6);
      expected[first.tenant] = 3;
      expected[second.tenant] = (expected[second.tenant] ?? 0) + (second.endUs - first.endUs) / 3600e6;
      const held = heldBy(found, 'tenant');
      for (const [tenant, hours] of Object.entries(expected))
        expect((held[tenant] as number) * 10).toBeCloseTo(hours, 9);
    }
  });

  test('by the GPU are of nobody: its tenants may be of several', () => {
    const found = run(shared({ metric: 'gpu' }));
    expect(reading(found, 'licences.vws.inUse.mean')).toBeGreaterThan(1);
    expect(heldBy(found, 'tenant')).toEqual({ left: undefined, right: undefined });
  });
});
