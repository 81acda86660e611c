import type { Readings } from '../observe/metric.ts';
import type { Scenario } from '../scenario/types.ts';

/**
 * How far what was promised was kept, over everybody to whom it was: `slo.requests`, of the requests of services with an
 * objective, and `slo.frames`, of the frames of session groups that draw. Deadlines of jobs:
 * `deadline.met` (sim/observe/deadline-book.ts).
 */
export function readAttainment(into: Readings, { workload: { services, sessions } }: Scenario): void {
  const value = (name: string) => into.get(name)?.value ?? 0;
  const part = (name: string, kept: number, all: number) => {
    if (all > 0) into.set(name, { value: kept / all, unit: 'fraction' });
  };
  let [inTime, requests] = [0, 0];
  for (const { name, objectiveUs } of services) {
    if (objectiveUs === null) continue;
    const all = value(`service.${name}.answered`) + value(`service.${name}.overdue`);
    requests += all;
    inTime += value(`service.${name}.withinObjective`) * all;
  }
  part('slo.requests', inTime, requests);
  let [seenInTime, frames] = [0, 0];
  for (const { name, frames: drawn } of sessions) {
    if (drawn === null) continue;
    const session = (metric: string) => value(`session.${name}.${metric}`);
    // Frames a second of all its users together.
    const drawnPerSec = session('on.mean') * session('active.mean') * session('frame.rate');
    frames += drawnPerSec;
    seenInTime += session('frame.inTime') * drawnPerSec;
  }
  part('slo.frames', seenInTime, frames);
}
