import { createDistribution } from '../../kernel/distributions/index.ts';
import type { Path } from '../path.ts';
import type { Finding } from '../problem.ts';
import { resolveDistribution, valueFrom } from '../resolve/distribution.ts';
import type { AnyDistributionDocument } from '../schema/distribution.ts';
import { arrivalsOf } from './arrivals.ts';
import { exactlyOne, someWeight } from './common.ts';
import type { CheckContext } from './context.ts';
import type { Sound } from './sound.ts';

type SoundDistribution = Sound<AnyDistributionDocument>;
type Kind = AnyDistributionDocument['kind'];
type Of<K extends Kind> = Sound<Extract<AnyDistributionDocument, { kind: K }>>;
type Value = string | number;

/** Every distribution of a scenario with its path. */
function distributionsOf(context: CheckContext): readonly (readonly [Path, SoundDistribution])[] {
  const found: [Path, SoundDistribution][] = [];
  const add = (path: Path, distribution: SoundDistribution | null | undefined) => {
    if (distribution != null) found.push([path, distribution]);
  };
  const { synthetic, services, sessions } = context.sound.workload ?? {};
  const base = ['workload', 'synthetic'] as const;
  for (const [name, distribution] of Object.entries(synthetic?.lifetimes ?? {})) {
    add([...base, 'lifetimes', name], distribution);
  }
  for (const [index, taskClass] of (synthetic?.classes ?? []).entries()) {
    const lifetime = taskClass?.lifetime;
    if (typeof lifetime === 'object') add([...base, 'classes', index, 'lifetime'], lifetime);
  }
  for (const [path, arrivals] of arrivalsOf(context)) {
    if (arrivals.process === 'renewal') add([...path, 'interarrival'], arrivals.interarrival);
    if (arrivals.process !== 'bursts') continue;
    add([...path, 'size'], arrivals.size);
    add([...path, 'gap'], arrivals.gap);
  }
  for (const [index, service] of (services ?? []).entries()) {
    const path = ['workload', 'services', index];
    if (service?.traffic?.kind === 'closed') add([...path, 'traffic', 'think'], service.traffic.think);
    add([...path, 'variability'], service?.variability);
  }
  for (const [index, group] of (sessions ?? []).entries()) {
    const path = ['workload', 'sessions', index];
    add([...path, 'duration'], group?.duration);
    add([...path, 'activity', 'on'], group?.activity?.on);
    add([...path, 'activity', 'off'], group?.activity?.off);
    add([...path, 'frames', 'gpu'], group?.frames?.gpu);
  }
  const { faults, elastic } = context.sound;
  for (const [index, group] of (elastic?.groups ?? []).entries()) {
    const path = ['elastic', 'groups', index];
    if (typeof group?.boot === 'object') add([...path, 'boot'], group.boot);
    if (typeof group?.spot?.back === 'object') add([...path, 'spot', 'back'], group.spot.back);
  }
  add(['faults', 'process'], faults?.process);
  for (const [index, entry] of (faults?.failures ?? []).entries()) {
    add(['faults', 'failures', index, 'between'], entry?.between);
    add(['faults', 'failures', index, 'repair'], entry?.repair);
  }
  return found;
}

/** What the parameters of each distribution must satisfy together. */
export function checkDistributions(context: CheckContext): readonly Finding[] {
  return distributionsOf(context).flatMap(([path, distribution]) => {
    const findings = checkOne(context.document, path, distribution);
    return findings.length > 0 || context.isFaulty(path) ? findings : checkWithKernel(path, distribution);
  });
}

/** Lets the kernel have the last word on a distribution that is whole, such as a normal cut far from its bell. */
function checkWithKernel(path: Path, distribution: SoundDistribution): readonly Finding[] {
  try {
    createDistribution(resolveDistribution(distribution as AnyDistributionDocument));
    return [];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return [{ path, message: `is not accepted: ${error.message}` }];
  }
}

