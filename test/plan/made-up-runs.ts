import { planCheapest } from '../../sim/experiment/plan/planner.ts';
import type { PlanResult } from '../../sim/experiment/plan/result.ts';
import type { TrialOutcome } from '../../sim/experiment/plan/trial-desk.ts';
import {
  type IntegerSolver,
  normalizeScenario,
  type Replication,
  replicate,
  type Scenario,
} from '../../sim/index.ts';

const MOST = 10;
/** Of a host, a month. */
export const PRICE = 100;

function question(settings: object, most: number) {
  return {
    apiVersion: 'slicewise/v1',
    name: 'steps',
    fleet: { hosts: [{ name: 'a', cpu: 8, memory: '64GiB', gpus: { model: 'L4', count: 1 } }] },
    workload: {
      synthetic: {
        tasks: 3,
        arrivals: { process: 'poisson', rate: '1/h' },
        classes: [
          { name: 'job', cpu: 1, memory: '1GiB', gpus: 1, lifetime: { kind: 'constant', value: '1m' } },
        ],
      },
    },
    cost: {
      currency: 'USD',
      hosts: [
        {
          name: 'own',
          hosts: 'a',
          leased: {
            host: { amount: PRICE, source: 'made up' },
            gpu: { amount: 0, source: 'made up' },
            months: 12,
          },
        },
      ],
    },
    experiment: { kind: 'timed', horizon: '24h' },
    objectives: ['p95(wait) < 60 s'],
    plan: {
      counts: [{ name: 'hosts', path: 'fleet.hosts.a.count', to: most }],
      replications: { search: 1, most: 1, verify: 2 },
      uncertainty: false,
      rivals: 0,
      ...settings,
    },
  };
}

/**
 * Plans hosts, 1 to 10 of them unless more are allowed, with runs that are made up: the p95 of the wait, of which 60 s are too
 * much, is as `waitOf` says, whatever is simulated.
 *
 * @param settings of the section `plan`
 */
export function planned(
  solver: IntegerSolver,
  settings: object,
  waitOf: (hosts: number, seed: number, scenario: Scenario) => number,
  most: number = MOST,
): { readonly result: PlanResult; readonly ran: readonly number[] } {
  const written = question(settings, most);
  const normalized = normalizeScenario(written);
  if (!normalized.ok) throw new RangeError(JSON.stringify(normalized.problems));
  const { document, scenario } = normalized;
  const search = planCheapest({ written, document, scenario, version: 't', solver, traces: () => ({}) });
  const ran: number[] = [];
  let next = search.next();
  while (next.done !== true) {
    next = search.next(
      next.value.map((trial): TrialOutcome => {
        const { fleet } = trial.scenario;
        const hosts = fleet.kind === 'hosts' ? fleet.groups.reduce((sum, { count }) => sum + count, 0) : 0;
        ran.push(hosts);
        const real = replicate(trial.scenario, {}, trial.seed, { keepsUsage: true });
        return { replication: withWait(real, waitOf(hosts, trial.seed, trial.scenario)) };
      }),
    );
  }
  return { result: next.value, ran };
}

function withWait(replication: Replication, value: number): Replication {
  const readings = replication.readings.map(([name, metric]): Replication['readings'][number] =>
    name === 'wait.p95' ? [name, { ...metric, value }] : [name, metric],
  );
  return { ...replication, readings };
}
