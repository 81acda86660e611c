import { UnknownMetricError } from '../sim/experiment/statistics/precision.ts';
import { nameHint } from '../sim/scenario/nearest-name.ts';
import { durationQuantity } from '../sim/scenario/quantities/duration.ts';
import { precisionWidth } from '../sim/scenario/quantities/precision.ts';
import { type Problem, UsageError } from './errors.ts';
import type { LoadedScenario } from './load-scenario.ts';

export interface PrecisionOptions {
  /** `metric=width`, several times. */
  readonly precision?: readonly string[];
  readonly maxReplications?: number;
  /** A duration of wall-clock time, as text. */
  readonly timeBudget?: string;
  readonly uncertainty?: number;
  readonly decisions?: string;
  readonly events?: string;
}

/**
 * The settings that say what the options say: `experiment.precision` of the scenario, so that a result states it.
 *
 * @param load reads the scenario with settings
 * @throws {UsageError} if an option cannot be read
 */
export function precisionSettings(
  { precision = [], maxReplications }: PrecisionOptions,
  load: () => LoadedScenario,
): readonly string[] {
  if (precision.length === 0 && maxReplications === undefined) return [];
  const problems: Problem[] = [];
  const targets = precision.flatMap((text) => {
    const [, metric = '', within = ''] = /^([^=]+)=(.*)$/.exec(text) ?? [];
    const reading = precisionWidth.read(within);
    if (metric !== '' && reading.ok) return [{ metric: metric.trim(), within }];
    const message = `must be a metric and how closely it is to be known, such as wait.mean=5%, got "${text}"`;
    problems.push({ path: '--precision', value: text, message });
    return [];
  });
  if (problems.length > 0) throw wrongOptions(problems);
  const { experiment } = load().document;
  const stated = experiment.precision;
  if (targets.length === 0 && stated === undefined) {
    const message = 'needs --precision, or a scenario with experiment.precision';
    throw wrongOptions([{ path: '--max-replications', value: maxReplications, message }]);
  }
  const most = maxReplications ?? stated?.most;
  const wanted = {
    ...stated,
    ...(targets.length === 0 ? {} : { targets }),
    ...(most === undefined ? {} : { most, pilot: Math.min(stated?.pilot ?? 10, most) }),
  };
  return [`experiment.kind=${experiment.kind}`, `experiment.precision=${JSON.stringify(wanted)}`];
}

/**
 * What does not go together with replications until a precision is reached.
 *
 * @returns milliseconds of wall-clock time after which no replication begins; Infinity without such a budget
 * @throws {UsageError} if there is any
 */
export function checkPrecisionOptions(options: PrecisionOptions, { scenario }: LoadedScenario): number {
  const problems: Problem[] = [];
  const { timeBudget, uncertainty, decisions, events } = options;
  let budgetMs = Number.POSITIVE_INFINITY;
  if (timeBudget !== undefined) {
    const reading = durationQuantity.read(timeBudget);
    if (!reading.ok || reading.value === 0) {
      const message = `must be a duration above 0 such as 90s or 10m, got "${timeBudget}"`;
      problems.push({ path: '--time-budget', value: timeBudget, message });
    } else if (scenario.experiment.precision === undefined) {
      const message = 'needs --precision, or a scenario with experiment.precision';
      problems.push({ path: '--time-budget', value: timeBudget, message });
    } else budgetMs = reading.value / 1000;
  }
  if (scenario.experiment.precision !== undefined) {
    const oneRun = { '--decisions': decisions, '--events': events, '--uncertainty': uncertainty };
    for (const [path, value] of Object.entries(oneRun)) {
      if (value === undefined) continue;
      const message = 'takes a stated number of replications, not as many as experiment.precision needs';
      problems.push({ path, value, message });
    }
  }
  if (problems.length > 0) throw wrongOptions(problems);
  return budgetMs;
}

/** An unknown metric as wrong input; anything else as it is. */
export function asUsageError(error: unknown): unknown {
  if (!(error instanceof UnknownMetricError)) return error;
  const hint = nameHint(error.metric, error.known);
  return new UsageError('wrong precision', [
    {
      path: 'experiment.precision.targets',
      value: error.metric,
      message: error.message,
      ...(hint === undefined ? {} : { hint }),
    },
  ]);
}

function wrongOptions(problems: readonly Problem[]): UsageError {
  return new UsageError('wrong options', problems);
}
