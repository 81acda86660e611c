import { existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, type TestContext, test } from 'vitest';
import { EVIDENCES, gpuMemoryMib, resolveGpu } from '../../sim/hardware/index.ts';
import { OVERHEAD_RECORDS } from '../../sim/hardware/overheads/index.ts';
import { createDistribution } from '../../sim/kernel/distributions/index.ts';
import {
  assumedFigures,
  type BatchPreset,
  figuresOf,
  PRESETS,
  type Preset,
  presetNamed,
  type ServicePreset,
  type SessionPreset,
} from '../../sim/scenario/presets/index.ts';
import { WORKLOAD_CLASSES } from '../../sim/sharing/index.ts';
import { logonDays } from '../../sim/workload/logons.ts';
import { BatchWork } from '../../sim/workload/service/batch-work.ts';

const TRACES = fileURLToPath(new URL('../../../shared/traces/', import.meta.url));

/** Lines of a published table as lists of fields; skips the test where the tables are not at hand. */
function table(context: TestContext, file: string): string[][] {
  context.skip(!existsSync(TRACES), 'needs the published tables in ../shared/traces');
  return readFileSync(`${TRACES}${file}`, 'utf8')
    .trim()
    .split(/\r?\n/)
    .map((line) => line.split(','));
}

const each = PRESETS.map((preset): [string, Preset] => [preset.name, preset]);
const sessions = PRESETS.filter((p): p is SessionPreset => p.kind === 'session');
const services = PRESETS.filter((p): p is ServicePreset => p.kind === 'service');
const batches = PRESETS.filter((p): p is BatchPreset => p.kind === 'batch');

test('There is a preset for each workload that the sources name, under one name each', () => {
  const names = PRESETS.map(({ name }) => name);
  expect(new Set(names).size).toBe(names.length);
  for (const stem of [
    'autocad-desktop',
    'office-desktop',
    'cloud-game-1080p',
    'cloud-game-4k',
    'resnet-50-training',
    'resnet-50-inference',
    'resnet-50-inference-latency',
    'ct-reconstruction',
    'render-frame',
    'render-preview',
    'video-encode',
    'risk-model',
    'driving-stream',
    'driving-training',
  ]) {
    expect(presetNamed(stem)?.name).toBe(stem);
  }
  expect(presetNamed('autocad')).toBeUndefined();
  expect(names.every((name) => /^[a-z0-9]+(-[a-z0-9]+)*$/.test(name))).toBe(true);
});

describe.each(each)('The preset %s', (_name, preset) => {
  test('has a source and a grade for each figure, and says which are assumed', () => {
    const figures = figuresOf(preset);
    for (const { key, figure } of figures) {
      expect(figure.source.length, key).toBeGreaterThan(3);
      expect(EVIDENCES, key).toContain(figure.evidence);
      expect(figure.source.startsWith('assumed:'), key).toBe(figure.evidence === 'inferred');
      expect(figure.source.startsWith('claim:'), key).toBe(figure.evidence === 'unverified');
    }
    const words = figures.filter(({ figure }) => /^(assumed|claim):/.test(figure.source));
    expect(assumedFigures(preset)).toEqual(words);
    expect(new Set(figures.map(({ key }) => key)).size).toBe(figures.length);
  });

  test('cites records that the overhead table has', () => {
    const known = new Set(OVERHEAD_RECORDS.map(({ id }) => id));
    for (const { figure } of figuresOf(preset)) {
      for (const id of figure.source.match(/\b(TS|MP|MG|RD|PT|VG)-[A-Za-z0-9-]*[A-Za-z0-9]/g) ?? []) {
        expect(known).toContain(id);
      }
    }
  });

  test('uses its card within what the model allows', () => {
    const { use, slot, referenceModel, gpuCount, cpuMilli, memoryMib } = preset;
    expect(WORKLOAD_CLASSES).toContain(preset.workload);
    expect(Object.keys(use)).toHaveLength(8);
    expect(use.busy.value).toBeGreaterThan(0);
    expect(use.busy.value).toBeLessThanOrEqual(1);
    expect(use.compute.value).toBeGreaterThan(0);
    expect(use.compute.value).toBeLessThanOrEqual(use.busy.value);
    expect(use.bandwidth.value).toBeGreaterThanOrEqual(0);
    expect(use.bandwidth.value).toBeLessThanOrEqual(1);
    expect(use.linkBytesPerSec.value).toBeGreaterThanOrEqual(0);
    expect(use.syncCallsPerSec.value).toBeGreaterThanOrEqual(0);
    for (const whole of [use.memoryMib, use.processes, gpuCount, cpuMilli, memoryMib]) {
      expect(Number.isSafeInteger(whole.value) && whole.value > 0).toBe(true);
    }
    for (const speed of Object.values(use.speedByProfile.value ?? {})) {
      if (speed !== null) expect(speed > 0 && speed <= 1).toBe(true);
    }
    const { gpu, assumption } = resolveGpu(referenceModel.value);
    expect(assumption).toBeNull();
    expect(gpu.id).toBe(referenceModel.value);
    const room = slot.value.kind === 'part' ? slot.value.memoryMib : gpuMemoryMib(gpu);
    expect(use.memoryMib.value).toBeLessThanOrEqual(room);
    expect(room).toBeLessThanOrEqual(gpuMemoryMib(gpu));
    // The link of a card moves some 30 GB/s at most.
    expect(use.linkBytesPerSec.value).toBeLessThan(gpu.pcieLanes * 2e9);
  });
});

