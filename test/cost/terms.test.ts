import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { money, shownAmount, sum, type Term, termPayments, times, timesRatio } from '../../sim/cost/index.ts';
import { normalized, problemsOf } from '../scenario/problems-of.ts';
import { runCost } from './run-cost.ts';

const usd = (amount: string | number) => money(amount, 'USD');
const term = (more: Partial<Term> = {}): Term => ({
  monthly: usd(100),
  months: 24,
  after: usd(80),
  isRenewed: false,
  isPrepaid: false,
  endFee: '1',
  ...more,
});
const paid = (of: Term, months: number) => {
  const payments = termPayments(of, months);
  const total = (isEnd: boolean) =>
    shownAmount(
      sum(
        'USD',
        payments.filter((each) => each.isEnd === isEnd).map(({ amount }) => amount),
      ),
    );
  return [total(false), total(true)];
};

describe('a contract by hand', () => {
  test('that goes on month by month demands nothing when it is ended after its term', () => {
    // 24 x 100 + 12 x 80.
    expect(paid(term(), 36)).toEqual(['3360.00', '0.00']);
    expect(paid(term(), 24)).toEqual(['2400.00', '0.00']);
  });

  test('that is ended early demands its part of the months to come', () => {
    expect(paid(term(), 10)).toEqual(['1000.00', '1400.00']);
    expect(paid(term({ endFee: '0.25' }), 10)).toEqual(['1000.00', '350.00']);
    expect(paid(term({ endFee: '0' }), 10)).toEqual(['1000.00', '0.00']);
  });

  test('that is renewed is for another term at the other price', () => {
    // The second term runs to month 48: 12 of its months have been paid, 12 are to come.
    expect(paid(term({ isRenewed: true, endFee: '0.5' }), 36)).toEqual(['3360.00', '480.00']);
    expect(paid(term({ isRenewed: true }), 48)).toEqual(['4320.00', '0.00']);
  });

  test('that is paid in advance is paid when terms begin, and nothing is given back', () => {
    const ahead = term({ months: 12, isPrepaid: true, isRenewed: true });
    expect(termPayments(ahead, 30).map(({ month, amount }) => [month, shownAmount(amount)])).toEqual([
      [0, '1200.00'],
      [12, '960.00'],
      [24, '960.00'],
    ]);
    // Without renewal what follows is paid month by month.
    expect(termPayments({ ...ahead, isRenewed: false }, 14).map(({ month }) => month)).toEqual([0, 13, 14]);
  });

  test('needs whole months', () => {
    expect(() => termPayments(term({ months: 0 }), 12)).toThrow(RangeError);
    expect(() => termPayments(term(), 1.5)).toThrow(RangeError);
  });
});

test('payments are those of somebody who keeps the books month by month', () => {
  const contracts = fc.record({
    monthly: fc.nat(10_000),
    after: fc.nat(10_000),
    months: fc.integer({ min: 1, max: 40 }),
    isRenewed: fc.boolean(),
    isPrepaid: fc.boolean(),
    endFee: fc.constantFrom(0, 0.25, 1),
  });
  fc.assert(
    fc.property(contracts, fc.integer({ min: 1, max: 90 }), (of, months) => {
      const byMonth = new Array<number>(months + 1).fill(0);
      let end = 0;
      let boundFor = 0;
      for (let month = 1; month <= months; month++) {
        const isFirst = month <= of.months;
        const isBound = isFirst || of.isRenewed;
        const price = isFirst ? of.monthly : of.after;
        const startsTerm = isBound && (month - 1) % of.months === 0;
        if (startsTerm) boundFor = of.months;
        if (startsTerm && of.isPrepaid) byMonth[month - 1]! += price * of.months;
        if (!(isBound && of.isPrepaid)) byMonth[month]! += price;
        boundFor = Math.max(0, boundFor - 1);
        end = isBound && !of.isPrepaid ? boundFor * price * of.endFee : 0;
      }
      const found = new Array<number>(months + 1).fill(0);
      let due = 0;
      for (const { month, amount, isEnd } of termPayments(
        { ...of, monthly: usd(of.monthly), after: usd(of.after), endFee: String(of.endFee) },
        months,
      )) {
        if (isEnd) due += Number(shownAmount(amount));
        else found[month]! += Number(shownAmount(amount));
      }
      expect(found).toEqual(byMonth);
      expect(due).toBeCloseTo(end, 2);
    }),
    { numRuns: 500 },
  );
});

