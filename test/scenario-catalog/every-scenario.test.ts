import { basename } from 'node:path';
import { describe, expect, test } from 'vitest';
import { catalogNames } from '../../cli/load-scenario.ts';
import { resolveGpu } from '../../sim/hardware/index.ts';
import type { Scenario } from '../../sim/index.ts';
import { SHARING_MODE_NAMES } from '../../sim/sharing/index.ts';
import { CATALOGUE, catalogueRun, catalogueScenario } from './catalogue.ts';

/** Nine in the morning: most sessions of offices have begun. */
const MORNING_US = 32_400e6;

/** Settings that shorten a timed scenario: to a tenth, but not below the hours in which sessions begin. */
function shortened({ experiment }: Scenario): readonly string[] {
  if (experiment.kind === 'fill') return ['experiment.target=0.05'];
  const fullUs = experiment.horizonUs ?? MORNING_US;
  const us = fullUs <= MORNING_US ? fullUs / 10 : Math.max(fullUs / 10, MORNING_US);
  return [`experiment.horizon=${Math.round(us)}us`, 'experiment.warmup=0s'];
}

/** Modes by scenario. */
const modesOf = ({ fleet }: Scenario) =>
  fleet.kind === 'hosts' ? fleet.groups.flatMap(({ sharing }) => sharing?.mode ?? []) : [];

describe.each(CATALOGUE)('%s', (name) => {
  const { scenario, notes } = catalogueScenario(name);

  test('is named as its file, says what it shows and what is assumed, and cites something', () => {
    expect(scenario.name).toBe(basename(name));
    expect(scenario.description.length).toBeGreaterThan(200);
    expect(scenario.sources.length).toBeGreaterThan(0);
    if (name !== 'openb-like') expect(scenario.description).toMatch(/assumed|left out/i);
  });

  test('has no setting without effect, no demand that fits nowhere and no GPU by half a name', () => {
    const isHarmless = (message: string) => /^(brings figures|asks by share)/.test(message);
    expect(notes.filter(({ message }) => !isHarmless(message))).toEqual([]);
  });

  test('states every timed run with a horizon, so that it ends', () => {
    if (scenario.experiment.kind === 'timed') expect(scenario.experiment.horizonUs).not.toBeNull();
  });

  test('runs, twice the same, and all it measures is within its range', () => {
    const short = shortened(scenario);
    const first = catalogueRun(name, short);
    // Frames change no event and take most of the time: once is enough.
    const frameless = scenario.workload.sessions.map((_, at) => `workload.sessions[${at}].frames=null`);
    const again = catalogueRun(name, [...short, ...frameless]).run;
    if (frameless.length === 0) expect(again).toEqual(first.run);
    else expect(again.digest).toBe(first.run.digest);
    expect(first.value('jobs.arrived')).toBeGreaterThan(0);
    expect(first.value('jobs.rejected')).toBe(0);
    for (const [metric, { value, unit }] of first.run.readings) {
      if (value === null) continue;
      expect(Number.isFinite(value), metric).toBe(true);
      // Rounding of sums of parts is all that may exceed the whole.
      if (unit === 'fraction') expect(value, metric).toBeLessThanOrEqual(1 + 1e-9);
      expect(value, metric).toBeGreaterThanOrEqual(0);
    }
  });
});

test('the catalogue has what the command line finds in it', () => {
  expect(catalogNames()).toEqual(CATALOGUE);
});

test('every sharing mode is shown by a scenario', () => {
  const used = new Set(CATALOGUE.flatMap((name) => modesOf(catalogueScenario(name).scenario)));
  expect(SHARING_MODE_NAMES.filter((mode) => !used.has(mode))).toEqual([]);
});

/** GPUs of the set-ups that the source documents give, and how many parts each is cut into. */
const SET_UPS = [
  ['vgpu-training-a100', 'a100-sxm4-80gb', 8, 'A100DX-20C', 4],
  ['vgpu-render-a6000', 'rtx-a6000', 16, 'RTXA6000-6Q', 8],
  ['vgpu-hpc-h100', 'h100-pcie-80gb', 4, 'H100-40C', 2],
  ['vgpu-ct-dual-a6000', 'rtx-a6000', 2, 'RTXA6000-24Q', 2],
  ['vgpu-cad-quadro-rtx-6000', 'quadro-rtx-6000', 4, 'RTX6000-3Q', 8],
] as const;

test.each(SET_UPS)('%s has %s x %i with parts of type %s, %i a card', (name, id, gpus, type, parts) => {
  const { scenario } = catalogueScenario(name);
  if (scenario.fleet.kind !== 'hosts') throw new Error('the fleet should be stated');
  let found = 0;
  for (const { count, gpus: groups } of scenario.fleet.groups) {
    for (const gpu of groups) {
      expect(resolveGpu(gpu.model).gpu.id).toBe(id);
      found += count * gpu.count;
    }
  }
  expect(found).toBe(gpus);
  const { synthetic, sessions } = scenario.workload;
  const slots = [...(synthetic?.classes ?? []), ...sessions].map(({ slot }) => slot);
  expect(new Set(slots.map((slot) => (slot?.kind === 'profile' ? slot.profile : slot?.kind)))).toEqual(
    new Set([type]),
  );
  // With far more tenants than places, all places are taken: as many as the set-up says.
  const { value } = catalogueRun(name, [
    `workload={sessions: [{name: crowd, users: 400, cpu: 0, memory: 1MiB, slot: {profile: ${type}}, use: {busy: 10%, memory: 100MiB}}]}`,
    'experiment={kind: timed, horizon: 1m}',
  ]);
  expect(value('jobs.running')).toBe(gpus * parts);
  expect(value('jobs.waiting')).toBe(400 - gpus * parts);
});
