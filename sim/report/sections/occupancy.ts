import { type PartTables, partBlocks } from './by-part.ts';
import { isFill } from './scenario.ts';
import type { SectionKind } from './section.ts';

const AT_THE_END = ['allocated at the end', 'gpu.allocated.end'] as const;

const TABLES: PartTables = {
  kinds: [
    ['mode', 'sharing mode'],
    ['profile', 'profile'],
    ['hostGroup', 'host group'],
    ['pool', 'pool'],
    ['gpuModel', 'GPU model'],
  ],
  tables: [
    {
      title: 'Occupancy',
      columns: [
        ['GPUs', 'gpu.capacityMilli'],
        ['allocated, mean', 'gpu.allocated.mean'],
        ['allocated, peak', 'gpu.allocated.peak'],
        AT_THE_END,
        ['compute used', 'gpu.utilized.mean'],
        ['busy', 'gpu.busy.mean'],
        ['largest demand that still fits', 'gpu.largestFit.mean'],
        ['stranded', 'gpu.stranded.mean'],
      ],
    },
    {
      title: 'GPU memory, links and energy',
      columns: [
        ['memory reserved', 'gpuMemory.reserved.mean'],
        ['memory used', 'gpuMemory.used.mean'],
        ['memory fragmented', 'gpuMemory.fragmented.mean'],
        ['link used', 'link.used.mean'],
        ['energy', 'energy.gpu'],
      ],
    },
  ],
  bars: ['gpu.allocated.mean', 'gpu.allocated.end'],
  order: ['gpu.allocated.mean', 'gpu.allocated.end'],
  barTitle: 'GPU allocated',
  axis: 'allocated',
  largestFirst: 'the fullest first',
  isWholeKnown: false,
  to: 100,
  isShown: ({ groups }, kind, part) =>
    TABLES.tables.some(({ columns }) =>
      columns.some(([, last]) => groups[kind]?.[part]?.[last]?.value != null),
    ),
};

/** What holds at the end of a timed run is chance. */
const TIMED: PartTables = {
  ...TABLES,
  tables: TABLES.tables.map((table) => ({
    ...table,
    columns: table.columns.filter((column) => column !== AT_THE_END),
  })),
};

/** How full the parts of the fleet were: modes, profiles, host groups, pools, models. */
export const occupancySection: SectionKind = {
  id: 'occupancy',
  title: 'Partition occupancy',
  build: ({ runs }) => partBlocks(runs, runs.some(isFill) ? TABLES : TIMED),
};
