import { positiveByteRateQuantity } from '../quantities/byte-rate.ts';
import { hostMemoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import type { SharingDocument, SharingMapping } from '../schema/sharing.ts';
import { canonicalDuration } from './distribution.ts';

const memory = (written: string | null | undefined) =>
  written == null ? null : hostMemoryQuantity.write(readValid(hostMemoryQuantity, written));
const duration = (written: string | null | undefined) =>
  written == null ? null : canonicalDuration(written);
const listed = (layout: readonly string[] | null | undefined) => (layout == null ? null : [...layout]);

/** A sharing mode with every option written out, keys in a fixed order; a name alone becomes a mapping. */
export function canonicalSharing(written: SharingDocument): SharingMapping {
  const options: SharingMapping = typeof written === 'string' ? { mode: written } : written;
  switch (options.mode) {
    case 'bare-metal':
    case 'passthrough':
    case 'hook':
      return { mode: options.mode };
    case 'sriov': {
      const { mode, vfs, scheduler, partition } = options;
      return { mode, vfs, scheduler: scheduler ?? null, partition: partition ?? null };
    }
    case 'vgpu': {
      const { mode, sizes, scheduler, slice, series } = options;
      return {
        mode,
        sizes: sizes ?? 'equal',
        scheduler: scheduler ?? 'best-effort',
        slice: duration(slice),
        series: series ?? null,
      };
    }
    case 'mig':
      return {
        mode: options.mode,
        layout: listed(options.layout),
        computeInstances: options.computeInstances ?? false,
      };
    case 'mig-vgpu': {
      const { mode, layout, scheduler, series } = options;
      return { mode, layout: listed(layout), scheduler: scheduler ?? 'best-effort', series: series ?? null };
    }
    case 'time-slicing': {
      const { mode, replicas, failRequestsGreaterThanOne, profile } = options;
      return {
        mode,
        replicas,
        failRequestsGreaterThanOne: failRequestsGreaterThanOne ?? false,
        profile: profile ?? null,
      };
    }
    case 'mps': {
      const { mode, clients, threadPercent, cuda } = options;
      return { mode, clients: clients ?? null, threadPercent: threadPercent ?? null, cuda: cuda ?? null };
    }
    case 'uvm-swap':
      return { mode: options.mode, turn: canonicalDuration(options.turn ?? '30s') };
    case 'api-remoting': {
      const { mode, network, roundTrip, bandwidth, sessions } = options;
      return {
        mode,
        network,
        roundTrip: duration(roundTrip),
        bandwidth:
          bandwidth == null
            ? null
            : positiveByteRateQuantity.write(readValid(positiveByteRateQuantity, bandwidth)),
        sessions,
      };
    }
    case 'gvt-g': {
      const { mode, low, high, fences } = options;
      return { mode, low: memory(low), high: memory(high), fences: fences ?? null };
    }
    case 'paravirtual':
    case 'software':
    case 'edge-pool':
      return { mode: options.mode, tenants: options.tenants };
  }
}