test.each(sessions.map((p): [string, SessionPreset] => [p.name, p]))(
  'The frames of %s keep the card as busy as it says, and are in time on a card of their own',
  (_name, { frames, use, activity, durationSec, logon, name }) => {
    const gpuMs = createDistribution(frames.gpuMs.value).mean();
    const fps = frames.targetFps.value;
    expect(use.busy.value).toBeCloseTo((fps * gpuMs) / 1000, 2);
    expect(gpuMs + frames.cpuMs.value).toBeLessThanOrEqual(1000 / fps);
    const seenMs = gpuMs + frames.encodeMs.value + frames.networkMs.value + frames.displayMs.value;
    expect(seenMs).toBeLessThan(frames.deadlineMs.value);
    if (activity.value !== null) {
      expect(createDistribution(activity.value.onSec).mean()).toBeGreaterThan(0);
      expect(createDistribution(activity.value.offSec).mean()).toBeGreaterThan(0);
    }
    expect(() => logonDays(name, logon.value)).not.toThrow();
    if (logon.value.kind !== 'always') {
      const length = createDistribution(durationSec.value!);
      expect(length.mean()).toBeGreaterThan(600);
      expect(length.quantile(0.999)).toBeLessThan(24 * 3600);
    }
  },
);

test.each(services.map((p): [string, ServicePreset] => [p.name, p]))(
  'The batches of %s have a length each, and answer within the objective',
  (_name, { batchSec, maxBatch, batchWaitUs, concurrency, objectiveUs, variability }) => {
    expect(batchSec.value).toHaveLength(maxBatch.value);
    expect(() => new BatchWork({ batchSec: batchSec.value, variability: variability.value })).not.toThrow();
    expect(concurrency.value).toBeGreaterThanOrEqual(1);
    const longestUs = Math.max(...batchSec.value) * 1e6;
    expect(batchWaitUs.value + longestUs).toBeLessThan(objectiveUs.value ?? Infinity);
    // More requests together are never fewer a second.
    const perSec = batchSec.value.map((sec, i) => (i + 1) / sec);
    expect(perSec.every((rate, i) => rate >= (perSec[i - 1] ?? 0))).toBe(true);
  },
);

test('The lengths of jobs are distributions with a mean above 0', () => {
  for (const { lifetimeSec } of batches) {
    const { min, mean } = createDistribution(lifetimeSec.value);
    expect(min).toBeGreaterThanOrEqual(0);
    expect(mean()).toBeGreaterThan(0);
  }
});

