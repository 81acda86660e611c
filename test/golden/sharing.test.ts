import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { dynamicCompletionSec } from '../../bench/validation/miso/dynamic.ts';
import { misoScenario } from '../../bench/validation/miso/engine-run.ts';
import { misoSections } from '../../bench/validation/miso/experiment.ts';
import { Partitions } from '../../bench/validation/miso/partitions.ts';
import {
  measuredSpeeds,
  PROFILE_OF,
  type SpeedByProfile,
  speedSection,
} from '../../bench/validation/miso/speeds.ts';
import { readDeployments } from '../../bench/validation/parvagpu/deployment.ts';
import { layoutsOf } from '../../bench/validation/parvagpu/layouts.ts';
import { replayDeployment } from '../../bench/validation/parvagpu/replay.ts';
import { csvRows, jsonOf } from '../../bench/validation/sharing/files.ts';
import { nosConstants, nosRows, nosSections } from '../../bench/validation/sharing/nos.ts';
import { isMissed, type Section } from '../../bench/validation/sharing/table.ts';

const traces = fileURLToPath(new URL('../../../shared/traces/', import.meta.url));
const here = (path: string) => join(traces, path);
const isMissing = (path: string) => !existsSync(here(path));

/** Works it out when first asked: a suite that is skipped is still read, and must not touch the files. */
function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined;
  return () => {
    made ??= { value: make() };
    return made.value;
  };
}

/** Values of ours by the name of the row. */
const oursOf = (sections: readonly Section[]) =>
  new Map(sections.flatMap(({ rows }) => rows.map(({ name, ours }) => [name, ours] as const)));

describe.skipIf(isMissing('measured-sharing'))(
  'tenants of one card (skipped where ../shared/traces/measured-sharing is missing)',
  () => {
    const measured = once(() => nosRows(csvRows(here('measured-sharing/reference_numbers.csv'))));
    const constants = once(() => nosConstants(measured()));
    const predicted = once(() => oursOf(nosSections(measured(), constants())));

    test.each(['time-slicing', 'mps', 'mig'] as const)(
      '%s: latencies of 5 and 7 tenants follow within 3 percent from the row of 3',
      (mechanism) => {
        const rows = measured();
        const ours = predicted();
        for (const tenants of [5, 7]) {
          const latency = ours.get(`${mechanism}, ${tenants} tenants: latency s`) as number;
          expect(Math.abs(latency / rows.at(mechanism, tenants) - 1)).toBeLessThan(0.03);
        }
        const calibrated = ours.get(`${mechanism}, 3 tenants: latency s`) as number;
        expect(calibrated / rows.at(mechanism, 3)).toBeCloseTo(1, 3);
      },
    );

    test('MPS falls behind MIG from 8 tenants, time-slicing from 4', () => {
      expect(predicted().get('fewest tenants with MPS slower than MIG')).toBe(8);
      expect(predicted().get('fewest tenants with time-slicing slower than MIG')).toBe(4);
    });

    test('the constants are those that the rows give by hand', () => {
      const rows = measured();
      const { parameters, instanceSpeed } = constants();
      expect(parameters['time-slicing.together']).toBeCloseTo(
        (3 * rows.alone('time-slicing')) / rows.at('time-slicing', 3),
        3,
      );
      expect(parameters['mps.interference-inference-latency']).toBeCloseTo(
        (rows.at('mps', 3) / rows.alone('mps') - 1) / 2,
        3,
      );
      expect(instanceSpeed * 0.99).toBeCloseTo(rows.alone('mig') / rows.at('mig', 3), 3);
    });
  },
);

/** Every order of the items. */
function permutations<T>(items: readonly T[]): T[][] {
  if (items.length === 0) return [[]];
  return items.flatMap((item, i) => permutations(items.toSpliced(i, 1)).map((rest) => [item, ...rest]));
}

