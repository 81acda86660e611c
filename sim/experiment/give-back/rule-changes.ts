import { PLACEMENT_POLICY_NAMES } from '../../policies/placement/names.ts';
import { durationQuantity } from '../../scenario/quantities/duration.ts';
import type { Scenario } from '../../scenario/types.ts';
import { at, type Candidate, change, queuesOf } from './candidate.ts';
import type { Stated } from './stated.ts';

export function otherPlacements(scenario: Scenario): readonly Candidate[] {
  return queuesOf(scenario).flatMap(({ path, where, rules }) =>
    PLACEMENT_POLICY_NAMES.filter((name) => name !== rules.placement && name !== 'random').map((name) =>
      change(`placement ${name}${where}`, at([...path, 'placement'], name)),
    ),
  );
}

export function otherFills(scenario: Scenario): readonly Candidate[] {
  return queuesOf(scenario).flatMap(({ path, where, rules: { scheduling } }) =>
    ['easy', 'skip']
      .filter((fill) => fill !== scheduling.fill)
      .map((fill) => change(`fill rule ${fill}${where}`, at([...path, 'scheduling', 'fill'], fill))),
  );
}

/** Decisions at once in place of in rounds. */
export function withoutRounds(scenario: Scenario): readonly Candidate[] {
  return queuesOf(scenario)
    .filter(({ rules: { scheduling } }) => scheduling.roundUs !== null && scheduling.timeShare === null)
    .map(({ path, where }) =>
      change(`decisions at once${where}`, at([...path, 'scheduling', 'rounds'], null)),
    );
}

/** No limit for each user, higher quotas, and none at all, so that queues borrow what others leave. */
export function looserLimits(scenario: Scenario, stated: Stated): readonly Candidate[] {
  return queuesOf(scenario).flatMap(({ path, where, rules: { scheduling } }) => {
    const rules = [...path, 'scheduling'];
    const users = (['maxGpusPerUser', 'maxJobsPerUser'] as const)
      .filter((key) => scheduling[key] !== Number.POSITIVE_INFINITY)
      .map((key) => change(`no ${key}${where}`, at([...rules, key], null)));
    const limited = scheduling.quotas.filter(({ maxGpus }) => maxGpus !== Number.POSITIVE_INFINITY);
    const free = limited.map(({ path: queue }) => at([...rules, 'quotas', queue, 'max'], null));
    return [
      ...users,
      ...limited.map(({ path: queue, maxGpus }) =>
        change(
          `queue ${queue}${where} may have ${2 * maxGpus} GPUs`,
          at([...rules, 'quotas', queue, 'max'], 2 * maxGpus),
        ),
      ),
      ...(free.length === 0 || stated.at([...rules, 'quotas']) === undefined
        ? []
        : [change(`queues borrow without limit${where}`, Object.assign({}, ...free))]),
    ];
  });
}

/** Jobs that give way keep their work, or need not give way so soon. */
export function gentlerPreemption(scenario: Scenario): readonly Candidate[] {
  return queuesOf(scenario).flatMap(({ path, where, rules: { scheduling } }) => {
    if (scheduling.preemption === 'none') return [];
    const rules = [...path, 'scheduling'];
    return [
      ...(scheduling.way === 'checkpoint'
        ? []
        : [change(`jobs that give way save their work${where}`, at([...rules, 'stopBy'], 'checkpoint'))]),
      ...(scheduling.minRunUs >= HOUR_US
        ? []
        : [change(`jobs are left alone for an hour${where}`, at([...rules, 'minRun'], '1h'))]),
    ];
  });
}

const HOUR_US = 3600e6;

/** Cards are cut anew less often, in another way, or not at all. */
export function calmerRepartition({ repartition }: Scenario): readonly Candidate[] {
  if (repartition.length === 0) return [];
  return [
    ...repartition.flatMap((rule, i) => {
      if (rule.kind === 'on-demand') return [];
      const hosts = `entry ${i + 1} of repartition`;
      const times =
        rule.everyUs === null
          ? [HOUR_US, 4 * HOUR_US]
              .filter((gapUs) => gapUs > rule.gapUs)
              .map((gapUs) => ['gap', gapUs] as const)
          : [2, 4].map((factor) => ['every', factor * (rule.everyUs as number)] as const);
      return [
        ...times.map(([key, us]) => {
          const text = durationQuantity.write(us);
          return change(`${hosts}: ${key} ${text}`, at(['repartition', i, key], text));
        }),
        ...(rule.kind === 'periodic'
          ? (['wait', 'save'] as const)
              .filter((running) => running !== rule.running)
              .map((running) =>
                change(`${hosts}: running jobs ${running}`, at(['repartition', i, 'running'], running)),
              )
          : []),
      ];
    }),
    change('cards stay as they are cut', at(['repartition'], null)),
  ];
}

/** Half as many licences more, and twice as many, of each set. */
export function moreLicences({ licences }: Scenario): readonly Candidate[] {
  return (licences?.pools ?? []).flatMap(({ name, entitled }) =>
    [...new Set([Math.ceil(1.5 * entitled), Math.max(1, 2 * entitled)])]
      .filter((count) => count > entitled)
      .map((count) =>
        change(`${count} licences ${name}`, at(['licences', 'pools', name, 'entitled'], count)),
      ),
  );
}

/** One more licence server that stands in for the others. */
export function moreLicenceServers({ faults }: Scenario): readonly Candidate[] {
  return (faults?.failures ?? []).flatMap(({ kind, count }, i) =>
    kind === 'licence-server'
      ? [change('one more licence server', at(['faults', 'failures', i, 'count'], count + 1))]
      : [],
  );
}

/** Repair crews, and hosts that stand by: one more, or one less. */
export function repairs({ faults }: Scenario): readonly Candidate[] {
  if (faults === null) return [];
  const { crews, spares } = faults;
  return [
    ...(crews === null ? [] : [change('one more repair crew', at(['faults', 'crews'], crews + 1))]),
    ...spares.flatMap(({ standby }, i) => {
      const path = ['faults', 'spares', i, 'standby'];
      const which = spares.length === 1 ? '' : ` in set ${i + 1}`;
      return [
        change(`one host more stands by${which}`, at(path, standby + 1)),
        ...(standby > 0
          ? [change(`one host less stands by${which} (less is in reserve)`, at(path, standby - 1))]
          : []),
      ];
    }),
  ];
}

/** Maintenance without a time before it in which hosts take nobody in; of jobs that can, by moving them away. */
export function shorterDrains({ faults }: Scenario): readonly Candidate[] {
  return (faults?.windows ?? []).flatMap(({ drainUs }, i) =>
    drainUs === 0
      ? []
      : [change(`window ${i + 1} begins without draining`, at(['faults', 'windows', i, 'drain'], '0s'))],
  );
}
