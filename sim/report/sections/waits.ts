import { type PartTables, partBlocks } from './by-part.ts';
import type { SectionKind } from './section.ts';

const TABLES: PartTables = {
  kinds: [
    ['class', 'class'],
    ['tenant', 'tenant'],
    ['pool', 'pool'],
  ],
  tables: [
    {
      title: 'Waits',
      columns: [
        ['jobs', 'jobs.arrived'],
        ['wait, mean', 'wait.mean'],
        ['wait, median', 'wait.p50'],
        ['wait, 95th percentile', 'wait.p95'],
        ['wait, 99th percentile', 'wait.p99'],
        ['arrival to end, 95th percentile', 'completion.p95'],
        ['slowdown, 95th percentile', 'slowdown.p95'],
        ['GPU time', 'gpu.hours'],
      ],
    },
  ],
  bars: ['wait.p95'],
  order: ['wait.p95', 'wait.mean', 'gpu.hours'],
  barTitle: '95th percentile of the wait',
  axis: 'wait',
  largestFirst: 'the longest first',
  isWholeKnown: true,
  isShown: ({ groups }, kind, part) => groups[kind]?.[part]?.['wait.mean']?.value != null,
};

/** Who waits how long: by class, tenant and pool where the result tells them apart. */
export const waitsSection: SectionKind = {
  id: 'waits',
  title: 'Waits by class',
  build: ({ runs }) => partBlocks(runs, TABLES),
};
