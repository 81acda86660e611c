import { describe, expect, test } from 'vitest';
import { assumptionsOf, normalizeScenario, replicate, summarize } from '../../sim/index.ts';
import { guests, guestsDocument, reading, run } from './scenario.ts';

const SHORT = { kind: 'timed', horizon: '100h' };

function problemsOf(licences: unknown, more: Readonly<Record<string, unknown>> = {}) {
  const result = normalizeScenario(guestsDocument({ licences, ...more }));
  return result.ok ? [] : result.problems.map(({ path, message }) => `${path}: ${message}`);
}

const pool = (change: Readonly<Record<string, unknown>> = {}) => ({
  name: 'vws',
  edition: 'vws',
  entitled: 2,
  ...change,
});

describe('The section licences', () => {
  test('comes back from its canonical form as it was', () => {
    const written = {
      pools: [
        pool({ hosts: 'desk-0001', whenNone: 'wait', lease: '12h', renewal: '90m' }),
        { name: 'hypervisor', edition: 'vvf', entitled: 640, cpusPerHost: 2 },
      ],
      unlicensed: [
        { after: '20m', fps: 15 },
        { after: '1d', fps: 3, compute: 0 },
      ],
    };
    const first = normalizeScenario(guestsDocument({ licences: written }));
    if (!first.ok) throw new Error(JSON.stringify(first.problems));
    const again = normalizeScenario(first.document);
    if (!again.ok) throw new Error(JSON.stringify(again.problems));
    expect(again.document).toEqual(first.document);
    expect(again.scenario).toEqual(first.scenario);
    expect(first.scenario.licences?.unlicensed).toEqual([
      { afterUs: 1.2e9, fps: 15, compute: 1 },
      { afterUs: 86.4e9, fps: 3, compute: 0 },
    ]);
  });

  test('reports every problem at once', () => {
    expect(
      problemsOf({
        pools: [
          pool({ hosts: ['desk', 'dusk'], lease: '1h', renewal: '2h' }),
          pool({ renewal: '1m' }),
          { name: 'vvf', edition: 'vvf', entitled: 1, metric: 'user' },
          { name: 'vcf', edition: 'vcf', entitled: 1, whenNone: 'wait' },
          pool({ name: 'x', cpusPerHost: 2 }),
        ],
        unlicensed: [{ after: '1h' }, { after: '60m' }],
      }),
    ).toEqual([
      'licences.pools[1].name: must be a name of its own, got "vws" as at position 0',
      'licences.pools[0].renewal: must be at most the lease (1h), got 2h',
      'licences.pools[1].lease: is missing: renewal is a part of it',
      'licences.pools[2].metric: must be card or core where the edition is vvf, got "user"',
      'licences.pools[3].whenNone: must not be there: licences by the card or core are counted, and nobody asks for them',
      'licences.pools[4].cpusPerHost: must not be there: it is for metric core',
      'licences.unlicensed[1].after: must be later than that of the restriction before it, got 60m',
      'licences.pools[0].hosts[1]: must be a host group or a host of the fleet, got "dusk"',
    ]);
  });

  test('is of no use to an experiment without time', () => {
    const problems = problemsOf({ pools: [pool()] }, { experiment: { kind: 'fill' } });
    expect(problems).toContainEqual('licences: needs a timed experiment: a fill experiment has no time');
  });

  test.each([
    { queueing: 'fifo', scheduling: { fill: 'easy' } },
    { queueing: 'fifo', scheduling: { fill: 'conservative' } },
    { queueing: 'priority', scheduling: { preemption: 'evict' } },
    { scheduling: { preemption: 'refill' } },
  ])('lets nobody start without a licence under %j', (policy) => {
    const scenario = guests({
      licences: { pools: [pool({ whenNone: 'wait' })] },
      policy,
      experiment: SHORT,
    });
    const found = run(scenario);
    expect(reading(found, 'licences.vws.needed.peak')).toBe(2);
    expect(reading(found, 'licences.vws.denied')).toBe(0);
    expect(found.waited.some(({ reason, jobSeconds }) => reason === 'licence' && jobSeconds > 0)).toBe(true);
  });

  test('changes nothing in a run where there are enough', () => {
    const without = run(guests({ experiment: SHORT }));
    const enough = run(guests({ licences: { pools: [pool({ entitled: 100 })] }, experiment: SHORT }));
    expect(enough.digest).toBe(without.digest);
    expect(enough.readings.filter(([name]) => !name.startsWith('licences.'))).toEqual(without.readings);
  });
});

