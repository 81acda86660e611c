import { describe, expect, test } from 'vitest';
import { GPU_ALIASES } from '../../sim/hardware/data/gpu-aliases.ts';
import {
  CatalogueNameError,
  GPU_MODELS,
  gpuById,
  gpusNamed,
  MIG_MODELS,
  migModelByName,
  migProfileByName,
  nearestNames,
  resolveGpu,
  shortProfileName,
  sriovByName,
} from '../../sim/hardware/index.ts';

test('every GPU is found by its id and by its name, with nothing assumed', () => {
  for (const gpu of GPU_MODELS) {
    expect(gpuById(gpu.id)).toBe(gpu);
    for (const name of [gpu.id, gpu.name, gpu.name.toUpperCase(), gpu.id.replaceAll('-', '_')]) {
      expect(resolveGpu(name)).toEqual({ gpu, assumption: null });
    }
  }
});

test('every alias leads to a GPU of the catalogue and says what it assumes', () => {
  for (const { alias, gpuId, assumption } of GPU_ALIASES) {
    expect(resolveGpu(alias)).toEqual({ gpu: gpuById(gpuId), assumption });
  }
});

test.each([
  ['T4', 't4'],
  ['Tesla T4', 't4'],
  ['A10', 'a10'],
  ['P100', 'p100-pcie-16gb'],
  ['V100M16', 'v100-sxm2-16gb'],
  ['V100M32', 'v100-sxm2-32gb'],
  ['Tesla V100-SXM2-16GB', 'v100-sxm2-16gb'],
  ['A100-SXM4-80GB', 'a100-sxm4-80gb'],
  ['A100-SXM-80GB', 'a100-sxm4-80gb'],
  ['NVIDIA A100 80GB PCIe', 'a100-pcie-80gb'],
  ['A100-PCIE-40GB', 'a100-pcie-40gb'],
  ['A100-40GB', 'a100-sxm4-40gb'],
  ['H100 PCIe', 'h100-pcie-80gb'],
  ['H100 NVL', 'h100-nvl-94gb'],
  ['H200 NVL', 'h200-nvl-141gb'],
  ['RTX A6000', 'rtx-a6000'],
  ['A6000', 'rtx-a6000'],
  ['Quadro RTX 6000', 'quadro-rtx-6000'],
  ['RTX 6000', 'quadro-rtx-6000'],
  ['RTX 6000 Ada', 'rtx-6000-ada'],
  ['RTX PRO 6000', 'rtx-pro-6000-blackwell-se'],
  ['GeForce RTX 3090', 'rtx-3090'],
  ['RTX3090', 'rtx-3090'],
  ['V620', 'radeon-pro-v620'],
  ['Instinct MI300X', 'mi300x'],
  ['Flex 140', 'flex-140-gpu'],
])('%s means %s', (name, id) => {
  expect(resolveGpu(name).gpu.id).toBe(id);
});

test('a name that leaves the memory open is refused with the GPUs it may mean', () => {
  expect(() => resolveGpu('A100')).toThrow(
    'Ambiguous GPU "A100": say which of a100-pcie-40gb, a100-sxm4-40gb, a100-pcie-80gb, a100-sxm4-80gb',
  );
  expect(gpusNamed('A100')).toHaveLength(4);
});

test('an unknown name is refused with the nearest names, best first', () => {
  try {
    resolveGpu('A10G');
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(CatalogueNameError);
    expect(error).toMatchObject({ given: 'A10G', reason: 'unknown' });
    expect((error as CatalogueNameError).candidates[0]).toBe('a10');
    expect((error as CatalogueNameError).message).toMatch(
      /^Unknown GPU "A10G": nearest known names are a10, /,
    );
  }
  expect(() => resolveGpu('')).toThrow('Unknown GPU ""');
  expect(() => resolveGpu('GPU')).toThrow('Unknown GPU "GPU"');
});

test('nearest names rank by shared letter pairs and keep the given order among equals', () => {
  expect(nearestNames('v100', ['t4', 'v100-sxm2', 'v100-pcie', 'a100'])).toEqual([
    'v100-sxm2',
    'v100-pcie',
    'a100',
    't4',
  ]);
});

