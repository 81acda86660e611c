import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  canAdd,
  creatable,
  defaultPlacement,
  geometryOf,
  MIG_MODELS,
  type MigModel,
  migProfileByName,
  NO_PLACEMENTS,
  placementCount,
} from '../../sim/hardware/index.ts';

/** Starts the rule gives for a sequence of requests; null where no start is free. */
function replay(model: MigModel, requested: readonly string[]): (number | null)[] {
  const geometry = geometryOf(model);
  let layout = NO_PLACEMENTS;
  return requested.map((name) => {
    const profileIndex = model.profiles.indexOf(migProfileByName(model, name));
    const placement = defaultPlacement(geometry, layout, profileIndex);
    if (placement !== undefined) layout |= 1 << placement.index;
    return placement?.start ?? null;
  });
}

describe.each(MIG_MODELS.map((model) => [model.id, model] as const))('%s', (_id, model) => {
  const { observations } = model.defaultPlacement;

  test.each(observations.filter((each) => each.starts !== undefined && each.followsRule))(
    'requests $requested go where they were seen to go',
    ({ requested, starts }) => {
      expect(replay(model, requested)).toEqual(starts);
    },
  );

  test.each(observations.filter((each) => !each.followsRule))(
    'requests $requested are a known exception to the rule',
    ({ requested, starts }) => {
      expect(model.defaultPlacement.exception).toContain('1g double-memory on Hopper');
      expect(requested).toEqual(['1g.double', '1g.double', '1g.double']);
      expect(starts).toEqual([4, 0, 2]);
      expect(replay(model, requested)).toEqual([6, 4, 0]);
    },
  );

  test.each(observations.filter((each) => each.gpuInstanceIds !== undefined))(
    'requests $requested take the quarters in the order of their ids',
    ({ requested, gpuInstanceIds }) => {
      const quarters = model.gpuInstanceIds.byFraction!.quarters;
      const quarter = model.placementAxisUnits / 4;
      expect(replay(model, requested).map((start) => quarters[start! / quarter])).toEqual(gpuInstanceIds);
    },
  );
});

test('the known exceptions are the double-memory sequence of the seven-slice family alone', () => {
  const exceptions = MIG_MODELS.flatMap((model) =>
    model.defaultPlacement.observations
      .filter((each) => !each.followsRule)
      .map((each) => `${model.gpuSlicesTotal}: ${each.requested.join(' ')}`),
  );
  expect([...new Set(exceptions)]).toEqual(['7: 1g.double 1g.double 1g.double']);
});

test('the start chosen is legal, leaves the most room, and is the lowest of those that do', () => {
  const models = fc.constantFrom(...MIG_MODELS.map((model) => geometryOf(model)));
  const picks = fc.array(fc.nat(10), { maxLength: 10 });
  fc.assert(
    fc.property(models, picks, (geometry, profiles) => {
      let layout = NO_PLACEMENTS;
      for (const pick of profiles) {
        const profileIndex = pick % geometry.profiles.length;
        const free = geometry.placements.filter(
          (each) => each.profileIndex === profileIndex && canAdd(geometry, layout, each),
        );
        const room = free.map((each) => placementCount(creatable(geometry, layout | (1 << each.index))));
        const best = free[room.indexOf(Math.max(...room))];
        const chosen = defaultPlacement(geometry, layout, profileIndex);
        expect(chosen?.index).toBe(best?.index);
        if (chosen !== undefined) layout |= 1 << chosen.index;
      }
    }),
  );
});
