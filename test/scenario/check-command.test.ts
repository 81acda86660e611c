import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Command } from 'commander';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { registerCheck } from '../../cli/commands/check.ts';
import { registerSchema } from '../../cli/commands/schema.ts';
import { UsageError } from '../../cli/errors.ts';
import { catalogNames, loadScenario } from '../../cli/load-scenario.ts';
import { scenarioJsonSchema } from '../../sim/scenario/index.ts';
import { EXAMPLE_YAML, smallDocument } from './example.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'slicewise-check-'));
  writeFileSync(join(folder, 'example.yaml'), EXAMPLE_YAML);
  writeFileSync(join(folder, 'small.json'), JSON.stringify(smallDocument()));
  writeFileSync(join(folder, 'broken.yaml'), 'name: [\n');
  writeFileSync(join(folder, 'binary.yaml'), Buffer.from([0x6e, 0xff, 0xfe, 0x00]));
});
afterAll(() => rmSync(folder, { recursive: true }));

/** Runs the command line and gives what it wrote. */
function run(...args: string[]): { readonly out: string; readonly err: string } {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    isTty: false,
    columns: 100,
  };
  const program = new Command().exitOverride().configureOutput({ writeErr: () => {} });
  registerCheck(program, io);
  registerSchema(program, io);
  program.parse(args, { from: 'user' });
  return { out, err };
}

/** The problems that the command line ends with. */
function refusal(...args: string[]): UsageError {
  try {
    run(...args);
  } catch (error) {
    if (error instanceof UsageError) return error;
    throw error;
  }
  throw new Error('expected a UsageError');
}

test('check prints the canonical form, which checks to itself', () => {
  const { out } = run('check', join(folder, 'example.yaml'));
  expect(out).toContain('memory: 393216MiB');
  writeFileSync(join(folder, 'canonical.yaml'), out);
  expect(run('check', join(folder, 'canonical.yaml')).out).toBe(out);
});

test('check --json prints the same as JSON, and settings apply first', () => {
  const { out } = run(
    'check',
    join(folder, 'small.json'),
    '--json',
    '--set',
    'policy.placement=fgd',
    '--set',
    'seed=9',
  );
  expect(JSON.parse(out)).toMatchObject({ seed: 9, policy: { placement: 'fgd' } });
});

test('check tells of roundings on the side', () => {
  const { out, err } = run('check', join(folder, 'small.json'), '--set', 'fleet.hosts.h.memory=64GB');
  expect(err).toBe('note: fleet.hosts[0].memory: 64GB is rounded to 61035MiB\n');
  expect(out).toContain('61035MiB');
});

test('a problem names its place in the file, or the setting it comes from', () => {
  const file = join(folder, 'example.yaml');
  const { problems } = refusal(
    'check',
    file,
    '--set',
    'experiment.warmup=60d',
    '--set',
    'policy.placement=fdg',
  );
  expect(problems.map(({ path, at }) => [path, at])).toEqual([
    ['policy.placement', '--set policy.placement=fdg'],
    ['experiment.warmup', '--set experiment.warmup=60d'],
  ]);
  const { problems: inFile } = refusal('check', file, '--set', 'workload.synthetic.lifetimes.short=null');
  expect(inFile).toMatchObject([
    { path: 'workload.synthetic.classes[0].lifetime', at: expect.stringMatching(/example\.yaml:29:\d+$/) },
  ]);
});

test('a setting that removes a list item leaves no wrong place behind', () => {
  const file = join(folder, 'example.yaml');
  const { problems } = refusal('check', file, '--set', 'fleet.hosts.g2=null');
  expect(problems).toMatchObject([
    { path: 'workload.synthetic.classes[0].models[1]', at: expect.stringMatching(/:29:\d+$/) },
  ]);
  const broken = EXAMPLE_YAML.replace('cpu: "128"', 'cpu: "x"');
  writeFileSync(join(folder, 'cpu.yaml'), broken);
  const { problems: later } = refusal('check', join(folder, 'cpu.yaml'), '--set', 'fleet.hosts.mixed=null');
  expect(later[0]).toMatchObject({ path: 'fleet.hosts[1].cpu', at: join(folder, 'cpu.yaml') });
});

test('files that cannot be read are problems', () => {
  expect(refusal('check', join(folder, 'missing.yaml')).problems).toMatchObject([
    { message: 'no such file' },
  ]);
  expect(refusal('check', join(folder, 'binary.yaml')).problems).toMatchObject([
    { message: 'is not UTF-8 text' },
  ]);
  expect(refusal('check', folder).problems[0]?.message).toBe('is a folder: must be a file');
  expect(refusal('check', join(folder, 'broken.yaml')).problems[0]?.at).toMatch(/broken\.yaml:\d+:\d+$/);
  expect(refusal('check', join(folder, 'small.json'), '--set', 'sed=1').problems[0]?.path).toBe(
    '--set sed=1',
  );
});

test('a name that is no file is looked up in the catalogue', () => {
  const { problems } = refusal('check', 'openb-lik');
  expect(problems[0]?.message).toBe('is neither a file nor a scenario of the catalogue');
  expect(problems[0]?.hint).toMatch(/^did you mean "openb-like"\? accepted: api-remoting-10gbe, /);
});

test('every scenario of the catalogue is valid', () => {
  expect(catalogNames()).toContain('openb-like');
  // Those of a folder are named as their file.
  for (const name of catalogNames()) expect(loadScenario(name).scenario.name).toBe(name.split('/').at(-1));
});

test('schema prints the JSON Schema', () => {
  expect(JSON.parse(run('schema').out)).toEqual(scenarioJsonSchema());
});
