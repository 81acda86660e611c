import { describe, expect, test } from 'vitest';
import { normalizeScenario } from '../../sim/index.ts';
import { host, normalized, problemsOf, scenarioOf } from '../scenario/problems-of.ts';

type Plain = Record<string, unknown>;
const A100 = host({ name: 'h', gpus: { model: 'A100-SXM4-80GB', count: 4 } });
const free = { name: 'all', hosts: 'h', free: 'paid elsewhere' };
const withCost = (cost: Plain, hosts = [A100], more: Plain = {}) => ({
  ...scenarioOf(hosts),
  experiment: { kind: 'timed', horizon: '10h' },
  ...more,
  cost: { currency: 'USD', hosts: [free], ...cost },
});
const owned = (more: Plain = {}) => ({
  name: 'all',
  hosts: 'h',
  power: 'included',
  owned: { gpu: 1, months: 36, ...more },
});
const wrong = (cost: Plain, hosts = [A100], more: Plain = {}) => problemsOf(withCost(cost, hosts, more));

describe('prices', () => {
  test('may be stated, and then need no source', () => {
    expect(wrong({ hosts: [owned({ gpu: 12_000, host: { amount: 5000, source: 'offer 7' } })] })).toEqual([]);
  });

  test('of the catalogue that nobody has verified are refused unless the scenario says so', () => {
    const [message] = wrong({ hosts: [owned({ gpu: { catalog: 'L40S' } })] });
    expect(message).toMatch(
      /^cost\.hosts\[0\]\.owned\.gpu\.catalog: nobody has verified "L40S".*unverified: true/,
    );
    expect(wrong({ hosts: [owned({ gpu: { catalog: 'L40S', unverified: true } })] })).toEqual([]);
  });

  test('that are a range need to say which end', () => {
    const [message] = wrong({ hosts: [owned({ gpu: { catalog: 'A100 80GB used' } })] });
    expect(message).toMatch(/owned\.gpu\.take: is a range of 8000 to 15000 .*take: low or high/);
    const { scenario } = normalized(
      withCost({ hosts: [owned({ gpu: { catalog: 'A100 80GB used', take: 'high' } })] }),
    );
    const tenure = scenario.cost?.hosts[0]?.tenure;
    expect(tenure?.kind === 'owned' && tenure.gpu?.amount).toBe('15000');
    expect(tenure?.kind === 'owned' && tenure.gpu?.source).toContain('public GPU cost tables');
  });

  test('that the catalogue does not have are refused with what it has', () => {
    const [unknown] = wrong({ hosts: [owned({ gpu: { catalog: 'L40X' } })] });
    expect(unknown).toMatch(/must be a figure of slicewise catalog prices, got "L40X".*did you mean "L40"/);
    const [none] = wrong({ fixed: [{ name: 'net', kind: 'network', perMonth: { catalog: 'pue' } }] });
    expect(none).toContain('the price tables have no such figures: state a number');
    // A licence without a list price has none to name.
    const [quoted] = wrong({
      licences: [{ name: 'x', price: { catalog: 'orionx' }, term: 'subscription', per: 'gpu' }],
    });
    expect(quoted).toContain('must be a figure of slicewise catalog prices, got "orionx"');
  });

  test('in another currency need a rate with its source', () => {
    const inEuro = { hosts: [owned({ gpu: { amount: 5, currency: 'EUR' } })] };
    expect(wrong(inEuro)[0]).toContain('must have a rate from EUR to USD, with its source');
    expect(wrong({ ...inEuro, rates: [{ from: 'EUR', to: 'USD', rate: 1.1, source: 'ECB' }] })).toEqual([]);
    expect(wrong({ ...inEuro, rates: [{ from: 'EUR', to: 'USD', rate: 1.1 }] })[0]).toContain(
      'rates[0].source',
    );
    // The catalogue is in USD.
    const fromTable = {
      currency: 'EUR',
      hosts: [owned({ gpu: { catalog: 'A100 80GB used', take: 'low' } })],
    };
    expect(wrong(fromTable)[0]).toContain('from USD to EUR');
    expect(wrong({ currency: 'DOLLAR' })[0]).toContain('must be the code of a currency');
  });
});

