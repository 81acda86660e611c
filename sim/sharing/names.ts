/** Names of the sharing modes, in the order of the capability matrix. */
export const SHARING_MODE_NAMES = [
  'bare-metal',
  'passthrough',
  'sriov',
  'vgpu',
  'mig',
  'mig-vgpu',
  'time-slicing',
  'mps',
  'hook',
  'uvm-swap',
  'api-remoting',
  'gvt-g',
  'paravirtual',
  'software',
  'edge-pool',
] as const;
export type SharingModeName = (typeof SHARING_MODE_NAMES)[number];

export const VGPU_SCHEDULER_NAMES = ['best-effort', 'equal-share', 'fixed-share'] as const;
export type VgpuSchedulerName = (typeof VGPU_SCHEDULER_NAMES)[number];

/** Networks between a job and a remote GPU, with what they cost (see modes/api-remoting.ts). */
export const REMOTE_NETWORK_NAMES = [
  'rdma',
  'roce-100g',
  'ethernet-25g',
  'ethernet-10g',
  'ethernet-1g',
] as const;
export type RemoteNetworkName = (typeof REMOTE_NETWORK_NAMES)[number];
