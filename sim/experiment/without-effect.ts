import type { SchedulerUse } from '../engine/scheduler-use.ts';
import { DEFAULT_RULES } from '../engine/scheduling.ts';
import type { Placer } from '../policies/placement/placer.ts';
import { type DisciplineOption, OPTIONS_READ, type QueueingPolicyName } from '../policies/queueing/names.ts';
import { FORESEEING_NAMES } from '../policies/time-share/names.ts';
import type { Scenario, Scheduling } from '../scenario/types.ts';
import { type PoolPolicy, poolPolicies, rulesOfPool } from './pools.ts';

/** By key in the scenario document: the number of `policy.scheduling` that only some disciplines read. */
const FIELD = {
  ageing: 'ageingUs',
  halfLife: 'halfLifeUs',
  weights: 'weights',
  resourceWeights: 'resourceWeights',
  attainedLimits: 'attainedLimits',
  promoteAfter: 'promoteAfter',
  queueOrder: 'queueOrder',
  quotas: 'quotas',
} as const satisfies Readonly<Record<DisciplineOption, keyof Scheduling>>;
export type OfSomeDisciplines = (typeof FIELD)[DisciplineOption];

/** What a discipline reads of them. */
export function readBy(name: QueueingPolicyName): readonly OfSomeDisciplines[] {
  return OPTIONS_READ[name].map((key) => FIELD[key]);
}

/** Disciplines whose order rests on estimated run times. */
export const READ_ESTIMATES: readonly QueueingPolicyName[] = ['sjf', 'srtf', 'srsf', 'wfq', 'ftf'];

const never = Number.POSITIVE_INFINITY;

/** Whether a scenario says something of them; what is said and is the default counts as not said. */
const IS_STATED: Readonly<Record<OfSomeDisciplines, (scheduling: Scheduling) => boolean>> = {
  ageingUs: ({ ageingUs }) => ageingUs !== never,
  halfLifeUs: ({ halfLifeUs }) => halfLifeUs !== never,
  weights: ({ weights }) => Object.keys(weights).length > 0,
  resourceWeights: ({ resourceWeights: { compute, memory } }) => compute !== 1 || memory !== 0,
  attainedLimits: ({ attainedLimits }) => attainedLimits.join() !== '3250,7200',
  promoteAfter: ({ promoteAfter }) => promoteAfter !== never,
  queueOrder: ({ queueOrder }) => queueOrder !== 'arrival',
  quotas: ({ quotas }) => quotas.length > 0,
};

/**
 * Policies and parameters that a scenario states and that changed nothing in a run, in sentences: what no discipline
 * read, limits that nobody reached, rules that were never needed.
 *
 * Leaves out what only a second run could tell: whether an order, a weight or a threshold that came up was decisive.
 *
 * @param use by pool, what came up in its decisions
 */
export function findWithoutEffect(
  scenario: Pick<Scenario, 'policy'>,
  placers: readonly Pick<Placer, 'hosts' | 'hadChoice'>[],
  use: readonly SchedulerUse[],
): readonly string[] {
  return poolPolicies(scenario).flatMap((pool, i) => {
    const name = scenario.policy.pools[i - 1]?.name;
    const path = name === undefined ? 'policy' : `policy.pools.${name}`;
    const of = use[i] as SchedulerUse;
    // Nobody came there: all of it is without effect, and not worth a line each.
    if (!of.hadJobs) return [];
    return [
      ...ofPlacement(pool, placers[i] as Placer),
      ...ofQueue(pool, of),
      ...ofRules(pool, of),
      ...ofLimits(pool, of),
      ...ofDiscipline(pool, of),
    ].map(([key, why]) => `${path}.${key} had no effect: ${why}`);
  });
}

type Finding = readonly [key: string, why: string];

function ofPlacement({ placement, scores }: PoolPolicy, { hosts, hadChoice }: Placer): readonly Finding[] {
  if (hosts.length < 2 || hadChoice) return [];
  const key = scores.length === 0 ? `placement=${placement}` : 'scores';
  return [[key, 'no job ever had more than one host to choose from']];
}

function ofQueue({ queueing }: PoolPolicy, { hadOthersWaiting }: SchedulerUse): readonly Finding[] {
  if (queueing === 'fifo' || hadOthersWaiting) return [];
  return [[`queueing=${queueing}`, 'never more than one job waited for a decision']];
}

