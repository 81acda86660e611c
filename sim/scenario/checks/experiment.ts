import { valueAt } from '../path.ts';
import { presetBrings } from '../preset-defaults.ts';
import type { Finding } from '../problem.ts';
import { secondsFrom } from '../resolve/distribution.ts';
import { isStated } from './common.ts';
import type { CheckContext } from './context.ts';
import { gpusOf } from './demands-of.ts';

const SYNTHETIC = ['workload', 'synthetic'] as const;

/** What the experiment asks of the other sections. */
export function checkExperiment(context: CheckContext): readonly Finding[] {
  const { document, sound } = context;
  const kind = isStated(document, ['experiment']) ? sound.experiment?.kind : 'timed';
  return [
    ...(kind === 'timed' ? checkTimed(context) : []),
    ...(kind === 'fill' ? checkFill(context) : []),
    ...checkEndless(context, kind),
    ...checkPrecision(context),
  ];
}

/** Precision says how many replications there are; nobody else does. */
function checkPrecision({ document, sound }: CheckContext): readonly Finding[] {
  const precision = sound.experiment?.precision;
  if (precision == null) return [];
  const findings: Finding[] = [];
  const replications = valueAt(document, ['replications']);
  if (replications !== undefined && replications !== 1) {
    findings.push({
      path: ['replications'],
      message: `must be left out where experiment.precision says how many it takes, got ${replications}`,
    });
  }
  const { pilot = 10, most = 1000, targets = [] } = precision;
  if (pilot > most) {
    findings.push({
      path: ['experiment', 'precision', 'most'],
      message: `must be at least pilot (${pilot}), got ${most}`,
    });
  }
  const named = new Set<string>();
  for (const [index, target] of targets.entries()) {
    const metric = target?.metric;
    if (metric === undefined) continue;
    if (named.has(metric)) {
      findings.push({
        path: ['experiment', 'precision', 'targets', index, 'metric'],
        message: `must be named once, got "${metric}" again`,
      });
    }
    named.add(metric);
  }
  return findings;
}

/** Services and sessions go on for ever: they need time, and an end of it. */
function checkEndless({ document }: CheckContext, kind: 'timed' | 'fill' | undefined): readonly Finding[] {
  const parts = (['services', 'sessions'] as const).filter((part) => isStated(document, ['workload', part]));
  if (parts.length === 0 || kind === undefined) return [];
  if (kind === 'fill') {
    return parts.map((part) => ({
      path: ['workload', part],
      message: 'needs a timed experiment: a fill experiment has no time',
      hint: 'state experiment: {kind: timed, horizon: 1d}',
    }));
  }
  const horizon = valueAt(document, ['experiment', 'horizon']);
  if (horizon !== undefined && horizon !== null) return [];
  const path = isStated(document, ['experiment']) ? ['experiment', 'horizon'] : ['experiment'];
  const state = horizon === null ? 'empty' : 'missing';
  return [
    {
      path,
      message: `is ${state}: ${parts.join(' and ')} go on until a horizon, such as {kind: timed, horizon: 1d}`,
    },
  ];
}

/** Simulated time needs to know when tasks arrive and when they leave. */
function checkTimed({ document, sound }: CheckContext): readonly Finding[] {
  const findings: Finding[] = [];
  const synthetic = sound.workload?.synthetic;
  if (synthetic !== undefined && !isStated(document, [...SYNTHETIC, 'arrivals'])) {
    findings.push({
      path: [...SYNTHETIC, 'arrivals'],
      message: 'is missing: a timed experiment needs arrivals',
    });
  }
  for (const [index, taskClass] of (synthetic?.classes ?? []).entries()) {
    const path = [...SYNTHETIC, 'classes', index, 'lifetime'];
    if (taskClass === undefined || isStated(document, path)) continue;
    if (presetBrings(taskClass.preset, 'class', 'lifetime')) continue;
    findings.push({ path, message: 'is missing: a timed experiment needs the lifetime of its tasks' });
  }
  if (sound.experiment?.kind === 'timed') {
    const { horizon, warmup } = sound.experiment;
    if (
      horizon != null &&
      warmup !== undefined &&
      warmup !== 'auto' &&
      secondsFrom(warmup) >= secondsFrom(horizon)
    ) {
      const message = `must be shorter than horizon (${horizon}), got ${warmup}`;
      findings.push({ path: ['experiment', 'warmup'], message });
    }
  }
  return findings;
}

/** Filling counts requested GPU, so somebody must ask for some. */
function checkFill({ document, sound }: CheckContext): readonly Finding[] {
  const findings: Finding[] = [];
  const synthetic = sound.workload?.synthetic;
  if (synthetic !== undefined && isStated(document, [...SYNTHETIC, 'until'])) {
    if (!isStated(document, [...SYNTHETIC, 'arrivals'])) {
      findings.push({
        path: [...SYNTHETIC, 'arrivals'],
        message: 'is missing: tasks up to a time need arrivals',
        hint: 'state the number of tasks instead of until',
      });
    }
  }
  const classes = synthetic?.classes;
  const asksForNone =
    classes !== undefined &&
    !isStated(document, ['workload', 'trace']) &&
    classes.every(
      (taskClass, index) =>
        taskClass !== undefined &&
        (taskClass.weight === 0 ||
          gpusOf(document, [...SYNTHETIC, 'classes', index], 'class', taskClass) === 0),
    );
  if (asksForNone) {
    const message = 'must hold a class that asks for a GPU: a fill experiment fills GPUs';
    findings.push({ path: [...SYNTHETIC, 'classes'], message });
  }
  return findings;
}
