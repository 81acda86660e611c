import type { DistributionSpec } from '../kernel/distributions/index.ts';
import { exp } from '../kernel/math.ts';
import type { GpuUse, SlotRequest } from '../sharing/index.ts';
import type { Figures, Preset } from './presets/preset.ts';
import { byteRateQuantity } from './quantities/byte-rate.ts';
import { decimalFromNumber, formatDecimal } from './quantities/decimal.ts';
import { durationQuantity } from './quantities/duration.ts';
import { catalogueGpu } from './resolve/card-spec.ts';
import type {
  AnyDistributionDocument,
  DistributionDocument,
  NumberDistributionDocument,
} from './schema/distribution.ts';
import type { Frames, SessionGroup } from './types.ts';

/** What a preset says, as the keys of a document would say it: durations in whole microseconds, shares in percent. */
export function presetDocument(preset: Preset): Readonly<Record<string, unknown>> {
  const { cpuMilli, memoryMib, gpuCount, slot, referenceModel, speedByModel, communication } = preset;
  return withoutNothing({
    cpu: `${cpuMilli.value}m`,
    memory: `${memoryMib.value}MiB`,
    gpus: gpuCount.value,
    slot: slotDocument(slot.value),
    reference: referenceModel.value,
    use: { workload: preset.workload, ...useDocument(preset.use) },
    speedByModel: inCatalogue(speedByModel.value),
    communication: communication.value,
    ...ofKind(preset),
  });
}

function ofKind(preset: Preset): Readonly<Record<string, unknown>> {
  switch (preset.kind) {
    case 'batch':
      return { lifetime: durations(preset.lifetimeSec.value) };
    case 'service':
      return {
        batch: {
          times: preset.batchSec.value.map(seconds),
          max: preset.maxBatch.value,
          wait: micros(preset.batchWaitUs.value),
        },
        variability: preset.variability.value === null ? null : numbers(preset.variability.value),
        concurrency: preset.concurrency.value,
        objective: preset.objectiveUs.value === null ? null : micros(preset.objectiveUs.value),
      };
    case 'session':
      return {
        logon: logonDocument(preset.logon.value),
        duration: preset.durationSec.value === null ? null : durations(preset.durationSec.value),
        activity:
          preset.activity.value === null
            ? null
            : {
                on: durations(preset.activity.value.onSec),
                off: durations(preset.activity.value.offSec),
              },
        frames: framesDocument(preset.frames),
      };
  }
}

/** Speeds on GPUs that a document may name without having them: those of the catalogue. */
function inCatalogue(speeds: Readonly<Record<string, number>>): Readonly<Record<string, number>> {
  return Object.fromEntries(Object.entries(speeds).filter(([model]) => catalogueGpu(model) !== null));
}

/** Without the keys that say nothing: null is the default wherever a preset may say it. */
function withoutNothing(keys: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(keys).filter(([, value]) => value !== null));
}

const micros = (us: number) => durationQuantity.write(Math.round(us));
/** A length of time in seconds; one above 0 stays so. */
const seconds = (sec: number) => micros(sec > 0 ? Math.max(1, sec * 1e6) : 0);
const milliseconds = (ms: number) => seconds(ms / 1000);

function slotDocument(slot: SlotRequest): unknown {
  switch (slot.kind) {
    case 'whole':
      return 'whole';
    case 'profile':
      return { profile: slot.profile };
    case 'part':
      return { memory: `${slot.memoryMib}MiB`, compute: `${slot.computeMilli}m` };
  }
}

function useDocument(use: Figures<Omit<GpuUse, 'workload'>>): Readonly<Record<string, unknown>> {
  return {
    busy: use.busy.value,
    compute: use.compute.value,
    bandwidth: use.bandwidth.value,
    memory: `${use.memoryMib.value}MiB`,
    link: byteRateQuantity.write(Math.round(use.linkBytesPerSec.value)),
    processes: use.processes.value,
    syncCalls: `${formatDecimal(decimalFromNumber(use.syncCallsPerSec.value))}/s`,
    speedByProfile: use.speedByProfile.value,
  };
}

function logonDocument(logon: SessionGroup['logon']): unknown {
  switch (logon.kind) {
    case 'always':
      return 'always';
    case 'daily': {
      const { kind, hourFactors, dayFactors, perDay } = logon;
      return { kind, hourOfDay: [...hourFactors], dayOfWeek: [...dayFactors], perDay };
    }
    case 'storm':
      return {
        kind: logon.kind,
        at: micros(logon.atUs),
        spread: micros(logon.spreadUs),
        daily: logon.daily,
      };
  }
}

function framesDocument(frames: Figures<Frames>): unknown {
  return {
    gpu: durations(frames.gpuMs.value, 1 / 1000),
    cpu: milliseconds(frames.cpuMs.value),
    target: frames.targetFps.value,
    limiter: frames.limiterFps.value,
    encode: milliseconds(frames.encodeMs.value),
    network: milliseconds(frames.networkMs.value),
    display: milliseconds(frames.displayMs.value),
    deadline: milliseconds(frames.deadlineMs.value),
  };
}

/** @param factor seconds of the unit that the distribution is in */
export function durations(spec: DistributionSpec, factor = 1): DistributionDocument {
  return document(spec, (value) => seconds(value * factor)) as DistributionDocument;
}

export function numbers(spec: DistributionSpec): NumberDistributionDocument {
  return document(spec, (value) => value) as NumberDistributionDocument;
}

type Write = (value: number) => string | number;

/** A distribution as a document states it: the reverse of `resolveDistribution`. */
function document(spec: DistributionSpec, write: Write): AnyDistributionDocument {
  return ofSpec(spec, write) as AnyDistributionDocument;
}

function ofSpec(spec: DistributionSpec, write: Write): object {
  const maxOf = (max: number | undefined) => (max === undefined ? null : write(max));
  switch (spec.kind) {
    case 'constant':
      return { kind: spec.kind, value: write(spec.value) };
    case 'exponential':
      return { kind: spec.kind, mean: write(spec.mean) };
    case 'uniform':
      return { kind: spec.kind, min: write(spec.min), max: write(spec.max) };
    case 'normal':
      // Below 0 there is no time: the document cuts there if the spec does not.
      return {
        kind: spec.kind,
        mean: write(spec.mean),
        sd: write(spec.stdDev),
        min: write(Math.max(0, spec.min ?? 0)),
        max: maxOf(spec.max),
      };
    case 'lognormal':
      return { kind: spec.kind, median: write(exp(spec.logMean)), sigma: spec.logStdDev };
    case 'gamma':
      return { kind: spec.kind, shape: spec.shape, mean: write(spec.shape * spec.scale) };
    case 'weibull':
      return { kind: spec.kind, shape: spec.shape, scale: write(spec.scale) };
    case 'pareto':
      return { kind: spec.kind, shape: spec.shape, min: write(spec.min), max: maxOf(spec.max) };
    case 'empirical':
      return { kind: spec.kind, values: spec.values.map(write) };
    case 'quantile-table':
      return { kind: 'empirical', quantiles: spec.points.map(({ p, value }) => [p, write(value)]) };
    case 'discrete':
      return { kind: spec.kind, values: spec.values.map(write), weights: [...spec.weights] };
    case 'mixture':
      return {
        kind: spec.kind,
        parts: spec.components.map(({ weight, distribution }) => ({
          weight,
          ...ofSpec(distribution, write),
        })),
      };
  }
}
