import { describe, expect, test } from 'vitest';
import { isAssumed, sharingMode } from '../../sim/sharing/index.ts';
import { cardBeyondCatalogue, cardOf, figures } from '../contract/examples.ts';
import { speedsOf } from '../contract/residents.ts';
import { partOf, put, ruleOf, run, times, wholeOf } from './asks-for-tests.ts';

const HOST = cardBeyondCatalogue('host CPU', 65_536);

describe('software rendering', () => {
  const mode = sharingMode('software');
  const open = (tenants = 4, stated: Record<string, number> = {}) =>
    mode.createCard({ mode: 'software', tenants }, HOST, figures(stated));

  test('slows down the GPU part of the work alone', () => {
    const speed = (busy: number) => run(open(4, { 'software.speed': 0.04 }), [partOf(0, 0, { busy })])[0]!;
    expect(speed(1)).toBeCloseTo(0.04, 12);
    expect(speed(0.5)).toBeCloseTo(1 / (0.5 / 0.04 + 0.5), 12);
    expect(speed(0.01)).toBeCloseTo(1 / (0.01 / 0.04 + 0.99), 12);
  });

  test('divides the CPU among those who draw', () => {
    const card = open(3, { 'software.speed': 0.03 });
    const use = partOf(0, 0).use;
    const settled = [true, true, false].map((isActive) => ({ slot: put(card, partOf(0, 0)), use, isActive }));
    const speeds = speedsOf(card, settled);
    expect(speeds[0]).toBeCloseTo(0.015, 12);
    expect(speeds[1]).toBeCloseTo(0.015, 12);
    expect(speeds[2]).toBe(0);
  });

  test('takes as many tenants as configured, and no CUDA', () => {
    const card = open(2);
    expect(ruleOf(card, partOf(0, 0, { workload: 'training' }))).toBe('api-missing');
    put(card, partOf(0, 0, { workload: 'desktop' }));
    put(card, partOf(0, 0, { workload: 'render' }));
    expect(ruleOf(card, partOf(0, 0, { workload: 'desktop' }))).toBe('pool-session-limit');
    expect(mode.check({ mode: 'software', tenants: 0 }, HOST)).toHaveLength(1);
  });

  test('is reported as assumed, and moves live', () => {
    const speed = mode.parameters.find((each) => each.id === 'software.speed')!;
    expect([speed.low, speed.typical, speed.high, isAssumed(speed)]).toEqual([0.005, 0.03, 0.1, true]);
    const moves = mode.operations({ mode: 'software', tenants: 1 }, HOST);
    expect(moves.some((path) => path.operation === 'migrate' && path.path === 'live')).toBe(true);
  });
});

describe('paravirtual GPUs', () => {
  const mode = sharingMode('paravirtual');
  const QUADRO = cardOf('quadro-rtx-4000');
  const open = (tenants = 4) => mode.createCard({ mode: 'paravirtual', tenants }, QUADRO, figures());

  test('lose 15 to 20 % alone, which nobody has measured', () => {
    expect(run(open(), [wholeOf()])).toEqual([0.825]);
    const efficiency = mode.parameters.find((each) => each.id === 'paravirtual.efficiency')!;
    expect(isAssumed(efficiency)).toBe(true);
    expect([efficiency.low, efficiency.high]).toEqual([0.3, 0.85]);
  });

  test('divide the rest in turns', () => {
    const speeds = run(open(), [...times(2, partOf(0, 0)), partOf(0, 0, { busy: 0.2 })]);
    expect(speeds[0]).toBeCloseTo(0.4 * 0.825, 12);
    expect(speeds[1]).toBeCloseTo(0.4 * 0.825, 12);
    expect(speeds[2]).toBeCloseTo(0.825, 12);
  });
});