describe('What a run says of its licences', () => {
  const short = guests({ licences: { pools: [pool()] }, experiment: SHORT });

  test('levels add up: who runs has one or lacks one', () => {
    const found = run(short);
    const value = (name: string) => reading(found, `licences.vws.${name}`);
    const hours = 100;
    expect(value('needed.mean') * hours).toBeCloseTo(
      value('inUse.mean') * hours +
        value('unlicensed.growth') +
        value('unlicensed.server') +
        value('unlicensed.region'),
      6,
    );
    expect(value('inUse.peak')).toBe(2);
    expect(value('waiting.mean') * hours).toBeCloseTo(value('unlicensed.growth'), 6);
    expect(value('overUse')).toBeCloseTo(value('unlicensed.growth'), 6);
    expect(value('denied')).toBeLessThan(value('asked'));
    expect(value('entitled')).toBe(2);
  });

  test('the audit has a line for each cause, with the peak and when it was', () => {
    const { licences } = summarize([run(short, 1), run(short, 2)]);
    const [one, two] = [run(short, 1), run(short, 2)];
    expect(licences).toHaveLength(1);
    const [row] = licences ?? [];
    expect(row).toMatchObject({ name: 'vws', edition: 'vws', metric: 'user', entitled: 2, cause: 'growth' });
    expect(row?.peak).toBe(
      Math.max(reading(one, 'licences.vws.needed.peak'), reading(two, 'licences.vws.needed.peak')),
    );
    expect(row?.overUseHours).toBeCloseTo(
      (reading(one, 'licences.vws.unlicensed.growth') + reading(two, 'licences.vws.unlicensed.growth')) / 2,
      9,
    );
    expect(row?.peakAtSeconds).toBeGreaterThan(0);
  });

  test('an audit without over-use says so, and licences of hosts are counted by cores, 16 a processor at least', () => {
    const scenario = guests({
      licences: {
        pools: [
          pool({ entitled: 100 }),
          { name: 'vvf', edition: 'vvf', entitled: 120 },
          { name: 'sockets', edition: 'vcf', entitled: 192, cpusPerHost: 6 },
          { name: 'cards', edition: 'vws', metric: 'card', entitled: 40, hosts: ['desk-0001'] },
        ],
      },
      experiment: SHORT,
    });
    const { licences, metrics } = summarize([run(scenario)]);
    expect(
      licences?.map(({ name, peak, overUseHours, cause }) => ({ name, peak, overUseHours, cause })),
    ).toEqual([
      { name: 'vws', peak: expect.any(Number), overUseHours: 0, cause: 'none' },
      // 2 hosts of 64 cores, or of 6 processors at 16.
      { name: 'vvf', peak: 128, overUseHours: 800, cause: 'growth' },
      { name: 'sockets', peak: 192, overUseHours: 0, cause: 'none' },
      { name: 'cards', peak: 8, overUseHours: 0, cause: 'none' },
    ]);
    expect(metrics['licences.vvf.needed.mean']?.value).toBe(128);
    expect(metrics['licences.vvf.inUse.mean']).toBe(undefined);
  });

  test('why a job waits for a licence, or was turned away, is said in words', () => {
    const of = (whenNone: string) =>
      summarize([run(guests({ licences: { pools: [pool({ whenNone })] }, experiment: SHORT }))]).explanations;
    expect(of('wait').find(({ kind, reason }) => kind === 'waiting' && reason === 'licence')?.text).toMatch(
      /no licence that it must have/,
    );
    expect(of('reject').find(({ kind }) => kind === 'rejected')).toMatchObject({ reason: 'licence' });
    const never = summarize([
      run(guests({ licences: { pools: [pool({ entitled: 0, whenNone: 'wait' })] }, experiment: SHORT })),
    ]).explanations;
    expect(never[0]).toMatchObject({ kind: 'rejected', reason: 'never-fits:licence' });
    expect(never[0]?.text).toMatch(/licence/);
  });

  test('the speed of compute without a licence is assumed unless the scenario states it', () => {
    const ids = (licences: unknown) =>
      assumptionsOf(guests({ licences, experiment: SHORT }))
        .map(({ id }) => id)
        .filter((id) => id.startsWith('licence.'));
    expect(ids({ pools: [pool()] })).toEqual(['licence.unlicensed-compute', 'licence.second-step']);
    expect(ids({ pools: [pool()], unlicensed: [{ after: '20m', compute: 0.5 }] })).toEqual([]);
    expect(ids({ pools: [{ name: 'vvf', edition: 'vvf', entitled: 1 }] })).toEqual([]);
  });
});

