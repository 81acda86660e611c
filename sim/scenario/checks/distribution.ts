import { createDistribution } from '../../kernel/distributions/index.ts';
import type { Path } from '../path.ts';
import type { Finding } from '../problem.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import { resolveDistribution } from '../resolve/distribution.ts';
import type { DistributionDocument } from '../schema/distribution.ts';
import { exactlyOne } from './common.ts';
import type { CheckContext } from './context.ts';
import type { Sound } from './sound.ts';

type SoundDistribution = Sound<DistributionDocument>;
type Kind = DistributionDocument['kind'];
type Of<K extends Kind> = Sound<Extract<DistributionDocument, { kind: K }>>;

const us = (written: string) => readValid(durationQuantity, written);

/** Every distribution of a scenario with its path: named lifetimes, inline lifetimes, arrival gaps. */
function distributionsOf({ sound }: CheckContext): readonly (readonly [Path, SoundDistribution])[] {
  const synthetic = sound.workload?.synthetic;
  const base = ['workload', 'synthetic'] as const;
  const found: [Path, SoundDistribution][] = [];
  for (const [name, distribution] of Object.entries(synthetic?.lifetimes ?? {})) {
    if (distribution !== undefined) found.push([[...base, 'lifetimes', name], distribution]);
  }
  for (const [index, taskClass] of (synthetic?.classes ?? []).entries()) {
    const lifetime = taskClass?.lifetime;
    if (typeof lifetime === 'object') found.push([[...base, 'classes', index, 'lifetime'], lifetime]);
  }
  const arrivals = synthetic?.arrivals;
  if (arrivals?.process === 'renewal' && arrivals.interarrival !== undefined) {
    found.push([[...base, 'arrivals', 'interarrival'], arrivals.interarrival]);
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
    createDistribution(resolveDistribution(distribution as DistributionDocument));
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
      return checkBounds(path, distribution.min ?? '0s', distribution.max);
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
function checkBounds(
  path: Path,
  min: string | undefined,
  max: string | null | undefined,
): readonly Finding[] {
  if (min === undefined || max == null || us(min) < us(max)) return [];
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
    const [probabilityBefore, durationBefore] = table[index - 1] ?? [];
    const [probability, duration] = table[index] ?? [];
    const here = [...path, 'quantiles', index];
    if (probability !== undefined && probabilityBefore !== undefined && probability <= probabilityBefore) {
      const message = `must be above the point before it (${probabilityBefore}), got ${probability}`;
      if (!findings.some((finding) => finding.path.at(-2) === index))
        findings.push({ path: [...here, 0], message });
    }
    if (duration !== undefined && durationBefore !== undefined && us(duration) < us(durationBefore)) {
      const message = `must be at least the point before it (${durationBefore}), got ${duration}`;
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

/** A finding where every weight is known and 0. */
export function someWeight(path: Path, weights: readonly (number | undefined)[]): readonly Finding[] {
  if (weights.length === 0 || weights.some((weight) => weight !== 0)) return [];
  return [{ path, message: 'must hold at least one weight above 0, got only 0' }];
}
