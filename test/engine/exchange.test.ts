import { expect, test } from 'vitest';
import { replicate } from '../../sim/index.ts';
import { scenarioOf } from './scenario-for-tests.ts';

/** Completion time of a job of one hour on two A100 that exchange data for 30 % of it when NVLink joins them, in seconds. */
function hourOn(gpus: object, host: object = {}, overheads: object = {}): number {
  const scenario = scenarioOf({
    apiVersion: 'slicewise/v1',
    name: 'gang',
    fleet: {
      hosts: [
        {
          name: 'h',
          cpu: 64,
          memory: '512GiB',
          gpus: { model: 'A100-SXM4-80GB', count: 2, ...gpus },
          sharing: 'bare-metal',
          ...host,
        },
      ],
    },
    workload: {
      synthetic: {
        tasks: 1,
        arrivals: { process: 'deterministic', rate: '1/h' },
        classes: [
          {
            name: 'c',
            cpu: 1,
            memory: '1GiB',
            gpus: 2,
            communication: 0.3,
            use: { workload: 'training', busy: 1, compute: 1, bandwidth: 1, memory: '1GiB' },
            lifetime: { kind: 'constant', value: '1h' },
          },
        ],
      },
    },
    overheads,
    experiment: { kind: 'timed' },
  });
  return (
    replicate(scenario, {}, 1).readings.find(([name]) => name === 'completion.mean')?.[1].value ?? Number.NaN
  );
}

/** NVLink 3: 600 GB/s in both directions, 300 in one. PCIe 4.0: 16 GT/s a lane, 128 of 130 bits. */
const NVLINK = 300e9;
const lanes = (count: number) => (count * 16e9 * (128 / 130)) / 8;
const expected = (linkBytesPerSec: number) => 3600 * (0.7 + 0.3 * (NVLINK / linkBytesPerSec));

test('two GPUs joined by NVLink exchange as measured', () => {
  expect(hourOn({})).toBe(3600);
});

test('without NVLink the exchange takes as much longer as the link is slower', () => {
  expect(hourOn({ nvlink: false })).toBeCloseTo(expected(lanes(16)), 3);
});

test('a bifurcated slot halves the link', () => {
  expect(hourOn({ nvlink: false, pcie: { lanes: 8 } })).toBeCloseTo(expected(lanes(8)), 3);
});

test('across NUMA domains a stated part of the link is left', () => {
  const overheads = { 'host.cross-numa-bandwidth': 0.5 };
  expect(hourOn({ nvlink: false }, { numa: 2 }, overheads)).toBeCloseTo(expected(lanes(16) / 2), 3);
  expect(hourOn({}, { numa: 2 }, overheads)).toBe(3600);
});
