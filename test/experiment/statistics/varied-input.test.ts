import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { checkInputs, isList, oneAtATimeRuns } from '../../../sim/experiment/statistics/index.ts';
import { readVariedInput, valueAtPlace } from '../../../sim/experiment/statistics/varied-input.ts';
import { normalizeScenario } from '../../../sim/index.ts';

const document = parse(`apiVersion: slicewise/v1
name: varied
fleet: { hosts: [ { name: a, count: 2, cpu: 64, memory: 256GiB, gpus: { model: A100-80GB, count: 4 } } ] }
workload:
  synthetic:
    tasks: 100
    arrivals: { process: poisson, rate: 30/h }
    classes: [ { name: job, cpu: 1, memory: 1GiB, gpus: 1, gpu: 50%, lifetime: { kind: exponential, mean: 5m } } ]
`) as object;

const LIFETIME = 'workload.synthetic.classes.job.lifetime.mean';

describe('what is varied', () => {
  const read = (text: string) => {
    const found = readVariedInput(text);
    if (!found.ok) throw new Error(found.message);
    return found.input;
  };

  test.each([
    ['a.b=2:8', [2, 5, 8]],
    ['a.b=-1:0.5', [-1, -0.25, 0.5]],
    ['a.b=1e-3:3e-3', [0.001, 0.002, 0.003]],
    ['a=20/h:40/h', ['20/h', '30/h', '40/h']],
    ['a=30/h:1/m', ['30/h', '45/h', '60/h']],
    ['a=30s:2m', ['30s', '75s', '120s']],
    ['a=2h:1d', ['2h', '13h', '24h']],
    ['a=512MiB:2GiB', ['512MiB', '1280MiB', '2048MiB']],
    ['a=500m:2', ['500m', '1250m', '2000m']],
    ['a=5%:0.2', ['5%', '12.5%', '20%']],
    ['a=0s:5h', ['0h', '2.5h', '5h']],
    ['a=0:10%', ['0%', '5%', '10%']],
    ['a=x,y,z', ['x', 'y', 'z']],
    ['a={kind: fill}, "b,c", [1, 2]', ['{kind: fill}', '"b,c"', '[1, 2]']],
  ])('%s is at its ends and in its middle %j', (text, expected) => {
    const input = read(text);
    expect([0, 0.5, 1].map((place) => valueAtPlace(input, place))).toEqual(expected);
  });

  test.each([
    ['a', 'must be a path and what it is varied over'],
    ['=1:2', 'must be a path'],
    ['a=', 'must be a path'],
    ['a=3', 'needs two values or more'],
    ['a=1,,2', 'empty value'],
    ['a=1:', 'empty|numbers of one kind'],
    ['a=x,y,x', 'x twice'],
    ['a=8:2', 'low end first'],
    ['a=2:2', 'low end first'],
    ['a=2:8:9', 'typical value outside'],
    ['a=1:2:3:4', 'a low end, a high end and perhaps'],
    ['a=0s:20GiB', 'numbers of one kind'],
    ['a=0:0', 'numbers of one kind'],
    ['a=1GiB:20m', 'numbers of one kind'],
    ['a=fgd:best-fit', 'numbers of one kind'],
  ])('%s is refused, with why', (text, why) => {
    const found = readVariedInput(text);
    expect(found.ok ? '' : found.message).toMatch(new RegExp(why));
  });
});

describe('checked against the scenario', () => {
  const inputsOf = (...texts: string[]) => {
    const checked = checkInputs(document, texts);
    if (!checked.ok) throw new Error(JSON.stringify(checked.problems));
    return checked.inputs;
  };
  const problemsOf = (...texts: string[]) => {
    const checked = checkInputs(document, texts);
    return checked.ok ? [] : checked.problems.map(({ path, message }) => `${path}: ${message}`);
  };

  test('a range has the finest step that the scenario takes', () => {
    const stepOf = (text: string) => {
      const [input] = inputsOf(text);
      return input === undefined || isList(input) ? 'none' : input.step;
    };
    expect(stepOf('fleet.hosts.a.count=1:9')).toBe(1);
    expect(stepOf('workload.synthetic.tasks=100:500')).toBe(1);
    expect(stepOf('workload.synthetic.arrivals.rate=20/h:40/h')).toBeUndefined();
    // Milli-cores and micro-seconds are whole.
    expect(stepOf('fleet.hosts.a.cpu=8:64')).toBe(1e-3);
    expect(stepOf('workload.synthetic.classes.job.gpu=10%:90%')).toBe(0.1);
    expect(stepOf(`${LIFETIME}=1m:9m`)).toBe(1e-6);
  });

  test('every value of a stepped range is valid wherever it is', () => {
    const inputs = inputsOf(
      `${LIFETIME}=1m:1h`,
      'fleet.hosts.a.cpu=8:64',
      'fleet.hosts.a.memory=64GiB:1TiB',
      'workload.synthetic.classes.job.gpu=10%:0.9',
    );
    for (let i = 0; i < 300; i++) {
      const place = (i * 0.6180339887498949) % 1;
      for (const input of inputs) {
        const text = `${input.path}=${valueAtPlace(input, place)}`;
        expect(
          problemsOf(`${text},${text.split('=')[1]} `).filter((each) => !each.includes('twice')),
        ).toEqual([]);
      }
    }
  });

  test('all problems of all inputs are told at once', () => {
    const found = problemsOf(
      'fleet.hosts.b.count=1:2',
      'workload.synthetic.arivals.rate=20/h:40/h',
      'fleet.hosts.a.gpus.count=0:4',
      'policy.placement=fgdd,best-fit',
      'seed=1:2',
      'replications=1:2',
      'fleet.hosts.a.cpu=3',
      'fleet.hosts.a.count=1:2',
      'fleet.hosts[0].count=1:3',
      'fleet.hosts[0]={name: x, cpu: 1, memory: 1GiB},null',
    );
    expect(found.join('\n')).toMatch(/no item named "b"/);
    expect(found.join('\n')).toMatch(/no key "arivals"/);
    expect(found.join('\n')).toMatch(/with 0, fleet\.hosts\[0\]\.gpus\.count must be/);
    expect(found.join('\n')).toMatch(/with fgdd, policy\.placement must be one of/);
    expect(found.join('\n')).toMatch(/--vary seed=1:2: seed is the same in all runs/);
    expect(found.join('\n')).toMatch(/--vary replications=1:2: replications is the same/);
    expect(found.join('\n')).toMatch(/needs two values or more/);
    expect(found.join('\n')).toMatch(
      /hosts\[0\]\.count=1:3: is varied already by fleet\.hosts\.a\.count=1:2/,
    );
    expect(found.join('\n')).toMatch(/hosts\[0\]=\{.*is varied already/);
  });

  test('one at a time, the typical values hold while another input is varied', () => {
    const inputs = inputsOf('fleet.hosts.a.count=1:9:4', 'workload.synthetic.arrivals.rate=20/h:40/h');
    const runs = oneAtATimeRuns(document, inputs).map(({ document: changed }) => {
      const result = normalizeScenario(changed);
      if (!result.ok) throw new Error(JSON.stringify(result.problems));
      const { fleet, workload } = result.document as unknown as {
        fleet: { hosts: { count: number }[] };
        workload: { synthetic: { arrivals: { rate: string } } };
      };
      return [fleet.hosts[0]?.count, workload.synthetic.arrivals.rate];
    });
    expect(runs).toEqual([
      [4, '30/h'],
      [1, '30/h'],
      [9, '30/h'],
      [4, '20/h'],
      [4, '40/h'],
    ]);
  });
});
