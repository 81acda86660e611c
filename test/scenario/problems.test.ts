import { describe, expect, test } from 'vitest';
import { normalizeScenario, parseScenarioText } from '../../sim/scenario/index.ts';
import { EXAMPLE_YAML, smallDocument, withValueAt } from './example.ts';

/** Every problem as one line, `path: message (hint)`. */
function problemsOf(document: unknown): readonly string[] {
  const result = normalizeScenario(document);
  return result.ok
    ? []
    : result.problems.map(
        ({ path, message, hint }) => `${path}: ${message}${hint === undefined ? '' : ` (${hint})`}`,
      );
}

function problemsWith(path: readonly (string | number)[], value: unknown): readonly string[] {
  return problemsOf(withValueAt(smallDocument(), path, value));
}

const HOST = ['fleet', 'hosts', 0] as const;
const SYNTHETIC = ['workload', 'synthetic'] as const;
const CLASS = [...SYNTHETIC, 'classes', 0] as const;

test('a small scenario has no problem', () => {
  expect(problemsOf(smallDocument())).toEqual([]);
});

describe('single values', () => {
  test('a quantity names its form and what was found', () => {
    expect(problemsWith([...HOST, 'memory'], '384')).toEqual([
      'fleet.hosts[0].memory: must be a quantity such as 384GiB (KiB, MiB, GiB, TiB, kB, MB, GB, TB), got "384"',
    ]);
    expect(problemsWith([...HOST, 'cpu'], -1)).toEqual([
      'fleet.hosts[0].cpu: must be CPU cores from 0.001 to 1000000, got -1',
    ]);
  });

  test('a number outside its range names the range', () => {
    for (const wrong of [0.5, -1, Number.NaN, Number.POSITIVE_INFINITY, 2 ** 53, '7', true]) {
      expect(problemsWith(['seed'], wrong)).toEqual([
        `seed: must be a whole number from 0 to 9007199254740991, got ${typeof wrong === 'string' ? '"7"' : wrong}`,
      ]);
    }
    expect(problemsWith(['replications'], 0)).toEqual([
      'replications: must be a whole number from 1 to 100000, got 0',
    ]);
  });

  test('missing and empty are told apart from wrong', () => {
    expect(problemsWith([...HOST, 'cpu'], undefined)).toEqual([
      'fleet.hosts[0].cpu: is missing: must be a number of CPU cores such as 96, "96" or "96000m"',
    ]);
    expect(problemsWith([...HOST, 'cpu'], null)).toEqual([
      'fleet.hosts[0].cpu: is empty: must be a number of CPU cores such as 96, "96" or "96000m"',
    ]);
    expect(problemsWith(['apiVersion'], undefined)).toEqual(['apiVersion: is missing: must be slicewise/v1']);
  });

  test('an unknown name lists the known ones and the nearest', () => {
    expect(problemsWith(['policy'], { placement: 'bestfit' })).toEqual([
      'policy.placement: must be one of first-fit, best-fit, worst-fit, random, dot-product, gpu-packing, gpu-clustering, fgd, bid-price, fastest, got "bestfit" (did you mean "best-fit"?)',
    ]);
    expect(problemsWith(['experiment'], { kind: 'timd' })).toEqual([
      'experiment.kind: must be one of timed, fill, got "timd" (did you mean "timed"?)',
    ]);
    expect(problemsWith([...CLASS, 'lifetime', 'kind'], 'gama')[0]).toMatch(
      /^workload\.synthetic\.classes\[0\]\.lifetime\.kind: must be one of constant, .*, mixture, got "gama" \(did you mean "gamma"\?\)$/,
    );
  });

  test('an unknown key lists the accepted ones and the nearest that is free', () => {
    expect(problemsWith(['polcy'], {})).toEqual([
      'polcy: is not an accepted key (did you mean "policy"? accepted: apiVersion, name, description, sources, seed, replications, fleet, workload, changes, repartition, faults, elastic, licences, cost, alerts, metrics, overheads, policy, experiment, objectives, whatIf, plan)',
    ]);
    expect(problemsWith([...HOST, 'gpus', 'cuont'], 2)).toEqual([
      'fleet.hosts[0].gpus.cuont: is not an accepted key (accepted: model, count, pcie, nvlink, memory)',
    ]);
    expect(problemsWith(['experiment'], { kind: 'fill', horizon: '1d' })).toEqual([
      'experiment.horizon: is not an accepted key (accepted: kind, target, order, hindsight, precision)',
    ]);
    expect(problemsWith(['workload', 'constructor'], {})).toEqual([
      'workload.constructor: is not an accepted key (accepted: trace, typical, synthetic, services, sessions)',
    ]);
  });

  test('a union reports inside the form that was meant', () => {
    expect(problemsWith([...HOST, 'gpus'], [{ model: 'T4', count: 0 }])).toEqual([
      'fleet.hosts[0].gpus[0].count: must be a whole number from 1 to 64, got 0',
    ]);
    expect(problemsWith([...HOST, 'gpus'], 8)).toEqual([
      'fleet.hosts[0].gpus: must be {model, count} or a list of these, got 8',
    ]);
    expect(problemsWith([...CLASS, 'lifetime'], { kind: 'constant' })[0]).toMatch(
      /^workload\.synthetic\.classes\[0\]\.lifetime\.value: is missing: must be a duration such as/,
    );
    expect(problemsWith([...CLASS, 'lifetime'], 7)).toEqual([
      'workload.synthetic.classes[0].lifetime: must be the name of one of the lifetimes, or a distribution, got 7',
    ]);
  });

  test('what is no document at all is one problem', () => {
    for (const nothing of [null, 7, 'text', [], true, new Date(0), new Map(), () => 0, 7n]) {
      expect(problemsOf(nothing)).toHaveLength(1);
    }
    expect(problemsOf(undefined)).toHaveLength(1);
  });

  test('a cycle, a deep tree and a prototype key are refused', () => {
    const cycle: Record<string, unknown> = { ...smallDocument() };
    cycle.sources = [cycle];
    expect(problemsOf(cycle)[0]).toMatch(/must not be nested deeper than 32 levels$/);
    const polluted = JSON.parse('{"__proto__": {"seed": 7}, "name": "x"}') as unknown;
    expect(problemsOf(polluted)[0]).toBe('__proto__: is not an accepted key');
    const nested = withValueAt(smallDocument(), [...SYNTHETIC, 'lifetimes'], JSON.parse('{"__proto__": 1}'));
    expect(problemsOf(nested)).toEqual(['workload.synthetic.lifetimes.__proto__: is not an accepted key']);
  });
});

