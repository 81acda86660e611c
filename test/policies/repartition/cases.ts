import fc from 'fast-check';
import { geometryOf, MIG_MODELS, type MigGeometry } from '../../../sim/hardware/index.ts';
import type { Micros } from '../../../sim/kernel/time.ts';
import type { PartitionedCard, ResidentJob } from '../../../sim/policies/repartition/index.ts';
import { type Instance, isLegalByTheRules } from '../../hardware/brute-force-mig.ts';

export function geometryNamed(id: string): MigGeometry {
  return geometryOf(MIG_MODELS.find((model) => model.id === id)!);
}

export const us = (value: number) => value as Micros;

/** Index of the placement of a profile, by the beginning of its name, at a start. */
export function placement(geometry: MigGeometry, name: string, start: number): number {
  const found = geometry.placements.find(
    (each) =>
      each.profile.name.split('.')[0] === name && each.profile.variant === 'plain' && each.start === start,
  );
  return found!.index;
}

export function profile(geometry: MigGeometry, name: string): number {
  return geometry.profiles.findIndex((each) => each.variant === 'plain' && each.name.startsWith(`${name}.`));
}

export function instancesOf(geometry: MigGeometry, indices: readonly number[]): Instance[] {
  return indices.map((index) => {
    const { profile: of, start } = geometry.placements[index]!;
    return { profile: of, start };
  });
}

interface JobKind {
  readonly isIdle: boolean;
  readonly remaining: number | null;
  readonly drain: ResidentJob['drain'];
  readonly stun: number | null;
}

/** Few values, so that ties and trade-offs are common. */
const jobKind: fc.Arbitrary<JobKind> = fc.record({
  isIdle: fc.boolean(),
  remaining: fc.constantFrom(null, 3, 3, 10, 40),
  drain: fc.constantFrom(null, null, { takesUs: us(2), lostUs: us(20) }, { takesUs: us(0), lostUs: us(3) }),
  stun: fc.constantFrom(null, 1, 6),
});

/** Jobs everywhere, most of which can move. */
export const movableJobs: fc.Arbitrary<JobKind> = fc.record({
  isIdle: fc.constantFrom(false, false, false, true),
  remaining: fc.constant(null),
  drain: fc.constant(null),
  stun: fc.constantFrom(null, 1, 1, 2, 6),
});

/** Cards with random legal instances of some profiles, some with jobs of random nature. */
export function randomCards(
  geometry: MigGeometry,
  cards: { readonly min: number; readonly max: number },
  variants: readonly string[] = ['plain'],
  mostInstances = 7,
  kinds: fc.Arbitrary<JobKind> = jobKind,
): fc.Arbitrary<PartitionedCard[]> {
  const usable = geometry.placements.filter((each) => variants.includes(each.profile.variant));
  const picks = fc.array(fc.tuple(fc.nat(usable.length - 1), kinds), {
    minLength: kinds === movableJobs ? mostInstances : 0,
    maxLength: mostInstances + 2,
  });
  return fc.array(picks, { minLength: cards.min, maxLength: cards.max }).map((lists) => {
    let number = 0;
    return lists.map((list, card) => {
      const instances: { placement: number; job: ResidentJob | null }[] = [];
      for (const [pick, kind] of list) {
        const { index, profile: of } = usable[pick]!;
        const together = [...instances.map((each) => each.placement), index];
        if (together.length > mostInstances || new Set(together).size < together.length) continue;
        if (!isLegalByTheRules(geometry.model, instancesOf(geometry, together))) continue;
        number += 1;
        const job: ResidentJob = {
          id: `j${number}`,
          remainingUs: kind.remaining === null ? null : us(kind.remaining),
          gpuShare: of.gpuSlices / geometry.model.gpuSlicesTotal,
          drain: kind.drain,
          migrate: kind.stun === null ? null : { stunUs: us(kind.stun) },
        };
        instances.push({ placement: index, job: kind.isIdle ? null : job });
      }
      return { id: `c${card}`, instances };
    });
  });
}