/** Present value of `payment` at the end of each of so many months, by the closed form. */
const annuity = (payment: number, months: number, rate: number) =>
  (payment * (1 - (1 + rate) ** -months)) / rate;
const monthlyRate = (yearly: number) => (1 + yearly) ** (1 / 12) - 1;

/**
 * Leased hosts whose lease ends within the three years: after 24 months the rent of hosts falls from 400 to 300.
 *
 * rent      hosts 400 x 3 = 1,200; GPUs 350 x 6 = 2,100; in all 3,300; from month 25 on 900 + 2,100 = 3,000
 * the rest  rack 900, uplink 250: 1,150
 * a month   4,450, from month 25 on 4,150
 * years     12 x 4,450 = 53,400; 53,400; 12 x 4,150 = 49,800; in all 156,600
 * renewed   the second term runs to month 48: 12 x 3,000 are to come, half of them are due: 18,000; in all 174,600
 */
const LEASED = `apiVersion: slicewise/v1
name: leased
fleet: { hosts: [ { name: desks, count: 3, cpu: 64, memory: 256GiB, gpus: { model: A16, count: 2 } } ] }
workload:
  synthetic:
    tasks: 1
    arrivals: { process: deterministic, rate: 1/h }
    classes: [ { name: train, gpus: 2, cpu: 8, memory: 12GiB, lifetime: { kind: constant, value: 365h } } ]
cost:
  currency: USD
  hosts:
    - name: rented
      hosts: desks
      leased: { host: 400, gpu: 350, months: 24, renewal: { host: 300 } }
      space: { perRack: 900, racks: 1 }
  fixed: [ { name: uplink, kind: network, perMonth: 250 } ]
  baseline: { name: rented by the hour, perMonth: 5000, months: 36, rate: 0.08 }
experiment: { kind: timed, horizon: 730h }
`;

describe('a lease that ends within the years, to the cent', () => {
  test('goes on month by month at the rent of the renewal', () => {
    const { cost } = runCost(LEASED).result;
    expect(cost?.perMonth).toBe('4450.00');
    expect(cost?.tco.map(({ running, due, soFar }) => [running, due, soFar])).toEqual([
      ['0.00', '0.00', '0.00'],
      ['53400.00', '0.00', '53400.00'],
      ['53400.00', '0.00', '106800.00'],
      ['49800.00', '0.00', '156600.00'],
    ]);
    // 550 a month saved, 850 from month 25 on, which is 550 for 36 months and 300 for the last 12.
    const rate = monthlyRate(0.08);
    const npv = annuity(550, 36, rate) + annuity(300, 12, rate) / (1 + rate) ** 24;
    expect(cost?.appraisal?.npv).toBeCloseTo(npv, 4);
    expect(cost?.appraisal?.irrsPerYear).toEqual([]);
    expect(cost?.appraisal?.paybackMonths).toBe(0);
  });

  test('or is renewed, and bought out at the end', () => {
    const yaml = LEASED.replace('renewal:', 'atEnd: renew, endFee: 50%, renewal:');
    const { cost } = runCost(yaml).result;
    expect(cost?.tco.at(-1)).toEqual({
      bought: '0.00',
      running: '49800.00',
      due: '18000.00',
      resale: '0.00',
      soFar: '174600.00',
    });
    const rate = monthlyRate(0.08);
    const npv =
      annuity(550, 36, rate) + annuity(300, 12, rate) / (1 + rate) ** 24 - 18_000 / (1 + rate) ** 36;
    expect(cost?.appraisal?.npv).toBeCloseTo(npv, 4);
    expect(cost?.appraisal?.flows.slice(-2)).toEqual([850, 850 - 18_000]);
    // Money comes in first and is paid back at the end: the one rate is what that loan costs.
    const irr = cost?.appraisal?.irrPerYear as number;
    const at = monthlyRate(irr);
    expect(
      annuity(550, 36, at) + annuity(300, 12, at) / (1 + at) ** 24 - 18_000 / (1 + at) ** 36,
    ).toBeCloseTo(0, 4);
  });

  test('a longer term than the years is bought out as well', () => {
    // 48 months: 36 are paid, 12 x 3,300 are to come.
    const { cost } = runCost(LEASED.replace('months: 24', 'months: 48')).result;
    expect(cost?.tco.at(-1)).toMatchObject({ running: '53400.00', due: '39600.00', soFar: '199800.00' });
  });
});

