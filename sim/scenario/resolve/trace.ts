import { durationQuantity } from '../quantities/duration.ts';
import { readValid } from '../quantities/quantity.ts';
import { rateQuantity } from '../quantities/rate.ts';
import type { TraceDocument } from '../schema/trace.ts';
import type { JobTrace, WorkloadTrace } from '../types.ts';

const US_PER_SEC = 1e6;
const SEC_PER_HOUR = 3600;

const secondsOrNone = (written: string | null | undefined) =>
  written == null ? null : readValid(durationQuantity, written) / US_PER_SEC;

/** @param trace with its defaults written out */
export function resolveTrace(trace: TraceDocument): WorkloadTrace {
  const isStrict = trace.strict ?? false;
  if (trace.format === 'openb') return { format: trace.format, podsPath: trace.pods, isStrict };
  return {
    format: trace.format,
    jobsPath: trace.jobs,
    isStrict,
    fromSec: secondsOrNone(trace.from),
    untilSec: secondsOrNone(trace.until),
    limit: trace.limit ?? null,
    arrivalScale: trace.arrivalScale ?? 1,
    reading: { ...NOTHING_SAID, ...readingOf(trace) },
  };
}

const NOTHING_SAID: JobTrace['reading'] = {
  throughputsPath: null,
  arrivalsPerHour: null,
  timeUnit: 'ms',
  processorsAre: 'gpus',
  processorsPerGpu: null,
  utcOffsetMinutes: 0,
  amounts: 'allocated',
  shardsPerGpu: null,
  gpuTypes: {},
  pods: 'all',
  gpuProducts: {},
};

function readingOf(trace: TraceDocument): Partial<JobTrace['reading']> {
  switch (trace.format) {
    case 'gavel':
      return { throughputsPath: trace.throughputs ?? null };
    case 'gavel-continuous':
      return {
        throughputsPath: trace.throughputs ?? null,
        arrivalsPerHour: readValid(rateQuantity, trace.rate) * SEC_PER_HOUR,
      };
    case 'muri':
      return { timeUnit: trace.timeUnit ?? 'ms' };
    case 'swf':
      return {
        processorsAre: trace.processorsAre ?? 'gpus',
        processorsPerGpu: trace.processorsPerGpu ?? null,
      };
    case 'sacct':
      return {
        utcOffsetMinutes: trace.utcOffsetMinutes ?? 0,
        amounts: trace.amounts ?? 'allocated',
        shardsPerGpu: trace.shardsPerGpu ?? null,
        gpuTypes: trace.gpuTypes ?? {},
      };
    case 'kubernetes':
      return { pods: trace.onlyGpu === true ? 'gpu' : 'all', gpuProducts: trace.gpuProducts ?? {} };
    default:
      return {};
  }
}