describe('MIG models', () => {
  test('are found by id, name, alias, and by the GPUs that have them', () => {
    for (const model of MIG_MODELS) {
      for (const name of [model.id, model.model, ...model.aliases]) expect(migModelByName(name)).toBe(model);
    }
    for (const gpu of GPU_MODELS) expect(migModelByName(gpu.id)?.id ?? null).toBe(gpu.migModelId);
  });

  test.each([
    ['A100-40GB', 'a100-40gb'],
    ['A100-SXM4-80GB', 'a100-80gb'],
    ['H100', 'h100-sxm-80gb'],
    ['H100 PCIe', 'h100-pcie-80gb'],
    ['H200', 'h200-141gb'],
    ['A30', 'a30-24gb'],
    ['RTX PRO 6000', 'rtx-pro-6000-blackwell-96gb'],
  ])('%s means %s', (name, id) => {
    expect(migModelByName(name)?.id).toBe(id);
  });

  test('a GPU without MIG has none, an unknown name is refused', () => {
    expect(migModelByName('T4')).toBeUndefined();
    expect(() => migModelByName('Q100')).toThrow('Unknown MIG-capable GPU "Q100"');
    expect(() => migModelByName('A100')).toThrow('Ambiguous GPU "A100"');
  });
});

describe('MIG profiles', () => {
  test('are found by name, alias, short name and resource name, and by no name of another profile', () => {
    for (const model of MIG_MODELS) {
      const names = model.profiles.flatMap((profile) => [profile.name, ...(profile.aliases ?? [])]);
      expect(new Set(names).size, model.id).toBe(names.length);
      for (const profile of model.profiles) {
        const resource = `nvidia.com/mig-${profile.name.replace('+', '.')}`;
        for (const name of [profile.name, ...(profile.aliases ?? []), shortProfileName(profile), resource]) {
          expect(migProfileByName(model, name).name, `${model.id} ${name}`).toBe(profile.name);
        }
      }
    }
  });

  test.each([
    ['gb200-186gb', '1g.24gb', '1g.23gb'],
    ['gb200-186gb', '1g.24gb+me', '1g.23gb+me'],
    ['gb200-186gb', '3g.95gb', '3g.93gb'],
    ['gb200-186gb', '4g.95gb', '4g.93gb'],
    ['gb200-186gb', '7g.189gb', '7g.186gb'],
    ['a100-80gb', '7g.79gb', '7g.80gb'],
    ['rtx-pro-6000-blackwell-96gb', '1g-me', '1g.24gb-me'],
    ['rtx-pro-6000-blackwell-96gb', '1g+me.all', '1g.24gb+me.all'],
    ['a100-40gb', 'MIG 3g.20gb', '3g.20gb'],
  ])('on %s %s means %s', (modelId, given, name) => {
    expect(migProfileByName(MIG_MODELS.find((model) => model.id === modelId)!, given).name).toBe(name);
  });

  test('a profile of another card is refused with the profiles of this one', () => {
    const a30 = MIG_MODELS.find((model) => model.id === 'a30-24gb')!;
    expect(() => migProfileByName(a30, '3g.24gb')).toThrow(
      /^Unknown MIG profile of NVIDIA A30 24GB "3g.24gb": nearest known names are 4g.24gb/,
    );
  });
});

describe('SR-IOV records', () => {
  test('are found by their own names and through the GPU catalogue', () => {
    expect(sriovByName('mi25')?.id).toBe('mi25');
    expect(sriovByName('S7150')?.id).toBe('s7150');
    expect(sriovByName('Radeon Pro V620')?.id).toBe('v620');
    expect(sriovByName('Flex 170')?.id).toBe('flex170');
    expect(sriovByName('A10')?.id).toBe('a10-azure');
    expect(sriovByName('T4')).toBeUndefined();
    expect(() => sriovByName('S9999')).toThrow('Unknown SR-IOV GPU "S9999"');
  });
});