describe('values together', () => {
  const trace = { format: 'openb', nodes: 'nodes.csv' };

  test('exactly one of two', () => {
    expect(problemsWith(['fleet', 'trace'], trace)).toEqual([
      'fleet: must have exactly one of hosts and trace, got hosts and trace',
    ]);
    expect(problemsWith(['fleet'], {})).toEqual([
      'fleet: must have exactly one of hosts and trace, got none',
    ]);
    expect(problemsWith([...SYNTHETIC, 'until'], '1d')).toEqual([
      'workload.synthetic: must have exactly one of tasks and until, got tasks and until',
    ]);
    expect(problemsWith(['workload'], {})).toEqual([
      'workload: must have at least one of trace, synthetic, services, sessions, got none',
    ]);
  });

  test('names are unique', () => {
    const [host] = smallDocument().fleet.hosts!;
    expect(problemsWith(['fleet', 'hosts'], [host, host])).toEqual([
      'fleet.hosts[1].name: must be a name of its own, got "h" as at position 0',
    ]);
    expect(
      problemsWith(
        ['fleet', 'hosts'],
        [
          { ...host, count: 3 },
          { ...host, name: 'h-0002' },
        ],
      ),
    ).toEqual(['fleet.hosts[1].name: is also the name of a host of group "h"']);
    expect(
      problemsWith(
        ['fleet', 'hosts'],
        [
          { ...host, count: 2 },
          { ...host, name: 'h-0002' },
        ],
      ),
    ).toEqual([]);
  });

  test('the fleet has GPUs, and not too many of anything', () => {
    expect(problemsWith([...HOST, 'gpus'], undefined)).toContain(
      'fleet.hosts: must hold at least one GPU in all, got none',
    );
    const many = ['A', 'B'].map((model) => ({ model, count: 40 }));
    expect(problemsWith([...HOST, 'gpus'], many)).toEqual([
      'fleet.hosts[0].gpus: must hold at most 64 GPUs in all, got 80',
    ]);
    const [host] = smallDocument().fleet.hosts!;
    const groups = ['a', 'b'].map((name) => ({ ...host, name, count: 600_000 }));
    expect(problemsWith(['fleet', 'hosts'], groups)).toEqual([
      'fleet.hosts: must be at most 1000000 hosts in all, got 1200000',
    ]);
  });

  test('a model that no host has is named with the nearest', () => {
    expect(problemsWith([...CLASS, 'models'], ['T4', 'T40'])).toEqual([
      'workload.synthetic.classes[0].models[1]: must be a GPU model of the fleet, got "T40" (did you mean "T4"? accepted: T4)',
    ]);
    const fromTrace = withValueAt(smallDocument(), ['fleet'], { trace });
    expect(problemsOf(withValueAt(fromTrace, [...CLASS, 'models'], ['T40']))).toEqual([]);
  });

  test('number of GPUs and share of each agree', () => {
    expect(problemsWith([...CLASS, 'gpu'], 0)).toEqual([
      'workload.synthetic.classes[0].gpu: must be above 0 where gpus is 1, got 0',
    ]);
    const none = withValueAt(smallDocument(), [...CLASS, 'gpus'], 0);
    expect(problemsOf(withValueAt(none, [...CLASS, 'gpu'], '50%'))).toEqual([
      'workload.synthetic.classes[0].gpu: needs gpus of at least 1, got gpus 0',
    ]);
    expect(problemsOf(withValueAt(none, [...CLASS, 'models'], ['T4']))).toEqual([
      'workload.synthetic.classes[0].models: needs gpus of at least 1, got gpus 0',
    ]);
  });

  test('weights are not all 0', () => {
    expect(problemsWith([...CLASS, 'weight'], 0)).toEqual([
      'workload.synthetic.classes: must hold at least one weight above 0, got only 0',
    ]);
    const arrivals = { process: 'poisson', rate: '1/h', dayOfWeek: [0, 0, 0, 0, 0, 0, 0] };
    expect(problemsWith([...SYNTHETIC, 'arrivals'], arrivals)).toEqual([
      'workload.synthetic.arrivals.dayOfWeek: must hold at least one weight above 0, got only 0',
    ]);
  });

  test('a lifetime that is named exists', () => {
    const named = withValueAt(smallDocument(), [...SYNTHETIC, 'lifetimes'], {
      short: { kind: 'constant', value: '1s' },
    });
    expect(problemsOf(withValueAt(named, [...CLASS, 'lifetime'], 'shrot'))).toEqual([
      'workload.synthetic.classes[0].lifetime: must be the name of one of workload.synthetic.lifetimes, got "shrot" (did you mean "short"? accepted: short)',
    ]);
    expect(problemsWith([...CLASS, 'lifetime'], 'toString')).toHaveLength(1);
  });

  test('a timed experiment needs arrivals and lifetimes, a fill experiment a class with GPUs', () => {
    const bare = withValueAt(
      withValueAt(smallDocument(), [...SYNTHETIC, 'arrivals'], undefined),
      [...CLASS, 'lifetime'],
      undefined,
    );
    expect(problemsOf(bare)).toEqual([
      'workload.synthetic.arrivals: is missing: a timed experiment needs arrivals',
      'workload.synthetic.classes[0].lifetime: is missing: a timed experiment needs the lifetime of its tasks',
    ]);
    const fill = withValueAt(bare, ['experiment'], { kind: 'fill' });
    expect(problemsOf(fill)).toEqual([]);
    expect(problemsOf(withValueAt(fill, [...CLASS, 'gpus'], undefined))).toEqual([
      'workload.synthetic.classes: must hold a class that asks for a GPU: a fill experiment fills GPUs',
    ]);
  });

  test('the warm-up ends before the horizon', () => {
    expect(problemsWith(['experiment'], { kind: 'timed', horizon: '1d', warmup: '24h' })).toEqual([
      'experiment.warmup: must be shorter than horizon (1d), got 24h',
    ]);
  });

  test('a run ends within a sensible number of tasks and time', () => {
    const endless = { process: 'renewal', interarrival: { kind: 'constant', value: '0s' } };
    expect(problemsWith([...SYNTHETIC, 'arrivals'], endless)[0]).toMatch(
      /interarrival: must have a mean above 0s/,
    );
    const fast = withValueAt(smallDocument(), [...SYNTHETIC], {
      ...smallDocument().workload.synthetic,
      tasks: undefined,
      until: '100d',
      arrivals: { process: 'poisson', rate: '1000/s' },
    });
    expect(problemsOf(fast)).toEqual([
      'workload.synthetic.until: must end within 1000000000 tasks, got 100d, which is about 8640000000 tasks',
    ]);
    const slow = { process: 'deterministic', rate: '0.001/d' };
    const tasks = withValueAt(smallDocument(), [...SYNTHETIC, 'tasks'], 1000);
    expect(problemsOf(withValueAt(tasks, [...SYNTHETIC, 'arrivals'], slow))).toEqual([
      'workload.synthetic.tasks: must all arrive within 52083 days, got 1000, which take about 1000000 days',
    ]);
  });
});

