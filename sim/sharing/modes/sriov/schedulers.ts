import { compactName, type SriovGpu } from '../../../hardware/index.ts';
import type { TurnHolders } from '../vgpu/turns.ts';

/** How the virtual functions of a GPU take turns. `vfs` is how many there are, taken or not. */
export interface VfScheduler {
  /** As the vendor calls it. */
  readonly name: string;
  readonly holders: TurnHolders;
  /** Milliseconds of a turn; null: as long as its holder has work. */
  turnMs(vfs: number): number | null;
  /** Milliseconds after which work that does not yield at the end of a turn is reset; null: not known. */
  preemptMs(vfs: number): number | null;
  readonly source: string;
}

/** Turns of Flex GPUs, whether idle functions keep theirs or not. */
const flexTurnMs = (vfs: number) => Math.max(Math.floor(32 / vfs), 1);
const flexPreemptMs = (vfs: number) => (vfs === 1 ? 128 : Math.max(Math.floor(64_000 / vfs), 16_000) / 1000);
const burstPeriodMs = (vfs: number) => Math.floor(2000 / Math.max(vfs - 1, 1));
const burstTurnMs = (vfs: number) => Math.min(burstPeriodMs(vfs) / 2, 50);

const INTEL: readonly VfScheduler[] = [
  {
    name: 'Flexible_30fps',
    holders: 'active',
    turnMs: flexTurnMs,
    preemptMs: flexPreemptMs,
    source: 'intel-flexible-30fps (code)',
  },
  {
    name: 'Fixed_30fps',
    holders: 'places',
    turnMs: flexTurnMs,
    preemptMs: flexPreemptMs,
    source: 'intel-fixed-30fps (code)',
  },
  {
    name: 'Flexible_BurstableQoS',
    holders: 'active',
    turnMs: burstTurnMs,
    preemptMs: (vfs) => burstPeriodMs(vfs) - burstTurnMs(vfs),
    source: 'intel-burstable-qos (code)',
  },
];

/** Turns of AMD GPUs last 6 ms; a single function is not interrupted. */
const amdTurnMs = (vfs: number) => (vfs > 1 ? 6 : null);

function amd(name: string, holders: TurnHolders, source: string): VfScheduler {
  return { name, holders, turnMs: amdTurnMs, preemptMs: () => null, source };
}

/** Option 0 passes over functions without a driver, that is, without a running guest: an idle guest keeps its turns. */
const MXGPU: readonly VfScheduler[] = [
  amd('0', 'running', 'amd-gim-s7150 (code)'),
  amd('1', 'places', 'amd-gim-s7150 (code)'),
];

const INSTINCT: readonly VfScheduler[] = [
  amd('SOLID', 'places', 'amd-gim-instinct (code)'),
  amd('LIQUID', 'active', 'amd-gim-instinct (code)'),
  amd('FAIRNESS', 'running', 'amd-gim-instinct (code)'),
  amd('ROUND_ROBIN', 'running', 'amd-gim-instinct (code)'),
  amd('HYBRID_LIQUID', 'active', 'amd-gim-instinct (code); what it mixes is not published (assumed)'),
];

/** For GPUs whose scheduler is not published: the default of the vendor's open driver. */
const UNNAMED = amd('default', 'running', 'amd-gim-s7150, for other GPUs of the vendor (assumed)');

/** The schedulers that a GPU's functions can have, the default first. */
export function vfSchedulers(gpu: SriovGpu): readonly VfScheduler[] {
  if (gpu.vendor === 'Intel') {
    const named = (gpu.schedulers ?? []).map((text) => {
      const scheduler = INTEL.find((each) => compactName(text).startsWith(compactName(each.name)));
      if (scheduler === undefined) throw new RangeError(`Cannot find the scheduler "${text}" of ${gpu.name}`);
      return { scheduler, isDefault: text.includes('default') };
    });
    return [...named.filter((each) => each.isDefault), ...named.filter((each) => !each.isDefault)].map(
      (each) => each.scheduler,
    );
  }
  if (gpu.id.startsWith('s7150')) return MXGPU;
  if (gpu.partitionModes !== undefined) return INSTINCT;
  return [UNNAMED];
}

/** A GPU's scheduler by its name in any spelling, null = its default; undefined where it has none of that name. */
export function vfScheduler(gpu: SriovGpu, name: string | null): VfScheduler | undefined {
  const schedulers = vfSchedulers(gpu);
  if (name === null) return schedulers[0];
  return schedulers.find((each) => compactName(each.name) === compactName(name));
}
