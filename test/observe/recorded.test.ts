import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureRecorded, type Replication, RunRecorder, replicate, type Scenario } from '../../sim/index.ts';
import { lives } from '../property/life-scenarios.ts';
import { sharedScenarios } from '../property/shared-scenarios.ts';
import { TIMED_RUNS } from '../replay/catalogue.ts';
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

describe('what is measured of the record of a run is what was measured while it ran', () => {
  test.each(TIMED_RUNS.map((run) => [run.name, run] as const))('%s', (_name, { scenario }) => {
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