describe('distributions', () => {
  const cases: readonly (readonly [object, string])[] = [
    [{ kind: 'uniform', min: '2s', max: '2s' }, '.max: must be above min (2s), got 2s'],
    [{ kind: 'pareto', shape: 1, min: '2s', max: '1s' }, '.max: must be above min (2s), got 1s'],
    [{ kind: 'normal', mean: '1s', sd: '1s', max: '0s' }, '.max: must be above min (0s), got 0s'],
    [{ kind: 'exponential', mean: '0s' }, '.mean: must be a duration above 0s and at most 36500d, got "0s"'],
    [{ kind: 'lognormal', median: '1s', sigma: 0 }, '.sigma: must be a number above 0 and at most 20, got 0'],
    [{ kind: 'gamma', shape: 0, mean: '1s' }, '.shape: must be a number from 0.01 to 1000, got 0'],
    [{ kind: 'empirical' }, ': must have exactly one of values and quantiles, got none'],
    [{ kind: 'empirical', values: [] }, '.values: must be a list of 1 to 100000 durations, got []'],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0.1, '1s'],
          [1, '2s'],
        ],
      },
      '.quantiles[0][0]: must be 0 at the first point, got 0.1',
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0, '1s'],
          [0.5, '3s'],
          [1, '2s'],
        ],
      },
      '.quantiles[2][1]: must be at least the point before it (3s), got 2s',
    ],
    [
      {
        kind: 'empirical',
        quantiles: [
          [0, '1s'],
          [0.5, '3s'],
          [0.5, '4s'],
          [1, '5s'],
        ],
      },
      '.quantiles[2][0]: must be above the point before it (0.5), got 0.5',
    ],
    [
      { kind: 'empirical', quantiles: [[0, '1s'], 7] },
      '.quantiles[1]: must be a pair of a probability and a duration such as [0.5, 2h], got 7',
    ],
    [
      { kind: 'discrete', values: ['1s'], weights: [1, 2] },
      '.weights: must have as many entries as values (1), got 2',
    ],
    [
      { kind: 'discrete', values: ['1s'], weights: [0] },
      '.weights: must hold at least one weight above 0, got only 0',
    ],
    [
      { kind: 'mixture', parts: [{ kind: 'constant', value: '1s', weight: 0 }] },
      '.parts: must hold at least one weight above 0, got only 0',
    ],
    [
      { kind: 'mixture', parts: [{ kind: 'uniform', min: '2s', max: '1s', weight: 1 }] },
      '.parts[0].max: must be above min (2s), got 1s',
    ],
  ];
  test.each(cases)('%j', (distribution, problem) => {
    expect(problemsWith([...CLASS, 'lifetime'], distribution)).toEqual([
      `workload.synthetic.classes[0].lifetime${problem}`,
    ]);
  });

  test('a normal cut where nothing of the bell is left is refused', () => {
    const far = { kind: 'normal', mean: '0s', sd: '1s', min: '1h', max: '2h' };
    expect(problemsWith([...CLASS, 'lifetime'], far)[0]).toMatch(
      /lifetime: is not accepted: .*kept by min and max/,
    );
  });
});

