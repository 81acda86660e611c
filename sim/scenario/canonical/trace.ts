import { rateQuantity } from '../quantities/rate.ts';
import type { TraceDocument } from '../schema/trace.ts';
import { canonicalDuration, canonicalNumber } from './distribution.ts';

const durationOrNone = (written: string | null | undefined) =>
  written == null ? null : canonicalDuration(written);

/** A trace with every default written out, keys in a fixed order. */
export function canonicalTrace(written: TraceDocument): TraceDocument {
  const { format, strict } = written;
  if (format === 'openb') return { format, pods: written.pods, strict: strict ?? false };
  const common = {
    jobs: written.jobs,
    strict: strict ?? false,
    from: durationOrNone(written.from),
    until: durationOrNone(written.until),
    limit: written.limit ?? null,
    arrivalScale: canonicalNumber(written.arrivalScale ?? 1),
  };
  switch (written.format) {
    case 'gavel':
      return { format: written.format, ...common, throughputs: written.throughputs ?? null };
    case 'gavel-continuous':
      return {
        format: written.format,
        ...common,
        rate: rateQuantity.write(written.rate),
        throughputs: written.throughputs ?? null,
      };
    case 'muri':
      return { format: written.format, ...common, timeUnit: written.timeUnit ?? 'ms' };
    case 'swf':
      return {
        format: written.format,
        ...common,
        processorsAre: written.processorsAre ?? 'gpus',
        processorsPerGpu: written.processorsPerGpu ?? null,
      };
    case 'sacct':
      return {
        format: written.format,
        ...common,
        utcOffsetMinutes: canonicalNumber(written.utcOffsetMinutes ?? 0),
        amounts: written.amounts ?? 'allocated',
        shardsPerGpu: written.shardsPerGpu ?? null,
        gpuTypes: { ...written.gpuTypes },
      };
    case 'kubernetes':
      return {
        format: written.format,
        ...common,
        onlyGpu: written.onlyGpu ?? false,
        gpuProducts: { ...written.gpuProducts },
      };
    default:
      return { format: written.format, ...common };
  }
}