describe('hosts', () => {
  test('must all have a price, and one only', () => {
    const both = [A100, host({ name: 'other' })];
    expect(wrong({ hosts: [free] }, both)[0]).toContain(
      'cost.hosts: must say what every host costs, and says nothing of "other"',
    );
    expect(wrong({ hosts: [free, { ...free, name: 'again' }] })[0]).toContain('cost.hosts "all" does');
    expect(wrong({ hosts: [{ ...free, hosts: 'hh' }] })[0]).toContain(
      'must be a host group or a host of the fleet',
    );
    expect(wrong({ hosts: [{ name: 'all', hosts: 'h' }] })[0]).toContain(
      'exactly one of owned and leased and cloud and free',
    );
    expect(
      wrong({ hosts: [{ name: 'all', hosts: 'h', power: 'included', owned: { months: 3 } }] })[0],
    ).toContain('needs a price: host, gpu, or both');
  });

  test('of an elastic group with a price are paid for already', () => {
    const elastic = { groups: [{ name: 'burst', hosts: 'h', price: { perHour: 1 } }] };
    expect(wrong({ hosts: [free] }, [A100], { elastic })[0]).toContain(
      'the price of elastic group "burst" does',
    );
    expect(wrong({ hosts: [] }, [A100], { elastic })).toEqual([]);
  });

  test('whose power is metered need a tariff and watts that somebody has verified', () => {
    const metered = (model: string, energy?: Plain) =>
      wrong(
        {
          hosts: [{ name: 'all', hosts: 'h', owned: { gpu: 1, months: 1 } }],
          ...(energy === undefined ? {} : { energy }),
        },
        [host({ gpus: { model, count: 1 } })],
      );
    expect(metered('A100-SXM4-80GB')[0]).toContain('cost.energy: is missing');
    const energy = { perKwh: 0.1, pue: 1.2 };
    expect(metered('A100-SXM4-80GB', energy)).toEqual([]);
    expect(metered('L40S', energy)[0]).toMatch(
      /must have the watts of "L40S": those of the price tables \(30 to 350 W\) are not verified/,
    );
    expect(metered('L40S', { ...energy, gpus: [{ model: 'L40S', unverified: true }] })).toEqual([]);
    expect(metered('L4', energy)[0]).toContain('which the price tables do not have');
    expect(metered('L4', { ...energy, gpus: [{ model: 'L4', idle: 9, max: 5 }] })[0]).toContain(
      'must be at least idle (9), got 5',
    );
    expect(metered('L4', { ...energy, gpus: [{ model: 'L4', idle: 9 }] })[0]).toContain(
      'needs idle and max together',
    );
  });
});

test('licences say how they are paid, what counts, and where they hold', () => {
  const licence = (more: Plain) =>
    wrong({ licences: [{ name: 'x', price: 1, term: 'subscription', per: 'gpu', ...more }] });
  expect(licence({})).toEqual([]);
  expect(licence({ term: 'perpetual' })[0]).toContain('months: is missing');
  expect(licence({ support: 3 })[0]).toContain('is for perpetual licences');
  expect(licence({ per: 'user', hosts: 'h' })[0]).toContain('has no place here');
  expect(licence({ per: 'user', sessions: ['office'] })[0]).toContain(
    'must be a session group of the workload',
  );
  expect(licence({ region: 'eu' })[0]).toContain('holds in "eu" alone, and "h" stands in no stated region');
  const inRegion = {
    hosts: [{ ...free, region: 'eu' }],
    licences: [{ name: 'x', price: 1, term: 'subscription', per: 'gpu', region: 'eu' }],
  };
  expect(wrong(inRegion)).toEqual([]);
});

test('tariffs need what they are made of, and a fill experiment has no bill', () => {
  expect(wrong({ chargeback: { tariff: 'rates' } })[0]).toContain('rates: is missing');
  expect(wrong({ chargeback: { tariff: 'full-cost', fixed: '10%' } })[0]).toContain(
    'is for tariff fixed-and-variable',
  );
  expect(
    wrong({ chargeback: { tariff: 'rates', by: 'peak', rates: [{ by: 'peak', price: 1 }] } })[0],
  ).toContain('rates have their own');
  expect(wrong({}, [A100], { experiment: { kind: 'fill', target: 1 } }).join()).toContain(
    'a fill experiment has no time',
  );
});

test('the canonical form is its own, and a scenario without the section is as before', () => {
  const document = withCost({
    month: '2026-09',
    rates: [{ from: 'EUR', to: 'USD', rate: 1.1, source: 'ECB' }],
    hosts: [
      {
        ...owned({ gpu: { catalog: 'L40S', unverified: true }, host: 5, residual: 0.1 }),
        power: 'metered',
        space: { perKw: { catalog: 'colocation' }, kw: 2 },
      },
    ],
    energy: {
      perKwh: { amount: 0.2, currency: 'EUR' },
      pue: { catalog: 'pue', take: 'low' },
      hosts: { idle: 100, max: { amount: 300, source: 'meter' } },
      gpus: [],
      gramsPerKwh: 400,
    },
    administration: [
      { name: 'a', people: 1, perYear: 2 },
      { name: 'b', perHost: 3 },
    ],
    fixed: [{ name: 'net', kind: 'network', perMonth: 1 }],
    egress: { perGb: 0.1, perJob: '1GiB' },
    licences: [
      {
        name: 'n',
        price: { catalog: 'vws' },
        term: 'perpetual',
        months: 60,
        support: { catalog: 'vws' },
        per: 'gpu',
        hosts: 'h',
      },
    ],
    downtime: { perGpuHour: 5, perFailedJob: 1 },
    chargeback: { tariff: 'rates', rates: [{ by: 'allocated', price: 2 }], idle: 'spread' },
    baseline: { name: 'before', upfront: 1, perMonth: 2, months: 12, rate: 0.05 },
    years: 5,
  });
  const first = normalized(document);
  const again = normalizeScenario(first.document);
  expect(again.ok && again.document).toEqual(first.document);
  expect(again.ok && again.scenario).toEqual(first.scenario);
  expect(first.scenario.cost?.energy?.pue.amount).toBe('1.1');
  const { cost: _, ...without } = document;
  expect(normalized(without).document).not.toHaveProperty('cost');
  expect(normalized(without).scenario.cost).toBeNull();
});
