import type { OverheadDefault } from '../overheads/overhead.ts';

/** What a run uses when a scenario says nothing else. `basedOn` names records of OVERHEAD_RECORDS and articles. */
// biome-ignore format: one record per line
export const OVERHEAD_DEFAULTS: readonly OverheadDefault[] = [
  { mode: 'bare-metal', parameter: 'efficiency', low: 1, typical: 1, high: 1, basedOn: [], confidence: 'derived' },
  { mode: 'passthrough', parameter: 'efficiency, compute', low: 0.95, typical: 0.985, high: 1, basedOn: ['PT-1', 'PT-2', 'PT-4', 'article-4'], confidence: 'derived' },
  { mode: 'passthrough', parameter: 'efficiency, interactive 3D', low: 0.9, typical: 0.97, high: 1, basedOn: ['PT-1', 'PT-3', 'article-0'], confidence: 'derived', note: 'PT-3 (0.60) only as stress case' },
  { mode: 'vgpu-time-sliced', parameter: 'efficiency of a lone full-size vGPU', low: 0.94, typical: 0.98, high: 1.05, basedOn: ['VG-1', 'VG-2'], confidence: 'derived' },
  { mode: 'vgpu-time-sliced', parameter: 'aggregate efficiency with n >= 2 busy vGPUs', low: 0.85, typical: 0.93, high: 0.98, basedOn: ['TS-2', 'TS-3', 'TS-4', 'article-4'], confidence: 'inferred', note: 'no published figure for vGPU switching; taken between container time-slicing and article 4' },
  { mode: 'sr-iov', parameter: 'aggregate efficiency', low: 0.9, typical: 0.95, high: 0.98, basedOn: ['GV-1', 'article-4'], confidence: 'unverified' },
  { mode: 'time-slicing', parameter: 'aggregate efficiency with n >= 2 busy processes', low: 0.7, typical: 0.9, high: 0.985, basedOn: ['TS-2', 'TS-3', 'TS-4', 'TS-5'], confidence: 'derived' },
  { mode: 'mps', parameter: 'pairwise sum of normalised throughput', low: 0.53, typical: 1.3, high: 1.95, basedOn: ['MP-2', 'MP-4', 'MP-5', 'MP-6'], confidence: 'derived', note: 'model as min(n x d, cap): d = demand of one client as a fraction of the GPU; cap 1.02-1.2 for saturated, more for BERT-like CPU-bound clients' },
  { mode: 'mig', parameter: 'slowdown from neighbours', low: 0, typical: 0.01, high: 0.02, basedOn: ['MG-1', 'MG-3'], confidence: 'derived' },
  { mode: 'mig', parameter: 'speed of k slices for a job that can use the fraction u of the GPU', low: null, typical: null, high: null, formula: 'min(1, (k/7) / u) of its full-GPU speed', basedOn: ['MG-P1-sat', 'MG-P1-1', 'MG-T1', 'MG-MM'], confidence: 'derived', note: 'saturated u = 1: 0.155, 0.31, 0.53, 0.60 for 1, 2, 3, 4 slices on A100 (3 slices own half of the memory bandwidth, hence above 3/7)' },
  { mode: 'hook-library', parameter: 'efficiency', low: 0.979, typical: 0.99, high: 1, basedOn: ['SW-1'], confidence: 'derived' },
  { mode: 'api-remoting', parameter: 'efficiency, RDMA', low: 0.95, typical: 0.97, high: 1, basedOn: ['AR-1', 'AR-2'], confidence: 'derived' },
  { mode: 'api-remoting', parameter: 'efficiency, 10 GbE or slower', low: 0.5, typical: 0.82, high: 0.95, basedOn: ['AR-3', 'AR-5'], confidence: 'unverified' },
  { mode: 'software-rendering', parameter: 'speed relative to a current mid-range GPU', low: 0.005, typical: 0.03, high: 0.1, basedOn: ['SR-1'], confidence: 'unverified' },
  { mode: 'mig', parameter: 'instance create / destroy, seconds', low: 0.1, typical: 0.15, high: 1, basedOn: ['MG-4', 'MG-5'], confidence: 'derived' },
  { mode: 'mig', parameter: 'reconfigure with pod drain, seconds', low: 180, typical: 240, high: 300, basedOn: ['MG-7'], confidence: 'documented' },
  { mode: 'vgpu-time-sliced', parameter: 'live-migration stun, seconds', low: null, typical: null, high: null, formula: 'a + b x vgpuGiB; fail above 100 s on vSphere before 6.7U3', basedOn: ['VG-6'], confidence: 'derived' },
];
