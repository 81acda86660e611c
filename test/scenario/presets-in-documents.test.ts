import { describe, expect, test } from 'vitest';
import { createDistribution, type DistributionSpec } from '../../sim/kernel/distributions/index.ts';
import type { ScenarioDocument } from '../../sim/scenario/index.ts';
import { durations, numbers } from '../../sim/scenario/preset-document.ts';
import { assumedFigures, PRESETS, type Preset } from '../../sim/scenario/presets/index.ts';
import { resolveDistribution } from '../../sim/scenario/resolve/distribution.ts';
import { dayOf, host, normalized, problemsOf, scenarioOf } from './problems-of.ts';

/** Hosts on which any preset can run. */
const HOSTS = [host({ cpu: 512, memory: '4TiB', gpus: { model: 'H200', count: 8 }, sharing: 'bare-metal' })];

/** The smallest scenario with a preset. */
function documentOf({ name, kind }: Preset, more: object = {}): ScenarioDocument {
  if (kind === 'service') {
    const traffic = { kind: 'closed', clients: 1 } as const;
    return dayOf({ services: [{ name: 'x', preset: name, traffic, ...more }] }, HOSTS);
  }
  if (kind === 'session') return dayOf({ sessions: [{ name: 'x', preset: name, users: 1, ...more }] }, HOSTS);
  const document = scenarioOf(HOSTS);
  const synthetic = document.workload.synthetic as NonNullable<typeof document.workload.synthetic>;
  return {
    ...document,
    workload: { synthetic: { ...synthetic, classes: [{ name: 'x', preset: name, ...more }] } },
  };
}

function demandOf(document: ScenarioDocument) {
  const { synthetic, services, sessions } = normalized(document).scenario.workload;
  const demand = [...(synthetic?.classes ?? []), ...services, ...sessions][0];
  if (demand === undefined) throw new Error('there is one demand');
  return demand;
}

describe.each(PRESETS.map((preset) => [preset.name, preset] as const))('preset %s', (_, preset) => {
  test('says all that a document needs', () => {
    expect(problemsOf(documentOf(preset))).toEqual([]);
  });

  test('comes out of the document as it went in, to the microsecond', () => {
    const demand = demandOf(documentOf(preset));
    const { use, cpuMilli, memoryMib, gpuCount, slot, referenceModel, communication } = preset;
    expect(demand).toMatchObject({
      cpuMilli: cpuMilli.value,
      memoryMib: memoryMib.value,
      gpuCount: gpuCount.value,
      slot: slot.value,
      referenceModel: referenceModel.value,
      communication: communication.value,
    });
    expect(demand.use?.workload).toBe(preset.workload);
    for (const [key, figure] of Object.entries(use)) {
      const value = demand.use?.[key as keyof typeof use];
      if (typeof figure.value !== 'number' || typeof value !== 'number') expect(value).toEqual(figure.value);
      else
        expect(Math.abs(value - figure.value)).toBeLessThanOrEqual(key === 'linkBytesPerSec' ? 0.5 : 1e-12);
    }
    if (preset.kind === 'session' && 'frames' in demand) {
      const mean = (spec: DistributionSpec) => createDistribution(spec).mean();
      const frames = demand.frames as NonNullable<typeof demand.frames>;
      expect(Math.abs(mean(frames.gpuMs) / mean(preset.frames.gpuMs.value) - 1)).toBeLessThan(1e-3);
      for (const [key, figure] of Object.entries(preset.frames)) {
        if (key !== 'gpuMs') expect(frames[key as keyof typeof frames]).toEqual(figure.value);
      }
    }
    if (preset.kind === 'service' && 'batchSec' in demand) {
      expect(demand).toMatchObject({
        maxBatch: preset.maxBatch.value,
        batchWaitUs: preset.batchWaitUs.value,
      });
      for (const [i, seconds] of demand.batchSec.entries()) {
        expect(Math.abs(seconds - (preset.batchSec.value[i] as number))).toBeLessThan(1e-6);
      }
    }
  });

  test('its canonical form says everything itself', () => {
    const { document } = normalized(documentOf(preset));
    const again = normalized(document);
    expect(again.document).toEqual(document);
    // Without the name of the preset nothing is missing.
    const text = JSON.stringify(document).replace(`"preset":${JSON.stringify(preset.name)},`, '');
    expect(text).not.toContain('"preset"');
    expect(normalized(JSON.parse(text)).scenario).toEqual(normalized(document).scenario);
  });

  test('its assumed figures are noted', () => {
    const notes = normalized(documentOf(preset)).notes.filter(({ path }) => path.endsWith('.preset'));
    const count = assumedFigures(preset).length;
    expect(notes.map(({ message }) => message.split(', ').length)).toEqual(count === 0 ? [] : [count]);
  });
});

