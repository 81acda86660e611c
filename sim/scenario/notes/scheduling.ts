import { US_PER_SECOND } from '../../kernel/time.ts';
import {
  type DisciplineOption,
  OPTIONS_READ,
  QUEUEING_POLICY_NAMES,
  STOPPING_NAMES,
} from '../../policies/queueing/names.ts';
import type { Path } from '../path.ts';
import { CardTable } from '../resolve/fleet-cards.ts';
import type { ScenarioDocument } from '../schema/scenario.ts';
import type { SchedulingDocument } from '../schema/scheduling.ts';
import type { Pool, Scenario, Scheduling, TaskClass } from '../types.ts';
import type { Remark } from './remark.ts';

/** One pool as it is scheduled: the policy as a whole is the pool `default`. */
interface Section {
  readonly path: Path;
  readonly pool: string;
  readonly written: SchedulingDocument;
  readonly policy: Pick<Pool, 'queueing' | 'scheduling'>;
}

/** Settings of the scheduling that nothing reads, and those under which jobs may stop each other for ever. */
export function schedulingNotes(
  { policy: written }: ScenarioDocument,
  scenario: Scenario,
): readonly Remark[] {
  const { policy } = scenario;
  const sections: readonly Section[] = [
    { path: ['policy', 'scheduling'], pool: 'default', written: written?.scheduling ?? {}, policy },
    ...policy.pools.map((pool, i) => ({
      path: ['policy', 'pools', i, 'scheduling'],
      pool: pool.name,
      written: written?.pools?.[i]?.scheduling ?? {},
      policy: pool,
    })),
  ];
  return sections.flatMap((section) => [
    ...unread(section),
    ...unneeded(section),
    ...withoutMigration(section, scenario),
    ...endless(section, scenario),
  ]);
}

/** Numbers that the discipline does not read. */
function unread({ path, written, policy: { queueing } }: Section): readonly Remark[] {
  const options = [...new Set(Object.values(OPTIONS_READ).flat())].sort() as readonly DisciplineOption[];
  return options
    .filter((option) => isSaid(written[option]) && !OPTIONS_READ[queueing].includes(option))
    .map((option): Remark => {
      const readers = QUEUEING_POLICY_NAMES.filter((name) => OPTIONS_READ[name].includes(option));
      return [[...path, option], `has no effect: it is for queueing ${readers.join(', ')}, not ${queueing}`];
    });
}

function isSaid(value: unknown): boolean {
  return value != null && !(typeof value === 'object' && Object.keys(value).length === 0);
}

/** Rules that can never come to be used beside the others. */
function unneeded({ path, written, policy }: Section): readonly Remark[] {
  const { fill } = policy.scheduling;
  const preemption = preemptionOf(policy);
  const remarks: Remark[] = [];
  const note = (key: keyof SchedulingDocument, why: string) => {
    if (isSaid(written[key])) remarks.push([[...path, key], `has no effect: ${why}`]);
  };
  if (policy.scheduling.timeShare !== null) {
    note('fill', 'timeShare decides who overtakes');
    if (policy.scheduling.timeShare.by !== 'throughput' && isSaid(written.timeShare?.costs)) {
      remarks.push([[...path, 'timeShare', 'costs'], 'has no effect: only by: throughput reads it']);
    }
  }
  if (fill !== 'easy' && fill !== 'conservative') note('depth', 'fill is neither easy nor conservative');
  if (preemption !== 'refill') note('keepPlace', `preemption is ${preemption}, not refill`);
  if (preemption === 'none') {
    note('stopBy', 'preemption is none');
    note('minRun', 'preemption is none');
  }
  return remarks;
}

function preemptionOf({ queueing, scheduling }: Section['policy']): NonNullable<Scheduling['preemption']> {
  return (
    scheduling.preemption ??
    (scheduling.timeShare !== null ? 'refill' : STOPPING_NAMES.includes(queueing) ? 'evict' : 'none')
  );
}

/** Where jobs in the way are to migrate and cannot: they are stopped as under checkpoint. */
function withoutMigration({ path, policy }: Section, { fleet }: Scenario): readonly Remark[] {
  const { way, migratePath } = policy.scheduling;
  const preemption = preemptionOf(policy);
  if (way !== 'migrate' || preemption === 'none') return [];
  if (preemption === 'refill') {
    return [[[...path, 'stopBy'], 'is as checkpoint: only evict lets jobs in the way migrate']];
  }
  const table = new CardTable();
  const groups = fleet.kind === 'hosts' ? fleet.groups : [];
  const ways = groups.flatMap((group) =>
    group.gpus.flatMap((gpu) => {
      const card = table.of(group, gpu);
      if (card === undefined || card.problems.length > 0) return [];
      return card.mode
        .operations(card.config, card.spec)
        .filter(({ operation }) => operation === 'migrate')
        .map((each) => each.path);
    }),
  );
  if (ways.length === 0) return [[[...path, 'stopBy'], 'is as checkpoint: no GPU of the fleet can migrate']];
  if (migratePath === null || ways.includes(migratePath)) return [];
  const known = [...new Set(ways)].join(', ');
  return [[[...path, 'migrate'], `is no way that a GPU of the fleet can migrate (${known}): as checkpoint`]];
}

/** Rules under which jobs may stop each other again and again and come to no end. */
function endless({ path, pool, policy }: Section, { workload }: Scenario): readonly Remark[] {
  const { queueing, scheduling } = policy;
  const { way, minRunUs, promoteAfter, attainedLimits } = scheduling;
  if (preemptionOf(policy) === 'none' || way === 'suspend') return [];
  if (queueing === 'ftf' && way === 'kill' && minRunUs === 0) {
    const message = 'without minRun, jobs that lose their work may stop each other for ever under ftf';
    return [[[...path, 'stopBy'], message]];
  }
  const limit = attainedLimits[0];
  if (queueing !== 'las' || promoteAfter === Number.POSITIVE_INFINITY || limit === undefined) return [];
  const classes = (workload.synthetic?.classes ?? []).filter(
    (each) => each.claim.isPreemptible && each.claim.pool === pool && stopGpuSec(each, way) > limit,
  );
  if (classes.length === 0) return [];
  const names = classes.map(({ name }) => `"${name}"`).join(', ');
  const message =
    `a stop may cost a task of class ${names} more than the first limit of attainedLimits (${limit} GPU-seconds): ` +
    'promoted tasks may stop each other for ever';
  return [[[...path, 'promoteAfter'], message]];
}

/** GPU-seconds that one stop may cost a task: saving, reading back, and the work since its last checkpoint. */
function stopGpuSec(
  { claim: { checkpoint }, gpuCount, gpuMilli, workers }: TaskClass,
  way: Scheduling['way'],
): number {
  const gpus = (gpuCount * gpuMilli * (workers ?? 1)) / 1000;
  if (gpus === 0) return 0;
  if (checkpoint === null) return Number.POSITIVE_INFINITY;
  const { intervalUs, saveUs, restoreUs } = checkpoint;
  const us = way === 'kill' ? intervalUs + restoreUs : saveUs + restoreUs;
  return (us / US_PER_SECOND) * gpus;
}
