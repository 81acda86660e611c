import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { sarifProblems } from '../compare/sarif-structure.ts';
import { parseXml } from '../compare/xml.ts';
import { inProcess } from './in-process.ts';
import { SMALL_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const OBJECTIVES = `objectives:
  - p95(wait) < 20 h
  - { name: all start, expect: jobs.rejected == 0 }
`;
const base = folder.write('base.yaml', SMALL_YAML + OBJECTIVES);
/** A host less, and one more. */
const regression = folder.write(
  'worse.yaml',
  SMALL_YAML.replace('count: 2, cpu', 'count: 1, cpu') + OBJECTIVES,
);
const improvement = folder.write(
  'better.yaml',
  SMALL_YAML.replace('count: 2, cpu', 'count: 4, cpu') + OBJECTIVES,
);
const GATE = 'delta(wait.mean) < 5%';
const FEW = ['--replications', '5'];
const read = (...names: readonly string[]) => readFileSync(folder.at(...names), 'utf8');

describe('compare', () => {
  test('fails a regression: exit code 1, and every form says why', async () => {
    const run = await inProcess([
      'compare',
      base,
      regression,
      ...FEW,
      '--gate',
      GATE,
      '--format',
      'json,md,junit,sarif,github',
      '--out',
      folder.at('bad'),
    ]);
    expect(run.code).toBe(1);
    expect(run.out).toMatch(/FAIL +delta\(wait\.mean\) < 5%: found \S+ %/);
    expect(run.out).toMatch(/wait\.mean\s.*worse/s);
    expect(run.err).toMatch(
      /^::error file=.*worse\.yaml,line=14,col=5,title=small \(.*p95\(wait\) < 20 h::FAIL/m,
    );
    const comparison = JSON.parse(read('bad', 'compare.json'));
    expect(comparison).toMatchObject({ schema: 'slicewise/compare@1', verdict: 'fail' });
    expect(comparison.variants[0].changes).toEqual([{ path: 'fleet.hosts.a.count', from: '2', to: '1' }]);
    expect(comparison.variants[0]).toMatchObject({ isPaired: true, seeds: [1, 2, 3, 4, 5] });
    expect(read('bad', 'compare.md')).toMatch(/^## Slicewise: ❌ Failed/);
    expect(parseXml(read('bad', 'junit.xml')).attributes).toMatchObject({ tests: '3', failures: '2' });
    const sarif = JSON.parse(read('bad', 'compare.sarif'));
    expect(sarifProblems(sarif)).toEqual([]);
    const [first] = sarif.runs[0].results;
    expect(first.locations[0].physicalLocation.region).toEqual({ startLine: 14, startColumn: 5 });
    expect(read('worse.yaml').split('\n')[13]).toBe('  - p95(wait) < 20 h');
  });

  test('lets an improvement pass', async () => {
    const run = await inProcess([
      'compare',
      base,
      improvement,
      ...FEW,
      '--gate',
      GATE,
      '--metrics',
      'wait.mean,jobs.rejected',
    ]);
    expect(run.code).toBe(0);
    expect(run.out).toMatch(/Objectives +passed: 3 pass/);
    expect(run.out).toMatch(/wait\.mean .*better/);
    expect(run.out).toMatch(/jobs\.rejected .*no difference shown/);
  });

  test('a scenario and itself show no difference, and paired runs are equal to the bit', async () => {
    const run = await inProcess(['compare', base, base, ...FEW, '--json', '--gate', 'delta(wait.mean) == 0']);
    expect(run.code).toBe(0);
    for (const { verdict, difference } of JSON.parse(run.out).variants[0].metrics) {
      expect(verdict === 'no-difference-shown' || verdict === 'not-comparable').toBe(true);
      expect(difference === 0 || difference === null).toBe(true);
    }
  });

  test('tells a regression beyond noise from noise: exit code 1, and 0 undecided', async () => {
    const noise = 'delta(wait.mean) <= 0';
    const verdictOf = async (candidate: string) => {
      const run = await inProcess(['compare', base, candidate, ...FEW, '--gate', noise, '--json']);
      return [run.code, JSON.parse(run.out).variants[0].objectives.at(-1).verdict];
    };
    expect(await verdictOf(regression)).toEqual([1, 'fail']);
    expect(await verdictOf(improvement)).toEqual([0, 'pass']);
    // The same fleet with other random numbers: what differs is chance.
    const other = folder.at('other');
    await inProcess(['run', base, '--replications', '5', '--seed', '101', '--out', other]);
    const unpaired = ['compare', base, other, '--seed', '1', ...FEW, '--gate', noise, '--json'];
    for (const [options, code] of [
      [[], 0],
      [['--strict'], 1],
    ] as const) {
      const run = await inProcess([...unpaired, ...options]);
      expect([run.code, JSON.parse(run.out).variants[0].objectives.at(-1).verdict]).toEqual([
        code,
        'undecided',
      ]);
    }
  });

  test('prints JSON with the keys that docs/compare.md lists, no others', async () => {
    const run = await inProcess([
      'compare',
      base,
      regression,
      ...FEW,
      '--json',
      '--pareto',
      'wait.mean,wait.p95',
    ]);
    const comparison = JSON.parse(run.out);
    const [, table = ''] = readFileSync('docs/compare.md', 'utf8').split('## As JSON');
    const rows = [...table.matchAll(/^\| (`.*?) \| (.*) \|$/gm)].map(([, keys = '', what = '']) => ({
      keys: [...keys.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key),
      words: [...what.matchAll(/`([^`]+)`/g)].map(([, key = '']) => key),
    }));
    const wordsOf = (key: string) => rows.find(({ keys }) => keys.includes(key))?.words ?? [];
    const top = rows.flatMap(({ keys }) => keys).map((key) => key.replace('[]', ''));
    expect(Object.keys(comparison).filter((key) => !top.includes(key))).toEqual([]);
    const [variant] = comparison.variants;
    for (const [place, objects] of [
      ['base', [comparison.base]],
      ['variants[].changes[]', variant.changes],
      ['variants[].metrics[]', variant.metrics],
      ['variants[].objectives[]', variant.objectives],
      ['variants[].objectives[].comparisons[]', variant.objectives[0].comparisons],
      ['pareto', [comparison.pareto, ...comparison.pareto.points]],
    ] as const) {
      const keys = new Set((objects as readonly object[]).flatMap((each) => Object.keys(each)));
      expect(keys.size, place).toBeGreaterThan(1);
      expect(
        [...keys].filter((key) => !wordsOf(place).includes(key)),
        place,
      ).toEqual([]);
    }
    const own = [...wordsOf('base'), ...wordsOf('variants[]')];
    expect(Object.keys(variant).filter((key) => !own.includes(key))).toEqual([]);
  });

  test('runs the variants of one scenario, each beside the scenario itself', async () => {
    const whatIf =
      'whatIf:\n  - { name: more, set: { fleet.hosts.a.count: 4 } }\n  - { name: fewer, merge: { workload: { synthetic: { tasks: 20 } } } }\n';
    const file = folder.write('variants.yaml', SMALL_YAML + OBJECTIVES + whatIf);
    const run = await inProcess([
      'compare',
      file,
      ...FEW,
      '--json',
      '--pareto',
      'wait.mean,gpu.capacityMilli:lower',
    ]);
    const { base: itself, variants, pareto } = JSON.parse(run.out);
    expect(itself.name).toBe('base');
    expect(variants.map(({ name }: { name: string }) => name)).toEqual(['more', 'fewer']);
    const direct = JSON.parse((await inProcess(['compare', base, improvement, ...FEW, '--json'])).out);
    expect(variants[0].metrics).toEqual(direct.variants[0].metrics);
    expect(
      pareto.points.map(({ name, dominatedBy }: { name: string; dominatedBy: string | null }) => [
        name,
        dominatedBy,
      ]),
    ).toEqual([
      ['base', 'fewer'],
      ['more', null],
      ['fewer', null],
    ]);
  });

  test('of a variant, points to the objective and to the variant; to the variant alone where it brings the objective', async () => {
    const whatIf = `whatIf:
  - { name: fewer, set: { fleet.hosts.a.count: 1 } }
  - name: stricter
    merge: { objectives: [ wait.mean < 1 s ] }
`;
    const file = folder.write('pointed.yaml', SMALL_YAML + OBJECTIVES + whatIf);
    const lines = read('pointed.yaml').split('\n');
    const lineOf = (text: string) => lines.findIndex((line) => line.includes(text)) + 1;
    const args = ['compare', file, ...FEW, '--gate', GATE, '--format', 'sarif', '--out', folder.at('where')];
    expect((await inProcess(args)).code).toBe(1);
    const log = JSON.parse(read('where', 'compare.sarif'));
    expect(sarifProblems(log)).toEqual([]);
    type Place = { readonly physicalLocation: { readonly region: { readonly startLine: number } } };
    type Found = {
      message: { text: string };
      locations: readonly Place[];
      relatedLocations: readonly Place[];
    };
    const found = (log.runs[0].results as readonly Found[]).map(
      ({ message, locations, relatedLocations }) => [
        message.text.split(': ').slice(0, 2).join(': '),
        ...[...locations, ...relatedLocations].map(
          ({ physicalLocation }) => physicalLocation.region.startLine,
        ),
      ],
    );
    const [fewer, stricter] = [lineOf('name: fewer'), lineOf('name: stricter')];
    expect(found).toEqual([
      ['[fewer](1): p95(wait) < 20 h', lineOf('p95(wait)'), fewer],
      [`[fewer](1): ${GATE}`, fewer, fewer],
      ['[stricter](1): wait.mean < 1 s', stricter, stricter],
    ]);
  });

  test('takes results of run --out as they are, in pairs where the seeds are the same', async () => {
    for (const [file, out] of [
      [base, 'r1'],
      [regression, 'r2'],
    ] as const) {
      await inProcess(['run', file, '--replications', '5', '--out', folder.at(out)]);
    }
    const args = ['--gate', GATE, '--json'];
    const fromFiles = JSON.parse(
      (await inProcess(['compare', folder.at('r1'), folder.at('r2', 'result.json'), ...args])).out,
    );
    const direct = JSON.parse((await inProcess(['compare', base, regression, ...FEW, ...args])).out);
    expect(fromFiles.variants[0].metrics).toEqual(direct.variants[0].metrics);
    expect(fromFiles.variants[0].objectives).toEqual(direct.variants[0].objectives);
    const mixed = JSON.parse((await inProcess(['compare', folder.at('r1'), regression, ...args])).out);
    expect(mixed.variants[0].metrics).toEqual(direct.variants[0].metrics);
    const { replications: _, ...coarse } = JSON.parse(read('r1', 'result.json'));
    const apart = folder.write('coarse.json', JSON.stringify(coarse));
    const welch = await inProcess(['compare', apart, folder.at('r2')]);
    expect(welch.out).toMatch(/without common seeds \(Welch\)/);
    expect(welch.out).toMatch(/no single replications/);
  });

  test('everything that is wrong is told at once, with exit code 2, and nothing is written', async () => {
    const bad = folder.write('bad.yaml', `${SMALL_YAML}objectives: [ "wiat.mean < 3 s", "wait.mean < 3" ]\n`);
    const run = await inProcess(['compare', bad, 'nowhere.yaml', '--out', folder.at('none')]);
    expect(run.code).toBe(2);
    expect(run.err).toMatch(/objectives\[0\]: column 1: no metric is called "wiat\.mean"/);
    expect(run.err).toMatch(/objectives\[1\]: column 13: /);
    expect(run.err).toMatch(/nowhere\.yaml/);
    const options = await inProcess([
      'compare',
      base,
      regression,
      '--gate',
      'wait.mean < 3',
      '--gate',
      'x <',
      '--pareto',
      'events,wait.mean',
      '--format',
      'pdf',
      '--out',
      folder.at('none'),
    ]);
    expect(options.code).toBe(2);
    for (const part of ['--gate wait.mean < 3', '--gate x <', '--pareto', '--format'])
      expect(options.err).toContain(part);
    expect(existsSync(folder.at('none'))).toBe(false);
    const alone = await inProcess(['compare', base]);
    expect([alone.code, alone.err]).toEqual([2, expect.stringMatching(/nothing to be compared with/)]);
    const damaged = folder.write(
      'damaged.json',
      JSON.stringify({ schema: 'slicewise/result@1', seeds: [1], metrics: { a: 3 } }),
    );
    expect((await inProcess(['compare', damaged, base])).code).toBe(2);
    const over = await inProcess([
      'compare',
      base,
      folder.write('compare.json', SMALL_YAML),
      '--out',
      folder.path,
    ]);
    expect([over.code, over.err]).toEqual([2, expect.stringMatching(/must not overwrite/)]);
  });

  test('what is undecided passes with a remark, and fails with --strict', async () => {
    const args = ['compare', base, base, '--replications', '3', '--gate', 'wait.mean < 6 h'];
    const lax = await inProcess(args);
    expect(lax.out).toMatch(/undecided +wait\.mean < 6 h: found .*more\s+replications?\s+needed/s);
    expect(lax.code).toBe(0);
    expect((await inProcess([...args, '--strict'])).code).toBe(1);
  });
});

describe('parts of a run', () => {
  const PARTS = [
    'metric("wait.mean", class: "half") < 20 h',
    'p95(wait, class: "two") < 1 min',
    'metric("gpu.allocated.mean", pool: "default") > 1 %',
    'metric("gpu.allocated.mean", model: "A100") < 99 %',
    'metric("gpu.allocated.mean", hostGroup: "a") > 1 %',
    'metric("wait.mean", class: "nobody") < 1 h',
    'metric("wait.mean", class: "half") < metric("wait.mean", class: "two") + 100 h',
  ];
  const CHANGE = 'delta(metric("wait.mean", class: "half")) < 5 %';
  const gates = [...PARTS, CHANGE].flatMap((gate) => ['--gate', gate]);
  type Judged = {
    readonly verdict: string;
    readonly onBase: string;
    readonly comparisons: readonly { readonly left: { value: number; ci95: readonly number[] | null } }[];
  };

  async function judged(sides: readonly string[], ...more: readonly string[]): Promise<readonly Judged[]> {
    const run = await inProcess(['compare', ...sides, ...gates, '--json', ...more]);
    return JSON.parse(run.out).variants[0].objectives.slice(2);
  }

  async function resultOf(file: string, name: string, replications: string): Promise<string> {
    await inProcess(['run', file, '--replications', replications, '--out', folder.at(name)]);
    return folder.at(name);
  }

  test('are judged on results as on the scenarios that they are of', async () => {
    const direct = await judged([base, regression], ...FEW);
    const sides = [await resultOf(base, 'g1', '5'), await resultOf(regression, 'g2', '5')] as const;
    for (const from of [await judged(sides), await judged([base, sides[1]], ...FEW)]) {
      for (const [i, wanted] of direct.slice(0, 5).entries()) {
        const found = from[i];
        expect([PARTS[i], found?.verdict]).toEqual([PARTS[i], wanted.verdict]);
        const [own, its] = [wanted.comparisons[0]?.left, found?.comparisons[0]?.left];
        expect(its?.value).toBeCloseTo(own?.value ?? Number.NaN, 6);
        expect(its?.ci95?.[0]).toBeCloseTo(own?.ci95?.[0] ?? Number.NaN, 5);
        expect(its?.ci95?.[1]).toBeCloseTo(own?.ci95?.[1] ?? Number.NaN, 5);
      }
      expect(from[5]).toMatchObject({
        verdict: 'not-measured',
        reason: 'the run has no wait.mean of class "nobody"',
      });
      // Results keep groups by mean and interval: two of them together, and pairs, are for the scenarios.
      expect(from[6]).toMatchObject({
        verdict: 'not-measured',
        reason: expect.stringMatching(/mean and interval/),
      });
      expect(from[7]?.verdict).toBe('fail');
      expect(from[7]?.comparisons[0]?.left.value).toBeGreaterThan(0.05);
    }
    expect(direct[6]?.verdict).toBe('pass');
    expect(direct.map(({ verdict }) => verdict)).toContain('fail');
  });

  test('of one replication are in the result as the run had them', async () => {
    const direct = await judged([base, regression], '--replications', '1');
    const results = [await resultOf(base, 'o1', '1'), await resultOf(regression, 'o2', '1')];
    expect(await judged(results)).toEqual(direct);
  });
});

describe('run', () => {
  test('judges the objectives of the scenario: code 1 where one fails, and the result has them', async () => {
    const good = await inProcess(['run', base, '--replications', '4', '--out', folder.at('good')]);
    expect(good.code).toBe(0);
    expect(good.out).toMatch(/Objectives +passed: 2 pass/);
    const result = JSON.parse(read('good', 'result.json'));
    expect(result.objectives.map(({ verdict }: { verdict: string }) => verdict)).toEqual(['pass', 'pass']);
    expect(result.replications.map(({ seed }: { seed: number }) => seed)).toEqual([1, 2, 3, 4]);
    const mean = result.replications.reduce(
      (sum: number, { metrics }: { metrics: Record<string, number> }) =>
        sum + (metrics['wait.mean'] ?? 0) / 4,
      0,
    );
    expect(mean).toBeCloseTo(result.metrics['wait.mean'].value, 9);
    const bad = await inProcess(['run', regression, '--replications', '4', '--out', folder.at('failed')]);
    expect(bad.code).toBe(1);
    expect(bad.out).toMatch(/Objectives +FAILED: 1 pass, 1 FAIL/);
    expect(existsSync(folder.at('failed', 'result.json'))).toBe(true);
    const one = await inProcess(['run', base]);
    expect(one.out).toMatch(/one replication: the verdict of this run/);
  });

  test('leaves to compare what speaks of a base', async () => {
    const file = folder.write('relative.yaml', `${SMALL_YAML}objectives: [ "delta(wait.mean) < 5%" ]\n`);
    const run = await inProcess(['run', file]);
    expect([run.code, run.out]).toEqual([0, expect.stringMatching(/speaks of a base: compare\s+judges it/)]);
    expect((await inProcess(['compare', base, file, ...FEW])).code).toBe(0);
  });
});

describe('the action', () => {
  const action = parse(readFileSync('action.yml', 'utf8'));
  const step = action.runs.steps.find(({ id }: { id?: string }) => id === 'compare');

  /** Runs the step as the runner does: its script, its variables with the inputs put in, in a checkout. */
  function runStep(inputs: Readonly<Record<string, string>>, name: string) {
    mkdirSync(folder.at(name), { recursive: true });
    const values: Record<string, string> = Object.fromEntries(
      Object.entries(action.inputs as Record<string, { default?: string }>).map(
        ([key, { default: preset }]) => [key, inputs[key] ?? preset ?? ''],
      ),
    );
    const env = Object.fromEntries(
      Object.entries(step.env as Record<string, string>).map(([key, text]) => [
        key,
        text
          .replace(/\$\{\{ github\.action_path \}\}/, resolve('.'))
          .replace(/\$\{\{ inputs\.(\w+) \}\}/, (_, input: string) => values[input] ?? ''),
      ]),
    );
    const [summary, output] = [folder.at(name, 'summary'), folder.at(name, 'output')];
    for (const file of [summary, output]) writeFileSync(file, '');
    const run = spawnSync('/bin/bash', ['--noprofile', '--norc', '-eo', 'pipefail', '-c', step.run], {
      cwd: folder.path,
      encoding: 'utf8',
      env: { ...process.env, ...env, GITHUB_STEP_SUMMARY: summary, GITHUB_OUTPUT: output },
    });
    return {
      code: run.status,
      text: run.stdout + run.stderr,
      summary: readFileSync(summary, 'utf8'),
      output: readFileSync(output, 'utf8'),
    };
  }

  test('no input is part of a script, and every input is used', () => {
    for (const { run } of action.runs.steps) expect(run).not.toContain('${{');
    const used = Object.values(step.env as Record<string, string>).join(' ');
    for (const input of Object.keys(action.inputs)) expect(used).toContain(`inputs.${input} `);
  });

  test('fails on a regression, passes on an improvement, and writes the summary of both', {
    timeout: 120_000,
  }, () => {
    const bad = runStep(
      { base: 'base.yaml', candidates: 'worse.yaml', gate: `${GATE}\n`, replications: '5', out: 'a1/out' },
      'a1',
    );
    expect(bad.text).toMatch(/^::error file=worse\.yaml,line=14,col=5,/m);
    expect(bad.code).toBe(1);
    expect(bad.summary).toMatch(/^## Slicewise: ❌ Failed/);
    expect(bad.output).toBe('verdict=fail\nsummary=a1/out/compare.md\nsarif=a1/out/compare.sarif\n');
    const good = runStep(
      {
        base: 'base.yaml',
        candidates: 'better.yaml',
        gate: `${GATE}\nwait.mean < 1 d`,
        replications: '5',
        out: 'a2/out',
        strict: 'true',
        metrics: 'wait.mean',
      },
      'a2',
    );
    expect(good.code).toBe(0);
    expect(good.summary).toMatch(/^## Slicewise: ✅ Passed/);
    expect(good.output).toMatch(/^verdict=pass$/m);
  });

  test('with wrong input has code 2 and no summary, whatever the text of an input', {
    timeout: 120_000,
  }, () => {
    const run = runStep(
      { base: 'base.yaml', candidates: '--version', gate: '$(touch pwned); `touch pwned`', out: 'a3/out' },
      'a3',
    );
    expect(run.code).toBe(2);
    expect([run.summary, run.output]).toEqual(['', '']);
    expect(existsSync(folder.at('pwned'))).toBe(false);
  });
});
