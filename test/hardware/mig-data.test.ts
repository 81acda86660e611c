import { describe, expect, test } from 'vitest';
import { CONFIDENCES, MIG_MODELS, MIG_SOURCES, MIG_VARIANTS } from '../../sim/hardware/index.ts';

test('there are 14 MIG models with 100 profiles', () => {
  expect(MIG_MODELS).toHaveLength(14);
  expect(new Set(MIG_MODELS.map((model) => model.id)).size).toBe(14);
  expect(MIG_MODELS.reduce((sum, model) => sum + model.profiles.length, 0)).toBe(100);
});

describe.each(MIG_MODELS.map((model) => [model.id, model] as const))('%s', (_id, model) => {
  test('profiles lie on the placement axis and within the slices and engines of the card', () => {
    for (const profile of model.profiles) {
      expect(profile.starts, profile.name).toEqual([...profile.starts].sort((a, b) => a - b));
      expect(profile.starts.at(-1)! + profile.size).toBeLessThanOrEqual(model.placementAxisUnits);
      expect(profile.gpuSlices).toBeLessThanOrEqual(model.gpuSlicesTotal);
      expect(profile.memorySlices).toBeLessThanOrEqual(model.memorySlicesTotal);
      // A memory slice is one unit of the axis, or three on the twelve-unit one.
      expect(profile.size).toBe(profile.memorySlices * (model.placementAxisUnits / model.memorySlicesTotal));
      for (const engine of ['copy', 'nvdec', 'nvenc', 'jpeg', 'ofa'] as const) {
        expect(profile.engines[engine]).toBeLessThanOrEqual(model.engineTotals[engine]);
      }
    }
  });

  test('profiles stand in rising size, with the whole card last', () => {
    const plain = model.profiles
      .filter((profile) => profile.variant === 'plain')
      .map((each) => each.gpuSlices);
    expect(plain).toEqual([...plain].sort((a, b) => a - b));
    expect(plain.at(-1)).toBe(model.gpuSlicesTotal);
  });

  test('a profile gets no more memory and SMs than the card, and its MiB are its GiB to 1/16', () => {
    for (const profile of model.profiles) {
      if (profile.memoryMib !== null) {
        expect(profile.memoryMib).toBe(Math.round(profile.memoryGib! * 16) * 64);
        expect(profile.memoryMib).toBeLessThanOrEqual(model.memoryGb * 1024);
      }
      if (profile.smCount !== null) expect(profile.smCount).toBeLessThanOrEqual(model.smTotal);
      expect(profile.memoryMib === null).toBe(profile.memoryGib === null);
      if (profile.smCountEstimate !== undefined) expect(profile.smCount).toBeNull();
    }
  });

  test('a name tells slices, nominal memory and variant', () => {
    const suffixes = {
      plain: '',
      'double-memory': '',
      media: '+me',
      'all-media': '+me.all',
      'no-media': '-me',
      graphics: '+gfx',
    };
    for (const profile of model.profiles) {
      expect(MIG_VARIANTS).toContain(profile.variant);
      expect(profile.name).toBe(
        `${profile.gpuSlices}g.${profile.memoryGbNominal}gb${suffixes[profile.variant]}`,
      );
      expect(profile.variant === 'double-memory').toBe(
        profile.gpuSlices === 1 && profile.memorySlices === 2 && model.gpuSlicesTotal === 7,
      );
      expect(profile.graphics).toBe(profile.variant === 'graphics');
      expect(profile.mediaExtensions).toBe(profile.variant === 'media' || profile.variant === 'all-media');
    }
  });

  test('command-line ids are distinct, and a confidence stands for what it depends on', () => {
    expect(new Set(model.profiles.map((profile) => profile.smiProfileId)).size).toBe(model.profiles.length);
    for (const profile of model.profiles) {
      const worst = Math.max(
        ...Object.values(profile.confidenceByField).map((each) => CONFIDENCES.indexOf(each)),
      );
      expect(CONFIDENCES.indexOf(profile.confidence)).toBeLessThanOrEqual(worst);
      if (profile.memoryMib === null) expect(profile.confidenceByField.memory).toBe('unverified');
    }
  });

  test('every cited source is listed', () => {
    const known = Object.keys(MIG_SOURCES);
    for (const source of [
      ...model.sources,
      ...model.profiles.flatMap((profile) => profile.sources),
      ...model.measuredDurations.map((duration) => duration.source),
    ]) {
      expect(known).toContain(source);
    }
  });

  test('switching MIG needs a reset on GA100 parts alone, and only there survives a reboot', () => {
    expect(model.modeChange.resetRequired).toBe(model.architecture.includes('GA100'));
    expect(model.modeChange.modePersistsAcrossReboot).toBe(model.modeChange.resetRequired);
    expect(model.modeChange.instancesPersistAcrossRebootOrReset).toBe(false);
  });
});

test('the seven-slice cards share one geometry: sizes and starts differ in nothing but memory', () => {
  const shapes = MIG_MODELS.filter((model) => model.gpuSlicesTotal === 7).map((model) =>
    JSON.stringify(
      model.profiles.map(({ variant, gpuSlices, starts, size }) => [variant, gpuSlices, starts, size]),
    ),
  );
  expect(shapes).toHaveLength(12);
  expect(new Set(shapes).size).toBe(1);
});
