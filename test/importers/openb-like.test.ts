import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { deriveFromFolder } from '../../bench/validation/derive-openb-like.ts';
import { normalizeScenario } from '../../sim/scenario/normalize.ts';
import type { Scenario, SyntheticWorkload } from '../../sim/scenario/types.ts';
import { needsOpenbFiles, OPENB_FOLDER } from './openb-files.ts';

const text = readFileSync(new URL('../../scenarios/catalog/openb-like.yaml', import.meta.url), 'utf8');

function scenarioWith(overlay: object = {}): Scenario {
  const result = normalizeScenario({ ...parse(text), ...overlay });
  expect(result).toMatchObject({ ok: true });
  if (!result.ok) throw new Error('the shipped scenario is not valid');
  return result.scenario;
}

const syntheticOf = (scenario: Scenario) => scenario.workload.synthetic as SyntheticWorkload;

describe('the openb-like scenario', () => {
  test('is what its script derives from the published lists', async (context) => {
    needsOpenbFiles(context);
    expect(await deriveFromFolder(OPENB_FOLDER)).toBe(text);
  });

  test('is valid as it stands and as a timed experiment', () => {
    expect(scenarioWith().experiment).toMatchObject({ kind: 'fill', target: 1.3 });
    expect(scenarioWith({ experiment: { kind: 'timed' } }).experiment.kind).toBe('timed');
  });

  test('has the 1,213 published hosts with 6,212 GPUs', () => {
    const { fleet } = scenarioWith();
    if (fleet.kind !== 'hosts') throw new Error('the fleet should be stated');
    const gpusOf = (group: (typeof fleet.groups)[number]) =>
      group.gpus.reduce((sum, gpu) => sum + gpu.count, 0);
    expect(fleet.groups).toHaveLength(15);
    expect(fleet.groups.reduce((sum, group) => sum + group.count, 0)).toBe(1213);
    expect(fleet.groups.reduce((sum, group) => sum + group.count * gpusOf(group), 0)).toBe(6212);
  });

  test('has all 151 shapes of the default list with their counts', () => {
    const { classes, taskCount } = syntheticOf(scenarioWith());
    expect(classes).toHaveLength(151);
    expect(classes.reduce((sum, taskClass) => sum + taskClass.weight, 0)).toBe(8152);
    expect(taskCount).toBe(8152);
    expect(classes[0]).toMatchObject({
      weight: 1047,
      cpuMilli: 3152,
      memoryMib: 5600,
      gpuCount: 1,
      gpuMilli: 810,
    });
  });
});
