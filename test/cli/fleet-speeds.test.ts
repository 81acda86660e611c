import { expect, test } from 'vitest';
import { FleetSpeeds, isModel } from '../../scenarios/fleet-speeds.ts';

test.each([
  ['V100', 'v100', true],
  ['Tesla V100-SXM2-16GB', 'v100', true],
  ['V100M16', 'v100', true],
  ['p100-16gb', 'P100', true],
  ['Quadro P1000', 'p100', false],
  ['GP100', 'p100', false],
  ['P1000 and P100', 'p100', true],
  ['A100', 'v100', false],
])('%s is %s: %s', (model, name, is) => {
  expect(isModel(model, name)).toBe(is);
});

test('speeds are carried over to the names of the fleet', () => {
  const speeds = new FleetSpeeds(['Tesla V100', 'K80', 'T4']);
  expect(speeds.of({ v100: 1, p100: 0.6, k80: 0.25 })).toEqual({
    speedByModel: { 'Tesla V100': 1, K80: 0.25 },
    models: [],
  });
  expect(speeds.findings()).toEqual([
    'has no speeds for T4: taken as the catalogue has them, or as equal',
    'the fleet has no p100',
  ]);
});

test('a job does not go to a model on which it does not run', () => {
  const speeds = new FleetSpeeds(['V100', 'K80', 'T4']);
  expect(speeds.of({ v100: 1, k80: 0 })).toEqual({ speedByModel: { V100: 1 }, models: ['V100', 'T4'] });
});

test('where it runs on no model of the fleet, it asks for the ones that would do', () => {
  expect(new FleetSpeeds(['K80']).of({ v100: 1, p100: 0.5, k80: 0 })).toEqual({
    speedByModel: {},
    models: ['v100', 'p100'],
  });
});