function checkOne(document: unknown, path: Path, distribution: SoundDistribution): readonly Finding[] {
  switch (distribution.kind) {
    case 'uniform':
    case 'pareto':
      return checkBounds(path, distribution.min, distribution.max);
    case 'normal':
      return checkBounds(
        path,
        distribution.min ?? (typeof distribution.max === 'string' ? '0s' : 0),
        distribution.max,
      );
    case 'empirical':
      return [...exactlyOne(document, path, ['values', 'quantiles']), ...checkQuantiles(path, distribution)];
    case 'discrete':
      return checkDiscrete(path, distribution);
    case 'mixture': {
      const parts = distribution.parts ?? [];
      return [
        ...parts.flatMap((part, index) =>
          part === undefined ? [] : checkOne(document, [...path, 'parts', index], part as SoundDistribution),
        ),
        ...someWeight(
          [...path, 'parts'],
          parts.map((part) => part?.weight),
        ),
      ];
    }
    default:
      return []; // one parameter at a time says all
  }
}

/** `max`, where there is one, must be above `min`. */
function checkBounds(path: Path, min: Value | undefined, max: Value | null | undefined): readonly Finding[] {
  if (min === undefined || max == null || valueFrom(min) < valueFrom(max)) return [];
  return [{ path: [...path, 'max'], message: `must be above min (${min}), got ${max}` }];
}

/** A table that is not a distribution function, at each point that breaks it. */
function checkQuantiles(path: Path, { quantiles }: Of<'empirical'>): readonly Finding[] {
  const findings: Finding[] = [];
  const table = quantiles ?? [];
  const ends: readonly (readonly [number, number, string])[] = [
    [0, 0, 'first'],
    [table.length - 1, 1, 'last'],
  ];
  for (const [index, wanted, which] of ends) {
    const probability = table[index]?.[0];
    if (probability === undefined || probability === wanted) continue;
    const message = `must be ${wanted} at the ${which} point, got ${probability}`;
    findings.push({ path: [...path, 'quantiles', index, 0], message });
  }
  for (let index = 1; index < table.length; index++) {
    const [probabilityBefore, valueBefore] = table[index - 1] ?? [];
    const [probability, value] = table[index] ?? [];
    const here = [...path, 'quantiles', index];
    if (probability !== undefined && probabilityBefore !== undefined && probability <= probabilityBefore) {
      const message = `must be above the point before it (${probabilityBefore}), got ${probability}`;
      if (!findings.some((finding) => finding.path.at(-2) === index))
        findings.push({ path: [...here, 0], message });
    }
    if (value !== undefined && valueBefore !== undefined && valueFrom(value) < valueFrom(valueBefore)) {
      const message = `must be at least the point before it (${valueBefore}), got ${value}`;
      findings.push({ path: [...here, 1], message });
    }
  }
  return findings;
}

function checkDiscrete(path: Path, { values, weights }: Of<'discrete'>): readonly Finding[] {
  if (weights === undefined) return [];
  const findings = [...someWeight([...path, 'weights'], weights)];
  if (values !== undefined && values.length !== weights.length) {
    const message = `must have as many entries as values (${values.length}), got ${weights.length}`;
    findings.push({ path: [...path, 'weights'], message });
  }
  return findings;
}

/**
 * A finding unless the mean of a distribution that is sound by itself is finite and above 0.
 *
 * @param mayBeZero whether a mean of 0 will do, too
 */
export function requireMean(
  path: Path,
  distribution: AnyDistributionDocument,
  mayBeZero = false,
): readonly Finding[] {
  if (checkOne(undefined, path, distribution).length > 0) return []; // told already
  try {
    const mean = createDistribution(resolveDistribution(distribution)).mean();
    if ((mean > 0 || mayBeZero) && Number.isFinite(mean)) return [];
    const range = mayBeZero ? 'a finite mean' : 'a finite mean above 0';
    return [{ path, message: `must have ${range}, got a mean of ${mean}` }];
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return []; // told already
  }
}
