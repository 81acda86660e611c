import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { measureReplay } from '../../sim/experiment/replay-measure.ts';
import type { Replication, Scenario } from '../../sim/index.ts';
import { lives } from '../property/life-scenarios.ts';
import { sharedScenarios } from '../property/shared-scenarios.ts';
import { normalized } from '../scenario/problems-of.ts';
import { TIMED_RUNS } from './catalogue.ts';
import { outlineOf, readFrom, runWithReplay } from './run-with-replay.ts';

/** Thirteen digits: hosts that changed at one instant are looked at in another order, and sums round differently. */
function rounded<T>(value: T): T {
  const text = JSON.stringify(value, (_key, each: unknown) =>
    typeof each === 'number' ? Number(each.toPrecision(13)) : each,
  );
  return text === undefined ? value : (JSON.parse(text) as T);
}

/** What is measured of the file is what was measured while it was written. */
function expectTheSame(scenario: Scenario, look: <T>(value: T) => T = (value) => value): void {
  const { file, run } = runWithReplay(scenario, []);
  const again = readFrom(file, measureReplay(outlineOf(file), file.length, scenario, {}));
  const measured = new Map(run.readings);
  expect(again.readings.length).toBeGreaterThan(30);
  expect(look(again.readings)).toEqual(
    look(again.readings.map(([name]: Replication['readings'][number]) => [name, measured.get(name)])),
  );
  expect(look(again.groups)).toEqual(look(run.groups));
  // Licences are counted by those who lend them: the replay does not know them.
  const isMeasured = ({ name }: { readonly name: string }) => !name.startsWith('licences.');
  expect(look(again.series)).toEqual(look(run.series?.filter(isMeasured)));
  // Frame times are worked out by the run itself.
  const isOfFleet = ({ scope }: { readonly scope: string }) => !scope.startsWith('sessions ');
  expect(look(again.alerts.filter(isOfFleet))).toEqual(look(run.alerts?.filter(isOfFleet)));
}

describe('what is measured of a replay file is what was measured while it was written', () => {
  test.each(TIMED_RUNS.map((run) => [run.name, run] as const))('%s', (_name, { scenario }) => {
    expectTheSame(scenario);
  });

  test('on random fleets of shared cards with services, sessions, changes of hosts and moves', () => {
    fc.assert(
      fc.property(sharedScenarios({ services: 'any', sessions: true, changes: 'any' }), (scenario) =>
        expectTheSame(scenario, rounded),
      ),
      { numRuns: 12 },
    );
  });

  test('on random lives of jobs with preemption, faults, gangs and hosts that come and go', () => {
    fc.assert(
      fc.property(lives, (document) => expectTheSame(normalized(document).scenario, rounded)),
      { numRuns: 12 },
    );
  });
});
