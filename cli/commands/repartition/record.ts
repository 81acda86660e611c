import { type MigGeometry, placementsIn } from '../../../sim/hardware/index.ts';
import type { RepartitionAnswer } from './answer.ts';

/** The answer for a program to read: names in place of indices, times in seconds. */
export function answerRecord({ problem, outcome, after }: RepartitionAnswer) {
  const { geometry, cards, target, objective, creation } = problem;
  const counts = (row: readonly number[]) =>
    Object.fromEntries(
      row.flatMap((count, p) => (count > 0 ? [[geometry.profiles[p]?.name as string, count]] : [])),
    );
  const { wanted } = target;
  return {
    schema: 'slicewise/repartition@1',
    gpu: geometry.model.id,
    target:
      wanted.on === 'all-cards'
        ? { instances: counts(wanted.counts), ready: target.ready }
        : {
            cards: Object.fromEntries(cards.map(({ id }, c) => [id, counts(wanted.counts[c] ?? [])])),
            ready: target.ready,
          },
    objective:
      objective.order === 'weighted' ? { gpuMinutesPerTouch: objective.gpuMinutesPerTouch } : objective.order,
    creation: creation === 'driver-default' ? 'driver' : 'chosen',
    ...outcomeRecord(geometry, outcome),
    ...(outcome.outcome === 'planned'
      ? {
          after: cards.map(({ id }, c) => ({
            card: id,
            instances: placementsIn(geometry, after[c] ?? 0)
              .sort((a, b) => a.start - b.start)
              .map(({ index }) => instance(geometry, index)),
          })),
        }
      : {}),
  };
}

function outcomeRecord(geometry: MigGeometry, outcome: RepartitionAnswer['outcome']) {
  if (outcome.outcome !== 'planned') return outcome;
  const { steps, takesUs, lostGpuMinutes, jobsTouched, isProven, lostAtLeast } = outcome;
  return {
    outcome: outcome.outcome,
    takesSec: takesUs / 1e6,
    lostGpuMinutes,
    jobsTouched,
    isProven,
    lostAtLeastGpuMinutes: lostAtLeast,
    steps: steps.map(
      ({ kind, atUs, takesUs: lasts, card, placement, to, jobs, lostGpuMinutes: lost, what, why }) => ({
        kind,
        atSec: atUs / 1e6,
        takesSec: lasts / 1e6,
        ...(card === undefined || placement === undefined ? {} : { card, ...instance(geometry, placement) }),
        ...(to === undefined ? {} : { to: { card: to.card, ...instance(geometry, to.placement) } }),
        jobs,
        lostGpuMinutes: lost,
        what,
        why,
      }),
    ),
  };
}

function instance(geometry: MigGeometry, placement: number) {
  const { profile, start } = geometry.placements[placement]!;
  return { profile: profile.name, start };
}