describe.skipIf(isMissing('miso'))('MISO (skipped where ../shared/traces/miso is missing)', () => {
  const speedsOf = once(() => measuredSpeeds(csvRows(here('miso/mig_iteration_times.csv'))));
  const codesOf = once(() =>
    Object.values(jsonOf<Record<string, number[]>>(here('miso/partition_code.json'))),
  );

  test('measured speeds come back, missing ones are refused, seven 1g do 0.54 to 5.67 times the work of 7g', () => {
    const section = speedSection(speedsOf());
    expect(section.rows.filter(isMissed)).toEqual([]);
    expect(section.rows[0]?.note).toContain('144 of 145 exactly');
    expect(section.rows[1]?.ours).toBe(15);
  });

  test('the best partition is that of trying every one with every order of the jobs', () => {
    const speeds = speedsOf();
    const codes = codesOf();
    const partitions = new Partitions(misoScenario(speeds, { mode: 'mig' }), codes, 'sum');
    const programs = [...speeds.keys()];
    for (let from = 0; from + 5 <= programs.length; from += 3) {
      for (const count of [1, 2, 3, 5]) {
        const jobs = programs.slice(from, from + count);
        let most = Number.NEGATIVE_INFINITY;
        for (const code of codes.filter((each) => each.length === count)) {
          for (const order of permutations(jobs)) {
            const sum = order.reduce((total, program, i) => {
              const speed =
                speeds.get(program)?.[PROFILE_OF[code[i] as number] as string] ?? Number.NEGATIVE_INFINITY;
              return total + Math.min(1, speed);
            }, 0);
            most = Math.max(most, sum);
          }
        }
        const found = partitions.best(jobs);
        if (most === Number.NEGATIVE_INFINITY) expect(found).toBeUndefined();
        else {
          const sum = found?.speeds.reduce((total, speed) => total + speed, 0) as number;
          expect(sum).toBeCloseTo(most * (count === 1 ? 1 : 0.99), 9);
        }
      }
    }
  });

  test('two equal jobs on one card: the first runs alone, then both stand still, share, and end as worked out by hand', () => {
    const made = new Map<string, SpeedByProfile>([
      ['p', { '1g.5gb': 0.2, '2g.10gb': 0.3, '3g.20gb': 0.5, '4g.20gb': 0.6, '7g.40gb': 1 }],
    ]);
    const partitions = new Partitions(misoScenario(made, { mode: 'mig' }), codesOf(), 'sum');
    const jobs = [0, 40].map((arrivalSec, i) => ({
      name: `j${i}`,
      program: 'p',
      arrivalUs: arrivalSec * 1e6,
      workUs: 100e6,
    }));
    // Alone to 40 s; cut to 70 s; the first has 60 s of work left at 0.99 x 0.5 and ends first; the other has 40 s left,
    // stands still for 30 s and has the card for itself then.
    const firstEnds = 70 + 60 / 0.495;
    const secondEnds = firstEnds + 30 + 40;
    const expected = (firstEnds + (secondEnds - 40)) / 2;
    expect(dynamicCompletionSec(partitions, jobs, 1, 30)).toBeCloseTo(expected, 4);
    const together = jobs.map((job) => ({ ...job, arrivalUs: 0 }));
    expect(dynamicCompletionSec(partitions, together, 1, 30)).toBeCloseTo(30 + 100 / 0.495, 4);
  });

  test('the experiment lands in the ranges of its paper with a few seeds', () => {
    const sections = misoSections(
      {
        speeds: speedsOf(),
        programs: jsonOf(here('miso/job_models.json')),
        seconds: jsonOf(here('miso/trace_100.json')),
        partitions: codesOf(),
      },
      6,
    );
    const ours = oursOf(sections);
    const againstNone = ours.get('dynamic against one job a card: %') as number;
    const againstStatic = ours.get('dynamic against the best static partition: %') as number;
    expect(againstNone).toBeGreaterThan(-60);
    expect(againstNone).toBeLessThan(-35);
    expect(againstStatic).toBeGreaterThan(-25);
    expect(againstStatic).toBeLessThan(0);
  });
});

describe('A deployment that cannot be', () => {
  const segment = (slices: number, placement: number, processes = 1) => ({
    number: 0,
    gpu: '0-0',
    model: 'm',
    placement,
    slices,
    batch: 1,
    processes,
    batchSec: 0.01,
    capacity: 100,
    timesSec: [0.01],
    rate: 1,
  });
  const layoutOf = (...segments: ReturnType<typeof segment>[]) =>
    layoutsOf({ name: 'made', segments, objectives: new Map() })[0];

  test('is told from one whose starts alone are wrong', () => {
    expect(layoutOf(segment(3, 0), segment(3, 4), segment(1, 6))?.sizeProblem).toMatch(/do not fit/);
    const moved = layoutOf(segment(3, 4), segment(1, 6));
    expect(moved?.startProblem).toMatch(/overlaps/);
    expect(moved?.sizeProblem).toBeUndefined();
    expect(moved?.refusal).toBeUndefined();
  });

  test('is refused for more processes than MPS takes in the instance', () => {
    expect(layoutOf(segment(1, 0, 6))?.refusal).toBeUndefined();
    expect(layoutOf(segment(1, 0, 7))?.refusal).toMatch(/processes/);
  });
});

describe.skipIf(isMissing('parvagpu'))(
  'ParvaGPU (skipped where ../shared/traces/parvagpu is missing)',
  () => {
    const deployments = once(() => readDeployments(here('parvagpu')));

    test('MIG can make and fill the instances of every deployment, on as many GPUs as published', () => {
      const layouts = deployments().map(layoutsOf);
      expect(layouts.map((each) => each.length)).toEqual([2, 3, 7, 13]);
      expect(layouts.flat().filter((each) => each.sizeProblem ?? each.refusal)).toEqual([]);
      // The files' own starts overlap here and there: the origin places by start and does not look at lengths.
      expect(
        layouts.map((each) => each.filter(({ startProblem }) => startProblem !== undefined).length),
      ).toEqual([0, 1, 5, 11]);
    });

    test('the smallest one keeps every request within its objective, and answers as many as come', () => {
      const smallest = deployments()[0]!;
      const settings = {
        seed: 1,
        seconds: 30,
        warmupSeconds: 5,
        batching: 'as-they-come',
        neighbourSlowdown: null,
        rateFactor: 1,
      } as const;
      for (const arrivals of ['poisson', 'deterministic'] as const) {
        for (const each of replayDeployment(smallest, layoutsOf(smallest), { ...settings, arrivals })) {
          expect(each.maxSec, each.model).toBeLessThan(each.objectiveSec);
          expect(each.within).toBe(1);
          const rate = smallest.objectives.get(each.model)?.requestsPerSec as number;
          expect(Math.abs(each.throughput / rate - 1)).toBeLessThan(0.15);
        }
      }
    });

    test('beyond its capacity a deployment falls behind, so that keeping up says something', () => {
      const smallest = deployments()[0]!;
      const runs = replayDeployment(smallest, layoutsOf(smallest), {
        seed: 1,
        seconds: 30,
        warmupSeconds: 5,
        arrivals: 'poisson',
        batching: 'as-they-come',
        neighbourSlowdown: 0,
        rateFactor: 1.25,
      });
      const mobilenet = runs.find(({ model }) => model === 'mobilenetv2');
      expect(mobilenet?.load).toBeGreaterThan(1.05);
      expect(mobilenet?.meanSec).toBeGreaterThan(mobilenet?.objectiveSec as number);
    });
  },
);
