import type { Micros } from '../kernel/time.ts';
import type { TaskSource } from '../workload/task.ts';
import { reserve } from './reserve.ts';
import { admitJob, type RunContext, whyNot } from './run-context.ts';

/**
 * The fill experiment: jobs arrive one after another and never leave; one that fits nowhere is rejected. Arrival times
 * are not looked at; the clock counts arrivals, one microsecond each.
 *
 * @param onProgress told the number of jobs so far, now and then
 * @returns how many jobs arrived
 */
export function runFill(run: RunContext, source: TaskSource, onProgress?: (jobs: number) => void): number {
  const { fleet, placer, observers } = run;
  let number = 0;
  for (let task = source.nextTask(); task !== undefined; task = source.nextTask()) {
    const atUs = number as Micros;
    const job = admitJob(run, { ...task, arrivalUs: atUs, durationUs: Number.POSITIVE_INFINITY }, number);
    for (const observer of observers) observer.arrived?.(atUs, job);
    const parts = reserve(fleet, placer, job);
    if (parts === undefined) {
      const reason = whyNot(fleet, placer, job);
      for (const observer of observers) observer.rejected?.(atUs, job, reason);
    } else {
      for (const observer of observers) observer.placed?.(atUs, job, parts);
    }
    number += 1;
    if (onProgress !== undefined && (number & 255) === 0) onProgress(number);
  }
  for (const observer of observers) observer.ended?.(number as Micros);
  return number;
}
