import type { TaskRequest } from '../../cluster/request.ts';
import type { Demand, Scenario } from '../../scenario/types.ts';
import type { WorkProfile } from '../../workload/task.ts';
import { poolNumbers } from '../claims.ts';
import { profileOf, requestOf } from '../demand.ts';

/** Workers that ask for the same and do the same: those of a class, a service, a session group, a shape of a trace. */
export interface WorkKind {
  /** Words for people: `class "train"`. */
  readonly label: string;
  readonly name: string;
  /** What one worker asks for. */
  readonly request: TaskRequest;
  /** Such workers of one job, >= 1. */
  readonly workers: number;
  readonly profile: WorkProfile | undefined;
  /** Number of the pool whose hosts it may have; undefined: any. */
  readonly pool: number | undefined;
}

/** The kind of a demand that the scenario states. Where hosts come and go, jobs may change pools: any will do then. */
export function statedKind(
  scenario: Scenario,
  word: string,
  demand: Demand & { readonly name: string; readonly claim: { readonly pool: string } },
): WorkKind {
  return {
    label: `${word} "${demand.name}"`,
    name: demand.name,
    request: requestOf(demand),
    workers: demand.workers ?? 1,
    profile: profileOf(demand),
    pool: scenario.elastic === null ? poolNumbers(scenario).get(demand.claim.pool) : undefined,
  };
}
