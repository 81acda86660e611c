import type { Scenario } from '../../scenario/types.ts';
import { samplePath, startsAreFinal, sureSessions } from '../bound/index.ts';
import type { TraceData } from '../trace-data.ts';
import { toleratedBy } from './tolerated.ts';
import { waitLimits } from './wait-limits.ts';

interface SessionsFloorOptions {
  traces(scenario: Scenario): TraceData;
  /** Of all runs by which a plan is judged, those of the verification too. */
  readonly seeds: readonly number[];
  /** Most runs whose mean an objective is judged by. */
  readonly mostRuns: number;
}

/** How many users are on at one time at least in any run of a plan that serves: licences of users are paid for that many. */
export class SessionsFloor {
  readonly #options: SessionsFloorOptions;
  readonly #known = new Map<string, ReadonlyMap<string, number>>();

  constructor(options: SessionsFloorOptions) {
    this.#options = options;
  }

  /** By session group; groups that are not there: nothing is known. */
  of(scenario: Scenario): ReadonlyMap<string, number> {
    const { workload, experiment, cost, objectives } = scenario;
    const areLicensed = cost?.licences.some(({ per }) => per === 'user') ?? false;
    const comeAndGo = workload.sessions.some(({ logon }) => logon.kind !== 'always');
    if (
      !areLicensed ||
      !comeAndGo ||
      !startsAreFinal(scenario) ||
      toleratedBy(objectives ?? []).rejections !== 'none'
    )
      return new Map();
    const key = JSON.stringify([workload, experiment, objectives]);
    let known = this.#known.get(key);
    if (known === undefined) {
      known = this.#leastOfAll(scenario);
      this.#known.set(key, known);
    }
    return known;
  }

  /** The least over the seeds: fresh seeds have other days. */
  #leastOfAll(scenario: Scenario): ReadonlyMap<string, number> {
    const { traces, seeds, mostRuns } = this.#options;
    const own = waitLimits(scenario.objectives ?? []).limits.filter(({ group }) => group === undefined);
    const least = new Map<string, number>();
    if (own.length === 0) return least;
    for (const [i, seed] of seeds.entries()) {
      const path = samplePath(scenario, traces(scenario), seed);
      if (path === undefined) return new Map();
      // A mean below the limit leaves each of its runs below as many times the limit as there are runs.
      const found = own.map((limit) =>
        sureSessions(scenario, path, { ...limit, limitSec: limit.limitSec * mostRuns }),
      );
      for (const { name } of scenario.workload.sessions) {
        const most = Math.max(...found.map((each) => each.get(name) ?? 0));
        least.set(name, i === 0 ? most : Math.min(most, least.get(name) as number));
      }
    }
    return least;
  }
}
