import type { RemoteNetworkName, SharingModeName, VgpuSchedulerName } from './names.ts';

/** How a GPU is shared, with every option resolved. Plain data. `null` = the mode's own default. */
export type SharingConfig =
  | { readonly mode: 'bare-metal' }
  | { readonly mode: 'passthrough' }
  | {
      readonly mode: 'sriov';
      /** Virtual functions on each GPU; fixed while one is in use. */
      readonly vfs: number;
      /** A name of the GPU's schedulers; null = its default. */
      readonly scheduler: string | null;
      /** Compute partition of AMD Instinct (`SPX`, `DPX`, `QPX`, `CPX`); null = none. */
      readonly partition: string | null;
    }
  | {
      readonly mode: 'vgpu';
      readonly sizes: 'equal' | 'mixed';
      readonly scheduler: VgpuSchedulerName;
      /** Turn length; null = 2 ms up to 8 vGPUs of the type, 1 ms above. */
      readonly sliceMs: number | null;
      /** Series that a request by size may get: `B`, `Q`, `C`, `A`; null = by purpose (desktops B, graphics Q, compute C). */
      readonly series: string | null;
    }
  | {
      readonly mode: 'mig';
      /** Profiles created beforehand, optionally with a start (`3g.40gb@4`); null = made on demand. */
      readonly layout: readonly string[] | null;
      /** Whether a GPU instance may be cut into compute instances that share its memory. */
      readonly computeInstances: boolean;
    }
  | {
      readonly mode: 'mig-vgpu';
      readonly layout: readonly string[] | null;
      /** Scheduler among vGPUs of one instance, where the card allows several. */
      readonly scheduler: VgpuSchedulerName;
      readonly series: string | null;
    }
  | {
      readonly mode: 'time-slicing';
      /** Times that the GPU is advertised, >= 2. */
      readonly replicas: number;
      readonly failRequestsGreaterThanOne: boolean;
      /** MIG profile whose instances are replicated; null = the whole GPU. */
      readonly profile: string | null;
    }
  | {
      readonly mode: 'mps';
      /** Replicas advertised: each client gets 100 / clients percent of the SMs and 1 / clients of the memory; null = no limits, up to the hardware's client limit. */
      readonly clients: number | null;
      /** Ceiling of SMs of each client in percent; null = 100 / clients, or none. */
      readonly threadPercent: number | null;
      /** Driver release that sets the client limit, e.g. `12.9`, `13.1` (CUDA version); null = before 13.1. */
      readonly cuda: string | null;
    }
  | { readonly mode: 'hook' }
  | {
      readonly mode: 'uvm-swap';
      /** Length of the exclusive turns. */
      readonly turnSec: number;
    }
  | {
      readonly mode: 'api-remoting';
      readonly network: RemoteNetworkName;
      /** Round trip in microseconds and bytes a second instead of the named network's; null = the network's. */
      readonly roundTripUs: number | null;
      readonly bytesPerSec: number | null;
      /** Clients of one GPU at a time. */
      readonly sessions: number;
    }
  | {
      readonly mode: 'gvt-g';
      /** Aperture (low) and hidden (high) graphics memory and fences of the host; null = the usual GPU's. */
      readonly lowMib: number | null;
      readonly highMib: number | null;
      readonly fences: number | null;
    }
  | { readonly mode: 'paravirtual'; readonly tenants: number }
  | { readonly mode: 'software'; readonly tenants: number }
  | {
      readonly mode: 'edge-pool';
      /** Containers that one board takes at a time. */
      readonly tenants: number;
    };

/** The options of one mode. */
export type ConfigOf<N extends SharingModeName> = Extract<SharingConfig, { readonly mode: N }>;
