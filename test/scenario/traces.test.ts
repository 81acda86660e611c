import { describe, expect, test } from 'vitest';
import { normalized, problemsOf } from './problems-of.ts';

const scenario = (trace: object) => ({
  apiVersion: 'slicewise/v1',
  name: 'recorded',
  fleet: { hosts: [{ name: 'h', cpu: 1, memory: '1GiB', gpus: { model: 'V100', count: 8 } }] },
  workload: { trace },
});

describe('A trace of recorded jobs', () => {
  test('in canonical form and in numbers has every default', () => {
    const { document, scenario: numbers } = normalized(scenario({ format: 'philly', jobs: 'log.json' }));
    expect(document.workload.trace).toEqual({
      format: 'philly',
      jobs: 'log.json',
      strict: false,
      from: null,
      until: null,
      limit: null,
      arrivalScale: 1,
    });
    expect(numbers.workload.trace).toEqual({
      format: 'philly',
      jobsPath: 'log.json',
      isStrict: false,
      fromSec: null,
      untilSec: null,
      limit: null,
      arrivalScale: 1,
      reading: {
        throughputsPath: null,
        arrivalsPerHour: null,
        timeUnit: 'ms',
        processorsAre: 'gpus',
        processorsPerGpu: null,
        utcOffsetMinutes: 0,
        amounts: 'allocated',
        shardsPerGpu: null,
        gpuTypes: {},
        pods: 'all',
        gpuProducts: {},
      },
    });
  });

  test.each<[object, object]>([
    [
      { format: 'itp', from: '90m', until: '2d', limit: 5, arrivalScale: 0.5, strict: true },
      { fromSec: 5400, untilSec: 172_800, limit: 5, arrivalScale: 0.5, isStrict: true },
    ],
    [{ format: 'muri', timeUnit: 's' }, { reading: { timeUnit: 's' } }],
    [{ format: 'gavel', throughputs: 't.json' }, { reading: { throughputsPath: 't.json' } }],
    [{ format: 'gavel-continuous', rate: '48/d' }, { reading: { arrivalsPerHour: 2 } }],
    [
      { format: 'swf', processorsAre: 'cores', processorsPerGpu: 16 },
      { reading: { processorsAre: 'cores', processorsPerGpu: 16 } },
    ],
    [
      {
        format: 'sacct',
        utcOffsetMinutes: -420,
        amounts: 'requested',
        shardsPerGpu: 8,
        gpuTypes: { a: 'A100' },
      },
      { reading: { utcOffsetMinutes: -420, amounts: 'requested', shardsPerGpu: 8, gpuTypes: { a: 'A100' } } },
    ],
    [
      { format: 'kubernetes', onlyGpu: true, gpuProducts: { 'NVIDIA-X': 'X' } },
      { reading: { pods: 'gpu', gpuProducts: { 'NVIDIA-X': 'X' } } },
    ],
  ])('%j in numbers', (written, numbers) => {
    const result = normalized(scenario({ jobs: 'j', ...written }));
    expect(result.scenario.workload.trace).toMatchObject(numbers);
    expect(normalized(result.document).document).toEqual(result.document);
  });

  test.each<[string, object, readonly string[]]>([
    [
      'an unknown format lists the known ones',
      { format: 'phily', jobs: 'x' },
      [
        'workload.trace.format: must be one of openb, philly, philly-subset, itp, gavel, gavel-continuous, muri, swf, sacct, kubernetes, got "phily" (did you mean "philly"?)',
      ],
    ],
    [
      'a file is needed',
      { format: 'itp' },
      ['workload.trace.jobs: is missing: must be text of 1 to 4096 characters without line breaks'],
    ],
    [
      'pods are of openb only',
      { format: 'itp', jobs: 'x', pods: 'y' },
      [
        'workload.trace.pods: is not an accepted key (accepted: format, jobs, strict, from, until, limit, arrivalScale)',
      ],
    ],
    [
      'jobs are not of openb',
      { format: 'openb', pods: 'y', limit: 3 },
      ['workload.trace.limit: is not an accepted key (accepted: format, pods, strict)'],
    ],
    [
      'gaps need a rate',
      { format: 'gavel-continuous', jobs: 'x' },
      ['workload.trace.rate: is missing: must be a rate such as 54.6/h (per s, m, h or d)'],
    ],
    [
      'the window must not be empty',
      { format: 'itp', jobs: 'x', from: '60m', until: '1h' },
      ['workload.trace.until: must be after from (60m), got "1h"'],
    ],
    [
      'processors per GPU are of cores',
      { format: 'swf', jobs: 'x', processorsPerGpu: 4 },
      ['workload.trace.processorsPerGpu: needs processorsAre: cores, got 4'],
    ],
    [
      'single values have their ranges',
      { format: 'itp', jobs: 'x', limit: 0, arrivalScale: -1, from: '1', strict: 'no' },
      [
        'workload.trace.strict: must be true or false, got "no"',
        'workload.trace.from: must be a duration such as 90s, 15m, 2h or 30d (us, ms, s, m, h, d), got "1"',
        'workload.trace.limit: must be a whole number from 1 to 1000000000, got 0',
        'workload.trace.arrivalScale: must be a number from 0 to 1000000, got -1',
      ],
    ],
  ])('%s', (_title, trace, problems) => {
    expect(problemsOf(scenario(trace))).toEqual(problems);
  });
});

describe('A fleet of a trace that is cut down', () => {
  const traced = (keep: unknown) => ({
    ...scenario({ format: 'openb', pods: 'pods.csv' }),
    fleet: { trace: { format: 'openb', nodes: 'nodes.csv', keep } },
  });

  test.each<[unknown, unknown, unknown]>([
    [undefined, undefined, null],
    [null, undefined, null],
    [60, 60, { hosts: 60 }],
    ['5%', '5%', { share: 0.05 }],
    [' 2.5 %', '2.5%', { share: 0.025 }],
    ['0.5', '50%', { share: 0.5 }],
  ])('keep %j is canonically %j, in numbers %j', (written, canonical, numbers) => {
    const { document, scenario: inNumbers } = normalized(traced(written));
    expect(document.fleet.trace).toEqual({
      format: 'openb',
      nodes: 'nodes.csv',
      strict: false,
      ...(canonical === undefined ? {} : { keep: canonical }),
    });
    expect(inNumbers.fleet).toMatchObject({ kind: 'trace', keep: numbers });
    expect(normalized(document).document).toEqual(document);
  });

  test.each<[unknown]>([[0], [-1], [0.05], [1e7], ['0%'], ['101%'], ['many'], [''], [true], [['5%']]])(
    'keep %j is refused with what is accepted',
    (keep) => {
      const problems = problemsOf(traced(keep));
      expect(problems).toHaveLength(1);
      expect(problems[0]).toMatch(/^fleet\.trace\.keep: must be .*(hosts|share|number).*got/);
    },
  );
});