test('every problem is reported at once, each with its place in the text', () => {
  const text = EXAMPLE_YAML.replace('384GiB', '384')
    .replace('seed: 42', 'sede: 42')
    .replace('placement: fgd', 'placement: fdg')
    .replace('lifetime: short', 'lifetime: shrt')
    .replace('[ T4, G2 ]', '[ T4, G3 ]')
    .replace('[ 0.5, 120m ]', '[ 0.5, 60d ]');
  const parsed = parseScenarioText(text, 'example.yaml');
  if (!parsed.ok) throw new Error('the text is YAML');
  const result = normalizeScenario(parsed.document, { at: parsed.at });
  const found = result.ok ? [] : result.problems.map(({ path, value, at }) => [path, value, at]);
  const place = (snippet: string): string => {
    const before = text.slice(0, text.indexOf(snippet)).split('\n');
    return `example.yaml:${before.length}:${before.at(-1)!.length + 1}`;
  };
  expect(found).toEqual([
    ['fleet.hosts[0].memory', 384, place('memory: 384,')],
    ['policy.placement', 'fdg', place('placement: fdg')],
    ['sede', 42, place('sede')],
    ['workload.synthetic.classes[0].models[1]', 'G3', place('G3')],
    ['workload.synthetic.classes[0].lifetime', 'shrt', place('lifetime: shrt')],
    ['workload.synthetic.lifetimes.short.quantiles[2][1]', '30d', place('30d ] ] }')],
  ]);
});