describe('Figures that are said to come from a published table are those of the table', () => {
  test('ResNet-50 inference: the profile on slices of an A100', (context) => {
    const rows = table(context, 'parvagpu/prof_data/resnet50.csv')
      .slice(1)
      .map((row) => row.map(Number));
    const perSec = (slices: number, batch: number, processes = 1) =>
      rows.find(([s, b, p]) => s === slices && b === batch && p === processes)![3]!;
    const most = Math.max(...rows.filter(([s, , p]) => s === 7 && p === 1).map(([, , , rate]) => rate!));
    const saturated = presetNamed('resnet-50-inference') as ServicePreset;
    for (const batch of [1, 2, 4, 8, 16, 32, 64]) {
      expect(saturated.batchSec.value[batch - 1]).toBeCloseTo(batch / perSec(7, batch), 9);
    }
    expect(saturated.use.compute.value).toBeCloseTo(perSec(7, 64) / most, 9);
    const names = { '1g.10gb': 1, '2g.20gb': 2, '3g.40gb': 3, '4g.40gb': 4 } as const;
    for (const [name, slices] of Object.entries(names)) {
      const rate = perSec(slices, 64);
      const expected = rate === 0 ? null : rate / perSec(7, 64);
      expect(saturated.use.speedByProfile.value![name]).toBe(expected);
    }
    // One process of batch 64 fits into 2g.20gb, a second one does not; 19968 MiB of it can be used.
    expect(perSec(2, 64)).toBeGreaterThan(0);
    expect(perSec(2, 64, 2)).toBe(0);
    expect(saturated.use.memoryMib.value).toBeGreaterThan(19_968 / 2);

    const alone = presetNamed('resnet-50-inference-latency') as ServicePreset;
    expect(alone.batchSec.value).toEqual([1 / perSec(7, 1)]);
    expect(alone.use.compute.value).toBeCloseTo(perSec(7, 1) / most, 9);
    for (const [name, slices] of [
      ['1g.10gb', 1],
      ['2g.20gb', 2],
    ] as const) {
      expect(alone.use.speedByProfile.value![name]).toBe(Math.min(1, perSec(slices, 1) / perSec(7, 1)));
    }
    expect(perSec(1, 8, 5)).toBeGreaterThan(0);
    expect(alone.use.memoryMib.value * 5).toBeGreaterThan(9728);

    // Models in alphabetical order, scenarios from light to heavy.
    const latencies = table(context, 'parvagpu/SLO/SLO_latency.csv').map((row) => Number(row[8]));
    expect(saturated.objectiveUs.value).toBe(latencies[0]! * 1000);
    expect(alone.objectiveUs.value).toBe(latencies.at(-1)! * 1000);
  });

  test('ResNet training with small images: speed by MIG profile', (context) => {
    const [header, ...rows] = table(context, 'miso/mig_iteration_times.csv');
    const speed = header!.indexOf('speed_vs_7g');
    const published = rows.filter((row) => row[0] === 'resnet' && row[1] === '256');
    const preset = presetNamed('resnet-small-images-training')!;
    expect(published).toHaveLength(5);
    expect(preset.use.speedByProfile.value).toEqual(
      Object.fromEntries(published.map((row) => [row[2], Number(row[speed])])),
    );
    expect(preset.use.compute.value).toBeCloseTo(3 / 7 / Number(published[2]![speed]), 1);
  });

  test('ResNet-50 training: steps a second alone and in pairs', (context) => {
    context.skip(!existsSync(TRACES), 'needs the published tables in ../shared/traces');
    const text = readFileSync(`${TRACES}gavel/simulation_throughputs.json`, 'utf8');
    const steps = JSON.parse(text) as Record<string, Record<string, Record<string, number | number[]>>>;
    const job = "('ResNet-50 (batch size 64)', 1)";
    const alone = (gpu: string) => steps[gpu]![job]!.null as number;
    const preset = presetNamed('resnet-50-training') as BatchPreset;
    expect(preset.speedByModel.value).toEqual({
      'p100-pcie-16gb': alone('p100') / alone('v100'),
      K80: alone('k80') / alone('v100'),
    });
    const { value } = preset.lifetimeSec.value as { value: number };
    expect(value).toBe(Math.round((90 * 1_281_167) / 64 / alone('v100')));
    const pair = steps.v100![job]![job] as number[];
    const together = (pair[0]! + pair[1]!) / alone('v100');
    expect(preset.use.compute.value).toBeCloseTo(Math.min(1, 1 / together), 2);
  });

  test('YOLOS-small: latency alone', (context) => {
    const rows = table(context, 'measured-sharing/reference_numbers.csv');
    const alone = Number(rows.find(([id]) => id === 'nos-ts-1')![6]);
    const slice = Number(rows.find(([id]) => id === 'nos-mig-1')![6]);
    const yolos = presetNamed('yolos-small-inference') as ServicePreset;
    expect(yolos.batchSec.value[0]).toBeCloseTo(alone, 5);
    expect(yolos.use.speedByProfile.value!['1g.10gb']).toBeCloseTo(alone / slice, 3);
  });
});