describe('what a document says itself', () => {
  const preset = PRESETS.find(({ name }) => name === 'office-desktop') as Preset;

  test('takes the place of the preset, inside use key by key', () => {
    const demand = demandOf(documentOf(preset, { cpu: 1, use: { busy: '50%' }, activity: null }));
    expect(demand).toMatchObject({ cpuMilli: 1000, memoryMib: preset.memoryMib.value, activity: null });
    expect(demand.use).toMatchObject({ busy: 0.5, compute: preset.use.compute.value });
  });

  test('a share takes the place of its part, and its figures are no longer assumed', () => {
    const demand = demandOf(documentOf(preset, { gpu: '100%' }));
    expect(demand.slot).toEqual({ kind: 'whole' });
    const { notes } = normalized(documentOf(preset, { use: { busy: '50%' } }));
    const [note] = notes.filter(({ path }) => path.endsWith('.preset'));
    expect(note?.message).not.toContain('use.busy');
    expect(note?.message).toContain('use.compute');
  });

  test('names of presets are those of the right kind', () => {
    expect(problemsOf(documentOf({ ...preset, name: 'office-desktpo' }))).toEqual([
      expect.stringMatching(
        /^workload\.sessions\[0\]\.preset: must be a preset of session groups, got "office-desktpo" \(did you mean "office-desktop"\?/,
      ),
    ]);
    expect(problemsOf(documentOf({ ...preset, name: 'resnet-50-training' }))[0]).toMatch(
      /must be a preset of session groups, got "resnet-50-training"/,
    );
  });
});

test('every kind of distribution goes into a document and comes back', () => {
  const specs: readonly DistributionSpec[] = [
    { kind: 'constant', value: 3 },
    { kind: 'exponential', mean: 4 },
    { kind: 'uniform', min: 1, max: 2.5 },
    { kind: 'normal', mean: 5, stdDev: 2, min: 1, max: 9 },
    { kind: 'lognormal', logMean: 1.5, logStdDev: 0.7 },
    { kind: 'gamma', shape: 2.5, scale: 3 },
    { kind: 'weibull', shape: 1.5, scale: 2 },
    { kind: 'pareto', shape: 2.5, min: 1, max: 40 },
    { kind: 'empirical', values: [1, 2, 7] },
    {
      kind: 'quantile-table',
      points: [
        { p: 0, value: 1 },
        { p: 0.5, value: 2 },
        { p: 1, value: 30 },
      ],
    },
    { kind: 'discrete', values: [1, 5], weights: [2, 1] },
    {
      kind: 'mixture',
      components: [
        { weight: 1, distribution: { kind: 'constant', value: 1 } },
        { weight: 2, distribution: { kind: 'exponential', mean: 2 } },
      ],
    },
  ];
  for (const spec of specs) {
    const before = createDistribution(spec);
    for (const back of [resolveDistribution(durations(spec)), resolveDistribution(numbers(spec))]) {
      const after = createDistribution(back);
      for (const p of [0.01, 0.3, 0.5, 0.9, 0.999]) {
        expect(after.quantile(p)).toBeCloseTo(before.quantile(p), 5);
      }
    }
    const millis = createDistribution(resolveDistribution(durations(spec, 1 / 1000), 1000));
    expect(millis.quantile(0.5)).toBeCloseTo(before.quantile(0.5), 2);
  }
});
