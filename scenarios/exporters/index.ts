import { devicePlugin } from './device-plugin.ts';
import type { Exporter } from './exporter.ts';
import { kai } from './kai.ts';
import { kueue } from './kueue.ts';
import { libvirt } from './libvirt.ts';
import { migParted } from './mig-parted.ts';
import { purchaseList } from './purchase-list.ts';
import { gresConf, slurmNodes } from './slurm.ts';
import { vgpuConfig } from './vgpu-config.ts';

export type { Exporter, ExportSettings } from './exporter.ts';

/** In the order in which help lists them. */
export const EXPORTERS: readonly Exporter[] = [
  migParted,
  devicePlugin,
  gresConf,
  slurmNodes,
  vgpuConfig,
  kueue,
  kai,
  libvirt,
  purchaseList,
];
