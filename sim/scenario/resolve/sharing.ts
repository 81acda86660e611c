import type { SharingConfig } from '../../sharing/index.ts';
import { positiveByteRateQuantity } from '../quantities/byte-rate.ts';
import { durationQuantity } from '../quantities/duration.ts';
import { hostMemoryQuantity } from '../quantities/memory.ts';
import { readValid } from '../quantities/quantity.ts';
import type { SharingMapping } from '../schema/sharing.ts';
import { secondsFrom } from './distribution.ts';

const memoryMib = (written: string | null | undefined) =>
  written == null ? null : readValid(hostMemoryQuantity, written);

/** The options of a mode in numbers. */
export function resolveSharing(canonical: SharingMapping): SharingConfig {
  switch (canonical.mode) {
    case 'bare-metal':
    case 'passthrough':
    case 'hook':
      return { mode: canonical.mode };
    case 'sriov': {
      const { mode, vfs, scheduler = null, partition = null } = canonical;
      return { mode, vfs, scheduler, partition };
    }
    case 'vgpu': {
      const { mode, sizes = 'equal', scheduler = 'best-effort', slice, series = null } = canonical;
      return { mode, sizes, scheduler, sliceMs: slice == null ? null : secondsFrom(slice) * 1000, series };
    }
    case 'mig': {
      const { mode, layout = null, computeInstances = false } = canonical;
      return { mode, layout, computeInstances };
    }
    case 'mig-vgpu': {
      const { mode, layout = null, scheduler = 'best-effort', series = null } = canonical;
      return { mode, layout, scheduler, series };
    }
    case 'time-slicing': {
      const { mode, replicas, failRequestsGreaterThanOne = false, profile = null } = canonical;
      return { mode, replicas, failRequestsGreaterThanOne, profile };
    }
    case 'mps': {
      const { mode, clients = null, threadPercent = null, cuda = null } = canonical;
      return { mode, clients, threadPercent, cuda };
    }
    case 'uvm-swap':
      return { mode: canonical.mode, turnSec: secondsFrom(canonical.turn ?? '30s') };
    case 'api-remoting': {
      const { mode, network, roundTrip, bandwidth, sessions } = canonical;
      return {
        mode,
        network,
        roundTripUs: roundTrip == null ? null : readValid(durationQuantity, roundTrip),
        bytesPerSec: bandwidth == null ? null : readValid(positiveByteRateQuantity, bandwidth),
        sessions,
      };
    }
    case 'gvt-g': {
      const { mode, low, high, fences = null } = canonical;
      return { mode, lowMib: memoryMib(low), highMib: memoryMib(high), fences };
    }
    case 'paravirtual':
    case 'software':
    case 'edge-pool':
      return { mode: canonical.mode, tenants: canonical.tenants };
  }
}