test('a machine that moves to another host keeps its licence, and by the GPU takes that of the other', () => {
  const moving = (profile: string, edition: string, entitled: number) =>
    run(
      guests({
        workload: {
          sessions: [
            {
              name: 'desk',
              users: 4,
              cpu: 1,
              memory: '4GiB',
              slot: { profile },
              use: { busy: '5%', compute: '5%', bandwidth: '1%', memory: '1GiB' },
            },
          ],
        },
        changes: [
          { at: '1h', hosts: 'desk-0000', running: 'migrate', migrate: 'vsphere-8.0', closed: '10m' },
          { at: '3h', hosts: 'desk-0001', running: 'migrate', migrate: 'vsphere-8.0', closed: '10m' },
        ],
        licences: { pools: [{ name: 'one', edition, entitled }] },
        experiment: { kind: 'timed', horizon: '6h' },
      }),
    );
  const users = moving('A10-24Q', 'vws', 4);
  expect(reading(users, 'changes.moved')).toBe(8);
  expect(reading(users, 'licences.one.asked')).toBe(4);
  expect(reading(users, 'licences.one.unlicensed.growth')).toBe(0);
  expect(reading(users, 'licences.one.needed.mean')).toBeCloseTo(4, 9);
  const gpus = moving('A10-24C', 'nvaie', 4);
  expect(reading(gpus, 'changes.moved')).toBe(8);
  expect(reading(gpus, 'licences.one.asked')).toBe(12);
  expect(reading(gpus, 'licences.one.unlicensed.growth')).toBe(0);
  expect(reading(gpus, 'licences.one.needed.mean')).toBeCloseTo(4, 9);
});

describe('Sessions without a licence', () => {
  const desktops = (entitled: number) =>
    guests({
      workload: {
        sessions: [
          {
            name: 'cad',
            users: 2,
            cpu: 1,
            memory: '4GiB',
            slot: { profile: 'A10-24Q' },
            use: { workload: 'graphics', busy: '20%', compute: '20%', bandwidth: '5%', memory: '1GiB' },
            frames: { gpu: { kind: 'constant', value: '4ms' }, target: 60, deadline: '50ms' },
          },
        ],
      },
      licences: { pools: [pool({ entitled })] },
      experiment: { kind: 'timed', horizon: '10h' },
    });

  test('draw 15 frames a second once they are restricted', () => {
    const rate = (entitled: number) => reading(run(desktops(entitled)), 'session.cad.frame.rate');
    const all = rate(2);
    const none = rate(0);
    // Full rate for a third of an hour, 15 frames for the rest of ten.
    expect(none).toBeCloseTo((all * (1 / 3) + 15 * (10 - 1 / 3)) / 10, 1);
    expect(rate(1)).toBeCloseTo((all + none) / 2, 1);
  });

  test('are restricted from the first frame on where a scenario says so', () => {
    const scenario = { ...desktops(0) };
    const strict = {
      ...scenario,
      licences: { ...scenario.licences!, unlicensed: [{ afterUs: 0, fps: 5, compute: 1 }] },
    };
    expect(reading(replicate(strict, {}, 1), 'session.cad.frame.rate')).toBeCloseTo(5, 1);
  });
});
