import type { CatalogTopic } from './topic.ts';

/** The subjects of the catalogue, in the order in which help lists them. */
export const CATALOG_TOPICS: readonly CatalogTopic[] = [
  {
    name: 'gpus',
    summary: 'physical GPUs: memory, speed, watts, sharing modes, prices',
    options: ['gpu'],
    load: () => import('./gpus.ts'),
  },
  {
    name: 'mig',
    summary: 'MIG profiles, placements, compute instances and full layouts',
    options: ['gpu', 'layouts', 'variants'],
    load: () => import('./mig.ts'),
  },
  {
    name: 'vgpu',
    summary: 'NVIDIA vGPU types by GPU: frame buffer, counts, displays, licences',
    options: ['gpu'],
    load: () => import('./vgpu.ts'),
  },
  {
    name: 'sriov',
    summary: 'virtual functions of AMD and Intel GPUs: counts, memory, schedulers',
    options: ['gpu'],
    load: () => import('./sriov.ts'),
  },
  {
    name: 'modes',
    summary: 'sharing modes: isolation, features, options, figures, operations, what each leaves out',
    options: ['gpu', 'mode'],
    load: () => import('./modes.ts'),
  },
  {
    name: 'overheads',
    summary: 'what sharing costs: defaults of a run and the published figures behind them',
    options: ['mode'],
    load: () => import('./overheads.ts'),
  },
  {
    name: 'prices',
    summary: 'licences, cloud and purchase prices, watts, facility figures',
    options: ['gpu'],
    load: () => import('./prices.ts'),
  },
];
