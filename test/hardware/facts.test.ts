import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  GPU_MODELS,
  GPU_SOURCES,
  GVTG_TYPES,
  MIG_MODELS,
  SRIOV_GPUS,
  SRIOV_SCHEDULERS,
} from '../../sim/hardware/index.ts';
import {
  ARTICLE_CLAIMS,
  OVERHEAD_DEFAULTS,
  OVERHEAD_RECORDS,
  OVERHEAD_SOURCES,
} from '../../sim/hardware/overheads/index.ts';
import {
  CLOUD_PRICES,
  FACILITY,
  GPU_POWER,
  HARDWARE_PRICES,
  LICENCES,
} from '../../sim/hardware/prices/index.ts';
import {
  LIVE_MIGRATION_FITS,
  LIVE_MIGRATION_STUN,
  MIXED_SIZE_TABLE,
  mixedSizePlacements,
  vgpuGpus,
  vgpuTypesOf,
} from '../../sim/hardware/vgpu/index.ts';

const FACTS = new URL('../../../shared/facts/', import.meta.url);
const present = existsSync(FACTS);

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Fact = { [key: string]: Json };

const facts = (name: string) => JSON.parse(readFileSync(new URL(`${name}.json`, FACTS), 'utf8'));

/** Every number in a record, numeric keys included, sorted: what may not get lost or change. */
function numbersIn(value: unknown): number[] {
  const found: number[] = [];
  const walk = (each: unknown): void => {
    if (typeof each === 'number') found.push(each);
    else if (Array.isArray(each)) each.forEach(walk);
    else if (typeof each === 'object' && each !== null) {
      for (const [key, inner] of Object.entries(each)) {
        if (/^\d+$/.test(key)) found.push(Number(key));
        walk(inner);
      }
    }
  };
  walk(value);
  return found.sort((a, b) => a - b);
}

/** Both lists hold the same numbers, record by record. */
function expectSameNumbers(ours: readonly unknown[], theirs: readonly Fact[]): void {
  expect(ours).toHaveLength(theirs.length);
  for (const [i, fact] of theirs.entries()) {
    expect(numbersIn(ours[i]), JSON.stringify(fact).slice(0, 120)).toEqual(numbersIn(fact));
  }
}

/** Confidence and null-ness, record by record. */
function expectSameConfidence(
  ours: readonly { readonly confidence: string }[],
  theirs: readonly Fact[],
): void {
  expect(ours.map((each) => each.confidence)).toEqual(theirs.map((fact) => fact.confidence));
}

