import { describe, expect, test } from 'vitest';
import { gpuById } from '../../sim/hardware/index.ts';
import { sharingMode, WORKLOAD_CLASSES, type WorkloadClass } from '../../sim/sharing/index.ts';
import { cardBeyondCatalogue, cardOf, figures } from '../contract/examples.ts';
import { partOf, put, ruleOf, run, wholeOf } from './asks-for-tests.ts';

const mode = sharingMode('passthrough');
const A40 = cardOf('a40');
const open = (stated: Record<string, number> = {}) =>
  mode.createCard({ mode: 'passthrough' }, A40, figures(stated));

test('the tenant has the whole card', () => {
  const card = open();
  const slot = put(card, partOf(100, 1000));
  expect([slot.milli, slot.memoryMib]).toEqual([1000, A40.memoryMib]);
  expect(ruleOf(card, partOf(1, 1))).toBe('held-whole');
});

describe('speed', () => {
  test('depends on whether somebody watches', () => {
    const stated = { 'passthrough.compute': 0.96, 'passthrough.interactive': 0.91 };
    const speeds = Object.fromEntries(
      WORKLOAD_CLASSES.map((workload: WorkloadClass) => [
        workload,
        run(open(stated), [wholeOf({ workload })])[0],
      ]),
    );
    expect(speeds).toEqual({
      training: 0.96,
      'inference-saturated': 0.96,
      'inference-latency': 0.96,
      hpc: 0.96,
      graphics: 0.91,
      desktop: 0.91,
      render: 0.96,
      video: 0.96,
      generic: 0.96,
    });
  });

  test('loses 1.5 % on compute and 3 % on graphics, as measured', () => {
    expect(run(open(), [wholeOf({ workload: 'training' })])).toEqual([0.985]);
    expect(run(open(), [wholeOf({ workload: 'graphics' })])).toEqual([0.97]);
    const ranges = mode.parameters.slice(0, 2).map(({ low, high }) => [low, high]);
    expect(ranges).toEqual([
      [0.95, 1],
      [0.9, 1],
    ]);
  });
});

test('the host sees nothing of it, and it does not move while it runs', () => {
  expect(mode.traits.hostMetrics).toBe('no');
  expect(mode.traits.liveMigration).toBe('none');
  const operations = mode.operations({ mode: 'passthrough' }, A40);
  expect(operations.some((path) => path.operation === 'migrate')).toBe(false);
  expect(operations.find((path) => path.operation === 'start')?.steps.map((step) => step.parameter)).toEqual([
    'passthrough.vm-boot',
    'passthrough.attach',
  ]);
});

test('a GPU that cannot be passed through is refused, one that the catalogue does not have is not', () => {
  expect(mode.check({ mode: 'passthrough' }, A40)).toEqual([]);
  expect(mode.check({ mode: 'passthrough' }, cardBeyondCatalogue('some GPU', 1024))).toEqual([]);
  const a40 = gpuById('a40')!;
  const bound = {
    ...A40,
    catalogue: { ...a40, virtualization: { ...a40.virtualization, passthrough: false } },
  };
  expect(mode.check({ mode: 'passthrough' }, bound).map((problem) => problem.key)).toEqual(['mode']);
});
