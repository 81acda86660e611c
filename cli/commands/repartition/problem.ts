import { geometryOf, type MigGeometry, migModelByName, placementAt } from '../../../sim/hardware/index.ts';
import type { Micros } from '../../../sim/kernel/time.ts';
import type {
  PlanObjective,
  RepartitionProblem,
  ResidentJob,
} from '../../../sim/policies/repartition/index.ts';
import { durationQuantity } from '../../../sim/scenario/quantities/duration.ts';
import { profileNamed } from './checks.ts';
import type { CardsDocument, JobDocument } from './document.ts';

/**
 * What the planner is asked by a document in which `findCardProblems` has found nothing.
 *
 * A job's part of the card is that of its instance, in compute slices. One with a checkpoint saves when it is stopped and
 * reads back at its next start; one without loses all that it has done.
 */
export function problemOf({ gpu, cards, target, objective, creation }: CardsDocument): RepartitionProblem {
  const geometry = geometryOf(migModelByName(gpu)!);
  return {
    geometry,
    cards: cards.map(({ name, instances }) => ({
      id: name,
      instances: instances.map(({ profile: written, start, job }) => {
        const profile = profileNamed(geometry, written)!;
        const gpuShare = profile.gpuSlices / geometry.model.gpuSlicesTotal;
        return {
          placement: placementAt(geometry, profile, start)!.index,
          job: job == null ? null : residentOf(job, gpuShare),
        };
      }),
    })),
    target: { wanted: wantedOf(geometry, cards, target), ready: target.ready ?? 'idle' },
    objective: objectiveOf(objective),
    creation: creation === 'driver' ? 'driver-default' : 'any-start',
  };
}

function residentOf(
  { name, remaining, preemptible, checkpoint, done, migrate }: JobDocument,
  gpuShare: number,
): ResidentJob {
  const lost = checkpoint == null ? done : checkpoint.restore;
  return {
    id: name,
    remainingUs: remaining == null ? null : us(remaining),
    gpuShare,
    drain: preemptible === true ? { takesUs: us(checkpoint?.save), lostUs: us(lost) } : null,
    migrate: migrate == null ? null : { stunUs: us(migrate) },
  };
}

function wantedOf(
  geometry: MigGeometry,
  cards: CardsDocument['cards'],
  { instances, cards: perCard }: CardsDocument['target'],
): RepartitionProblem['target']['wanted'] {
  const row = (counts: Readonly<Record<string, number>> = {}) => {
    const byProfile = new Map(
      Object.entries(counts).map(([name, count]) => [profileNamed(geometry, name), count]),
    );
    return geometry.profiles.map((profile) => byProfile.get(profile) ?? 0);
  };
  if (perCard === undefined) return { on: 'all-cards', counts: row(instances) };
  const own = new Map(Object.entries(perCard));
  return { on: 'each-card', counts: cards.map(({ name }) => row(own.get(name))) };
}

function objectiveOf(written: CardsDocument['objective']): PlanObjective {
  if (written === undefined) return { order: 'loss-first' };
  return typeof written === 'string' ? { order: written } : { order: 'weighted', ...written };
}

/** Whole microseconds of a duration that has been found valid; 0 where there is none. */
function us(text: string | undefined): Micros {
  if (text === undefined) return 0 as Micros;
  const reading = durationQuantity.read(text);
  if (!reading.ok) throw new Error(`Cannot happen: ${text} has been checked`);
  return reading.value as Micros;
}