const title = 'the tables and the facts they were taken from';
describe.skipIf(!present)(present ? title : `${title} (skipped: ../shared/facts is not there)`, () => {
  const GPU_FIELDS: readonly (readonly [string, keyof (typeof GPU_MODELS)[number]])[] = [
    ['id', 'id'],
    ['name', 'name'],
    ['vendor', 'vendor'],
    ['architecture', 'architecture'],
    ['release_year', 'releaseYear'],
    ['form_factor', 'formFactor'],
    ['gpus_per_board', 'gpusPerBoard'],
    ['memory_gb', 'memoryGb'],
    ['memory_type', 'memoryType'],
    ['memory_bandwidth_gbs', 'memoryBandwidthGbPerSec'],
    ['fp32_tflops', 'fp32Tflops'],
    ['fp16_tensor_tflops_dense', 'fp16TensorTflopsDense'],
    ['tdp_w', 'tdpW'],
    ['board_tdp_w', 'boardTdpW'],
    ['idle_w', 'idleW'],
    ['idle_w_source', 'idleWSource'],
    ['pcie_gen', 'pcieGen'],
    ['pcie_lanes', 'pcieLanes'],
    ['fabric_gbs_bidirectional', 'fabricGbPerSecBidirectional'],
    ['fabric_kind', 'fabricKind'],
    ['compute_units', 'computeUnits'],
    ['compute_unit_kind', 'computeUnitKind'],
    ['nvidia_smi_total_mib', 'nvidiaSmiTotalMib'],
    ['mig_profiles_id', 'migModelId'],
    ['vgpu_types_ids', 'vgpuGpuIds'],
    ['sriov_id', 'sriovId'],
    ['confidence', 'confidence'],
  ];

  test('GPUs agree field by field, with the same sources and as many unverified fields', () => {
    const theirs: Fact[] = facts('gpu-catalog');
    expectSameNumbers(GPU_MODELS, theirs);
    theirs.forEach((fact, i) => {
      const gpu = GPU_MODELS[i]!;
      for (const [theirField, field] of GPU_FIELDS)
        expect(gpu[field], `${gpu.id} ${field}`).toEqual(fact[theirField]);
      expect(gpu.sources.map((source) => GPU_SOURCES[source])).toEqual(fact.sources);
      expect(gpu.unverifiedFields.length).toBe((fact.unverified_fields as Json[]).length);
      const virtualization = fact.virtualization as Fact;
      expect(gpu.virtualization.passthrough).toBe(virtualization.passthrough);
      expect(gpu.virtualization.timeSlicing).toBe(virtualization.time_slicing);
      expect(gpu.virtualization.mig).toBe(virtualization.mig);
      expect(gpu.virtualization.nvidiaVgpu).toBe(virtualization.nvidia_vgpu);
      expect(gpu.virtualization.sriov.supported).toBe((virtualization.sriov as Fact).supported);
    });
  });

  test('MIG models and profiles agree field by field', () => {
    const theirs: Fact[] = facts('mig-profiles');
    expect(MIG_MODELS.map((model) => model.id)).toEqual(theirs.map((fact) => fact.id));
    theirs.forEach((fact, i) => {
      const model = MIG_MODELS[i]!;
      expect(model).toMatchObject({
        model: fact.model,
        aliases: fact.aliases,
        family: fact.family,
        memoryGb: fact.memory_gb,
        nvidiaSmiTotalMib: fact.nvidia_smi_total_mib,
        smTotal: fact.sm_total,
        gpuSlicesTotal: fact.gpu_slices_total,
        memorySlicesTotal: fact.memory_slices_total,
        placementAxisUnits: fact.placement_axis_units,
        maxGpuInstances: fact.max_gpu_instances,
        minDriver: fact.min_driver,
        pciDeviceIds: fact.pci_device_ids,
        confidence: fact.confidence,
        notes: fact.notes,
      });
      const profiles = fact.profiles as Fact[];
      expect(model.profiles).toHaveLength(profiles.length);
      profiles.forEach((profile, j) => {
        const placements = profile.placements as Fact;
        expect(model.profiles[j], `${model.id} ${String(profile.name)}`).toMatchObject({
          name: profile.name,
          smiProfileId: profile.nvidia_smi_profile_id,
          nvmlProfileIndex: profile.nvml_gi_profile_index,
          maxInstances: profile.max_instances,
          gpuSlices: profile.gpu_slices,
          memorySlices: profile.memory_slices,
          memoryGbNominal: profile.memory_gb_nominal,
          memoryGib: profile.memory_gib,
          memoryMib: profile.memory_mib,
          smCount: profile.sm_count,
          engines: {
            copy: profile.copy_engines,
            nvdec: profile.nvdec,
            nvenc: profile.nvenc,
            jpeg: profile.jpeg,
            ofa: profile.ofa,
          },
          mediaExtensions: profile.media_extensions,
          graphics: profile.graphics,
          p2p: profile.p2p,
          starts: placements.starts,
          size: placements.size,
          confidence: profile.confidence,
        });
        expect(model.profiles[j]!.smCountEstimate).toBe(profile.sm_count_estimate);
        expect(model.profiles[j]!.memoryGibOtherDrivers).toEqual(profile.memory_gib_other_drivers);
        expect(`NVML_GPU_INSTANCE_PROFILE_${model.profiles[j]!.nvmlProfile}`).toBe(profile.nvml_gi_profile);
      });
    });
  });

  test('what holds for a whole MIG family agrees: modes, reconfiguration, ids, durations, observations, counts', () => {
    const theirs: Fact[] = facts('mig-profiles');
    theirs.forEach((fact, i) => {
      const model = MIG_MODELS[i]!;
      const booleans = (value: object) => Object.values(value).filter((each) => typeof each === 'boolean');
      expect(booleans(model.modeChange)).toEqual(booleans(fact.mode_change as Fact));
      expect(booleans(model.reconfigure)).toEqual(booleans(fact.reconfigure as Fact));
      expect(numbersIn(model.reconfigure)).toEqual(numbersIn(fact.reconfigure));
      expect(numbersIn(model.gpuInstanceIds).filter((each) => each > 8)).toEqual(
        numbersIn(fact.gpu_instance_ids).filter((each) => each > 8),
      );
      expect(numbersIn(model.measuredDurations)).toEqual(numbersIn(fact.measured_durations));
      expect(numbersIn(model.derived)).toEqual(numbersIn(fact.derived));
      const observations = (fact.default_placement as Fact).observations as Fact[];
      expect(
        model.defaultPlacement.observations.map(({ requested, starts, seenOn }) => ({
          requested,
          starts,
          seenOn,
        })),
      ).toEqual(
        observations.map(({ requested, starts, seen_on: seenOn }) => ({ requested, starts, seenOn })),
      );
      expect(model.defaultPlacement.exception).toBe((fact.default_placement as Fact).exception);
      const divisions = (fact.compute_instances as Fact).by_gi_slices as { [size: string]: Fact[] };
      for (const [size, list] of Object.entries(divisions)) {
        expect(
          model.computeInstances.byGpuSlices[Number.parseInt(size, 10)]?.map((each) => [
            each.name,
            each.smiProfileId,
            each.maxInGpuInstance,
          ]),
        ).toEqual(list.map((each) => [each.name, each.nvidia_smi_ci_profile_id, each.max_in_gi]));
      }
    });
  });

  test('vGPU GPUs and all their types agree field by field', () => {
    const theirs: Fact[] = facts('vgpu-types').gpus;
    const known = (value: Json | undefined) => value ?? null;
    expect(
      vgpuGpus().map((gpu) => [
        gpu.id,
        gpu.catalogId,
        gpu.name,
        gpu.memoryGib,
        gpu.gpusPerBoard,
        gpu.boardTdpW,
      ]),
    ).toEqual(
      theirs.map((gpu) => [
        gpu.id,
        known(gpu.catalogId),
        gpu.name,
        gpu.memoryGiBPerGpu,
        gpu.gpusPerBoard,
        gpu.boardTdpW,
      ]),
    );
    theirs.forEach((gpu) => {
      const types = new Map(vgpuTypesOf(String(gpu.id)).map((type) => [type.type, type]));
      for (const fact of gpu.types as Fact[]) {
        const { note: _ours, ...type } = types.get(String(fact.type))!;
        expect(type).toEqual({
          type: fact.type,
          series: fact.series,
          backing: fact.backing,
          migSlices: known(fact.migSlices),
          mediaEngines: known(fact.mediaEngines),
          fbMib: fact.fbMiB,
          guestFbMib: known(fact.guestFbMiB),
          hostReservationMib: known(fact.hostReservationMiB),
          maxPerGpu: fact.maxPerGpu,
          maxPerBoard: fact.maxPerBoard,
          maxPerGpuMixedSize: known(fact.maxPerGpuMixedSize),
          maxPerGpuInstance: known(fact.maxPerGpuInstance),
          licence: fact.licence,
          displayHeads: known(fact.displayHeads),
          maxPixels: known(fact.maxPixels),
          frameRateLimitFps: known(fact.frameRateLimitFps),
          cuda: known(fact.cuda),
          multiVgpuPerVm: known(fact.multiVgpuPerVm),
          source: fact.source,
          confirmedBy: known(fact.confirmedBy),
          confidence: fact.confidence,
        });
        types.delete(String(fact.type));
      }
      expect([...types.keys()]).toEqual([]);
    });
  });

  test('documented mixed-size places are in the table, derived ones come out of the rule', () => {
    const theirs: Fact[] = facts('vgpu-types').mixedSizePlacement;
    const documented = theirs.filter((fact) => fact.confidence === 'documented');
    expect(MIXED_SIZE_TABLE).toEqual(
      documented.map((fact) => [
        fact.memoryGiB,
        fact.sizeGiB,
        fact.maxEqualSize,
        fact.maxMixedSize,
        fact.placementIds,
      ]),
    );
    for (const fact of theirs) {
      expect(mixedSizePlacements(Number(fact.memoryGiB), Number(fact.sizeGiB))).toEqual(fact.placementIds);
    }
  });

  test('stun times agree', () => {
    const theirs = facts('vgpu-types');
    expectSameNumbers(LIVE_MIGRATION_STUN, theirs.liveMigrationStun);
    expectSameNumbers(LIVE_MIGRATION_FITS, theirs.liveMigrationFit.fits);
  });

  test('SR-IOV records hold the same numbers and confidence', () => {
    const theirs = facts('sriov');
    expectSameNumbers(SRIOV_GPUS, theirs.gpus);
    expectSameConfidence(SRIOV_GPUS, theirs.gpus);
    expectSameNumbers(SRIOV_SCHEDULERS, theirs.schedulers);
    expectSameNumbers(GVTG_TYPES, theirs.gvtgTypes);
    expect(SRIOV_GPUS.map((gpu) => [gpu.id, gpu.liveMigration])).toEqual(
      theirs.gpus.map((fact: Fact) => [fact.id, fact.liveMigration ?? null]),
    );
  });

  test('overhead records and defaults hold the same numbers, confidence and sources', () => {
    const theirs = facts('overheads');
    expectSameNumbers(OVERHEAD_RECORDS, theirs.records);
    expectSameConfidence(OVERHEAD_RECORDS, theirs.records);
    expectSameNumbers(OVERHEAD_DEFAULTS, theirs.recommendedDefaults);
    expectSameConfidence(OVERHEAD_DEFAULTS, theirs.recommendedDefaults);
    OVERHEAD_RECORDS.forEach((record, i) => {
      const fact: Fact = theirs.records[i];
      expect([record.id, record.low, record.typical, record.high]).toEqual([
        fact.id,
        fact.low,
        fact.typical,
        fact.high,
      ]);
      if (record.source !== 'article4') {
        expect(
          String(fact.source)
            .replace(' [page address not kept]', '')
            .replace('vgpu-types.json', 'the vGPU table'),
        ).toBe(OVERHEAD_SOURCES[record.source]);
      }
    });
  });

  test('claims hold the same numbers and verdicts', () => {
    const theirs: Fact[] = [...facts('overheads').seedClaims, ...facts('licensing-and-cost').seedClaims];
    expect(ARTICLE_CLAIMS.map((claim) => claim.verdict)).toEqual(theirs.map((fact) => fact.verdict));
    expect(ARTICLE_CLAIMS.map(({ article: _, ...claim }) => numbersIn(claim))).toEqual(theirs.map(numbersIn));
    expect(ARTICLE_CLAIMS.map((claim) => claim.article)).toEqual(
      theirs.map((fact) => Number(String(fact.source).slice(0, 3))),
    );
  });

  test('licences, prices, watts and facility figures hold the same numbers and confidence', () => {
    const theirs = facts('licensing-and-cost');
    expectSameNumbers(LICENCES, theirs.licences);
    expectSameConfidence(LICENCES, theirs.licences);
    expectSameNumbers(CLOUD_PRICES, theirs.cloudPrices);
    expectSameConfidence(CLOUD_PRICES, theirs.cloudPrices);
    expectSameNumbers(HARDWARE_PRICES, theirs.hardwarePrices);
    expectSameConfidence(HARDWARE_PRICES, theirs.hardwarePrices);
    // Two rows give watts on top of idle as text.
    expectSameNumbers(
      GPU_POWER.filter((row) => row.idleAddsW === undefined),
      theirs.gpuPower.filter((fact: Fact) => typeof fact.idleW === 'number'),
    );
    expect(GPU_POWER.flatMap((row) => (row.idleAddsW === undefined ? [] : [row.idleAddsW]))).toEqual([
      [26, 50],
      [66, 66],
    ]);
    expectSameNumbers(FACILITY, theirs.facility);
  });
});
