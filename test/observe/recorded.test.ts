import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { measureRecorded, type Replication, RunRecorder, replicate, type Scenario } from '../../sim/index.ts';
import { lives } from '../property/life-scenarios.ts';
import { sharedScenarios } from '../property/shared-scenarios.ts';
import { normalized } from '../scenario/problems-of.ts';

/** A run, and what comes of its record. */
function twice(scenario: Scenario): {
  readonly live: Replication;
  readonly again: ReturnType<typeof measureRecorded>;
} {
  let recorder: RunRecorder | undefined;
  const live = replicate(scenario, {}, scenario.seed, {
    observers: (fleet) => {
      recorder = new RunRecorder(fleet);
      return [recorder];
    },
  });
  return { live, again: measureRecorded(scenario, {}, (recorder as RunRecorder).record) };
}

function expectTheSame({ live, again }: ReturnType<typeof twice>): void {
  const measured = new Map(live.readings);
  expect(again.readings.length).toBeGreaterThan(30);
  expect(again.readings.map(([name]) => [name, measured.get(name)])).toEqual(again.readings);
  expect(again.groups).toEqual(live.groups);
  // Licences are counted by the run itself.
  expect(again.series).toEqual(live.series?.filter(({ name }) => !name.startsWith('licences.')));
  // Frame times are worked out by the run itself.
  const isOfFleet = ({ scope }: { readonly scope: string }) => !scope.startsWith('sessions ');
  expect(again.alerts.filter(isOfFleet)).toEqual(live.alerts?.filter(isOfFleet));
}

/** Hours of simulated time; runs with many small requests are cut shorter. */
const HOURS: Readonly<Record<string, number>> = {
  'api-remoting-10gbe': 0.1,
  'api-remoting-rdma': 0.1,
  'edge-jetson-orin': 0.1,
  'mig-inference-a100': 0.05,
  'mps-inference-a100': 0.1,
  'hook-percent-caps': 0.3,
  'vgpu-cloud-games-a10': 6,
  'vgpu-autocad-l40s': 9,
  'vgpu-office-a16': 9,
};
const USUAL_HOURS = 4;

const catalogue = readdirSync('scenarios/catalog')
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace('.yaml', ''))
  .flatMap((name) => {
    const { scenario } = normalized(parse(readFileSync(`scenarios/catalog/${name}.yaml`, 'utf8')));
    const { experiment } = scenario;
    if (experiment.kind === 'fill') return [];
    const horizonUs = Math.min(
      experiment.horizonUs ?? Number.POSITIVE_INFINITY,
      (HOURS[name] ?? USUAL_HOURS) * 3600e6,
    );
    const warmupUs = Math.min(experiment.warmupUs, horizonUs / 4);
    return [
      [name, { ...scenario, experiment: { ...experiment, horizonUs, warmupUs } } satisfies Scenario] as const,
    ];
  });

describe('what is measured of the record of a run is what was measured while it ran', () => {
  test.each(catalogue)('%s', (_name, scenario) => {
    expectTheSame(twice(scenario));
  });

  test('on random fleets of shared cards with services, sessions, changes of hosts and moves', () => {
    fc.assert(
      fc.property(sharedScenarios({ services: 'any', sessions: true, changes: 'any' }), (scenario) => {
        expectTheSame(twice(scenario));
      }),
      { numRuns: 15 },
    );
  });

  test('on random lives of jobs with preemption, faults, gangs and hosts that come and go', () => {
    fc.assert(
      fc.property(lives, (document) => {
        expectTheSame(twice(normalized(document).scenario));
      }),
      { numRuns: 15 },
    );
  });
});