/**
 * Three hosts of a cloud at 1.00 an hour, two of them under a commitment of 12 months at 40 % off; two of the three leave
 * after half of the month. What is beyond the commitment is bought on the spot market at 60 % off.
 *
 * there     3 x 365 + 1 x 365 = 1,460 host-hours: within the commitment 2 x 365 + 1 x 365 = 1,095, beyond it 365
 * committed 2 x 730 = 1,460 are paid at 0.60: 1,095 used = 657, 365 not used = 219; in all 876
 * beyond    365 x 0.40 = 146
 * own       4,800 written off over 48 months: 100
 * a month   876 + 146 + 100 = 1,122
 * later     without the commitment the 1,095 hours are on spot, too: 438 in place of 876
 * years     4,800 + 12 x 1,022 = 17,064; + 12 x (438 + 146) = 24,072; + 7,008 = 31,080
 *           and what the host still sells for after 36 months, 4,800 x 12 / 48 = 1,200, taken off: 29,880
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
  baseline: { name: before, perMonth: 1500, months: 24, rate: 0.1 }
experiment: { kind: timed, horizon: 730h }
`;

describe('a commitment that is paid whether used or not, to the cent', () => {
  test('with the rest on spot, by the second, and nothing of it once its term is over', () => {
    const { result, metric } = runCost(HYBRID);
    const { cost } = result;
    const lines = cost?.ledger.filter(({ kind }) => kind === 'cloud');
    expect(lines?.map(({ item, quantity, amount, payment }) => [item, quantity, amount, payment])).toEqual([
      ['Hours committed for 12 months', '1095', '657', 'commitment-used'],
      ['Hours committed for 12 months, not used', '365', '219', 'commitment-unused'],
      ['Hours on spot, beyond the commitment', '365', '146', 'billed'],
    ]);
    expect(cost?.perMonth).toBe('1122.00');
    expect(metric('cost.cloud.perMonth')).toBeCloseTo(1022, 9);
    expect(cost?.tco.map(({ soFar }) => soFar)).toEqual(['4800.00', '17064.00', '24072.00', '29880.00']);
    // Saved: 1,500 - 1,022 = 478 for 12 months, 916 for 12 more; 4,800 paid, 2,400 sold after 24 months.
    const rate = monthlyRate(0.1);
    const value = (at: number) =>
      -4800 + annuity(478, 24, at) + annuity(438, 12, at) / (1 + at) ** 12 + 2400 / (1 + at) ** 24;
    expect(cost?.appraisal?.npv).toBeCloseTo(value(rate), 4);
    expect(value(monthlyRate(cost?.appraisal?.irrPerYear as number))).toBeCloseTo(0, 4);
    // 10 x 478 = 4,780: 20 are left of the eleventh month's 478.
    expect(cost?.appraisal?.paybackMonths).toBeCloseTo(10 + 20 / 478, 9);
  });

  test('paid in advance and renewed: the same bill of a month, other years', () => {
    const yaml = HYBRID.replace('months: 12 }', 'months: 12, paid: upfront, atEnd: renew }');
    const { cost } = runCost(yaml).result;
    expect(cost?.perMonth).toBe('1122.00');
    expect(cost?.ledger.map(({ payment }) => payment)).toEqual([
      'written-off',
      'prepaid-used',
      'prepaid-unused',
      'billed',
    ]);
    // 12 x 876 = 10,512 now and after 12 and 24 months; 12 x 146 = 1,752 a year.
    expect(cost?.tco.map(({ running }) => running)).toEqual(['10512.00', '12264.00', '12264.00', '1752.00']);
    expect(cost?.appraisal?.flows.slice(0, 2)).toEqual([-4800 - 10_512, 1500 - 146]);
    expect(cost?.appraisal?.flows[12]).toBe(1354 - 10_512);
  });

  test('of 36 months is bought out where the comparison is over before', () => {
    const { cost } = runCost(HYBRID.replace('months: 12 }', 'months: 36 }')).result;
    // 24 months are compared: 12 x 876 are still to come.
    expect(cost?.appraisal?.flows.at(-1)).toBe(478 + 2400 - 10_512);
    expect(cost?.tco.at(-1)?.due).toBe('0.00');
  });

  test('hours of a run that goes by the second are counted by the second', () => {
    // Two hosts leave after 100,001 s of 730 h: beyond is 100,001 s of one host.
    const { cost } = runCost(HYBRID.replace('at: 365h', 'at: 100001s')).result;
    const beyond = cost?.ledger.find(({ item }) => item.includes('beyond'));
    expect(beyond?.quantity).toBe('27.778056');
    expect(beyond?.amount).toBe('11.1112224');
  });
});

test('contracts are checked: rents that go together, no more hosts than there are, and the canonical form is its own', () => {
  const base = (hosts: object) => ({
    apiVersion: 'slicewise/v1',
    name: 'x',
    fleet: { hosts: [{ name: 'h', count: 2, cpu: 4, memory: '8GiB', gpus: { model: 'L4', count: 1 } }] },
    workload: {
      synthetic: {
        tasks: 1,
        arrivals: { process: 'deterministic', rate: '1/h' },
        classes: [
          { name: 'c', gpus: 1, cpu: 1, memory: '1GiB', lifetime: { kind: 'constant', value: '1h' } },
        ],
      },
    },
    cost: { currency: 'USD', hosts: [{ name: 'all', hosts: 'h', ...hosts }] },
    experiment: { kind: 'timed' },
  });
  expect(problemsOf(base({ leased: { host: 1, months: 3, renewal: { gpu: 2 } } }))[0]).toContain(
    'leased.renewal.gpu: goes with gpu',
  );
  const committed = { perHour: 1, committed: { hosts: 3, discount: '10%', months: 12 } };
  expect(problemsOf(base({ cloud: committed }))[0]).toContain(
    'cloud.committed.hosts: must be at most the hosts of the entry (2), got 3',
  );
  expect(
    problemsOf(base({ leased: { host: 1, months: 3, renewal: { host: { catalog: 'L4' } } } }))[0],
  ).toContain('leased.renewal.host');
  const { document, scenario } = normalized(
    base({ leased: { host: 1, months: 3, atEnd: 'renew', renewal: { host: 2 }, endFee: '30%' } }),
  );
  const again = normalized(document as object);
  expect(again.document).toEqual(document);
  expect(again.scenario).toEqual(scenario);
  const cloud = normalized(
    base({
      cloud: {
        perHour: 1,
        committed: { hosts: 1, discount: '10%', months: 12, paid: 'upfront' },
        spot: { discount: 0.5 },
      },
    }),
  );
  expect(normalized(cloud.document as object).scenario).toEqual(cloud.scenario);
});

test('amounts of contracts keep their cents: a month of a third', () => {
  const third = term({ monthly: timesRatio(usd(1), 1, 3), months: 3, after: usd(0) });
  expect(paid(third, 3)).toEqual(['1.00', '0.00']);
  expect(shownAmount(times(usd('0.1'), 3))).toBe('0.30');
});