/** Rules of filling and of stopping others. */
function ofRules(pool: PoolPolicy, use: SchedulerUse): readonly Finding[] {
  const { scheduling } = pool;
  const rules = rulesOfPool(pool);
  const found: Finding[] = [];
  const isBackfill = rules.fill === 'easy' || rules.fill === 'conservative';
  if (scheduling.fill !== null && use.blocked === 0) {
    found.push(['scheduling.fill', 'no job that found no room ever had others waiting behind it']);
  } else if (scheduling.fill !== null && scheduling.fill !== 'block' && use.overtook === 0) {
    found.push(['scheduling.fill', 'nobody ever started past a job that found no room']);
  }
  if (scheduling.depth !== 100 && !(isBackfill && use.beyondDepth > 0)) {
    found.push([
      'scheduling.depth',
      isBackfill ? 'never so many jobs waited' : `fill is ${rules.fill}, which reads no depth`,
    ]);
  }
  const stops = rules.preemption !== 'none';
  const nobodyStopped = stops ? 'no running job was ever stopped for another' : 'preemption is none';
  if (scheduling.preemption !== null && stops && use.stopped === 0) {
    found.push(['scheduling.preemption', nobodyStopped]);
  }
  if (scheduling.way !== DEFAULT_RULES.way && use.stopped === 0)
    found.push(['scheduling.stopBy', nobodyStopped]);
  if (scheduling.minRunUs !== DEFAULT_RULES.minRunUs && use.leftAlone === 0) {
    found.push([
      'scheduling.minRun',
      stops ? 'no job that had just begun was ever to be stopped' : nobodyStopped,
    ]);
  }
  if (scheduling.isSticky !== DEFAULT_RULES.isSticky && (rules.preemption !== 'refill' || use.kept === 0)) {
    found.push([
      'scheduling.keepPlace',
      rules.preemption === 'refill'
        ? 'no running job ever competed anew and went on'
        : 'only preemption: refill reads it',
    ]);
  }
  const { of: estimated, noise } = scheduling.estimates;
  const { timeShare } = scheduling;
  const foresees = timeShare !== null && FORESEEING_NAMES.includes(timeShare.by);
  if (
    (estimated !== 'exact' || noise !== 0) &&
    !isBackfill &&
    !foresees &&
    !READ_ESTIMATES.includes(pool.queueing)
  ) {
    found.push([
      'scheduling.estimates',
      `neither ${pool.queueing} nor fill: ${rules.fill} looks at run times`,
    ]);
  }
  return found;
}

function ofLimits({ scheduling }: PoolPolicy, use: SchedulerUse): readonly Finding[] {
  if (use.held.has('user-limit')) return [];
  return (['maxJobsPerUser', 'maxGpusPerUser'] as const)
    .filter((key) => scheduling[key] !== never)
    .map((key) => [`scheduling.${key}`, 'nobody ever reached it']);
}

/** What only some disciplines read. */
function ofDiscipline({ queueing, scheduling }: PoolPolicy, use: SchedulerUse): readonly Finding[] {
  const reads = readBy(queueing);
  return (Object.keys(FIELD) as DisciplineOption[]).flatMap((key): readonly Finding[] => {
    const field = FIELD[key];
    if (!IS_STATED[field](scheduling)) return [];
    const why = reads.includes(field)
      ? whyUnused(field, scheduling, use)
      : `queueing=${queueing} does not read it`;
    return why === undefined ? [] : [[`scheduling.${key}`, why]];
  });
}

function whyUnused(field: OfSomeDisciplines, scheduling: Scheduling, use: SchedulerUse): string | undefined {
  if (field === 'quotas' && (use.held.has('quota') || use.stopped > 0)) return undefined;
  if (field === 'attainedLimits') {
    const firstUs = (scheduling.attainedLimits[0] ?? never) * 1e6;
    return use.mostGpuUs < firstUs ? 'no job was ever served for so long' : undefined;
  }
  if (!use.hadOthersWaiting) return 'never more than one job waited for a decision';
  if (field === 'ageingUs') {
    return use.hadPriorities ? undefined : 'all jobs had the same priority';
  }
  if (field === 'weights' || field === 'halfLifeUs' || field === 'resourceWeights') {
    return use.hadTenants ? undefined : 'all jobs were of the same tenant';
  }
  return undefined;
}
