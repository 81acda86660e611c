import type { ReplayState } from '../../../sim/observe/replay/index.ts';
import type { Colouring } from '../../state/app-state.ts';
import type { FleetFacts } from './facts.ts';
import { fillText } from './fills.ts';
import { Tally } from './tally.ts';

/** Names that a legend has one by one. */
const MOST_NAMES = 8;

interface LegendEntry {
  readonly key: number;
  readonly name: string;
  readonly residents: number;
  /** Thousandths of GPUs that they hold. */
  readonly milli: number;
}

/** What the colours on the map stand for now, and how much of each there is. */
export interface Legend {
  readonly entries: readonly LegendEntry[];
  /** Names that are not among the entries, together. */
  readonly others: { readonly names: number; readonly residents: number; readonly milli: number };
  readonly gpus: number;
  readonly freeGpus: number;
  readonly failedGpus: number;
  readonly closedGpus: number;
  readonly takenMilli: number;
}

const tally = new Tally();

/** Tenants and classes: those with most of the fleet first. Scales and phases: in their own order. */
export function legendOf(facts: FleetFacts, state: ReplayState, colouring: Colouring): Legend {
  tally.clear();
  for (let host = 0; host < facts.hostCount; host++) tally.addHost(facts, state, host, colouring);
  const all: LegendEntry[] = [];
  for (let key = 0; key < tally.keys; key++) {
    const [residents, milli] = [tally.residents[key] as number, tally.milli[key] as number];
    if (residents > 0) all.push({ key, name: fillText(colouring, key), residents, milli });
  }
  const isByName = colouring === 'tenant' || colouring === 'class';
  if (isByName) all.sort((a, b) => b.milli - a.milli || a.key - b.key);
  const rest = all.slice(MOST_NAMES);
  const { gpus, freeGpus, failedGpus, closedGpus, takenMilli } = tally;
  return {
    entries: all.slice(0, MOST_NAMES),
    others: {
      names: rest.length,
      residents: rest.reduce((sum, { residents }) => sum + residents, 0),
      milli: rest.reduce((sum, { milli }) => sum + milli, 0),
    },
    gpus,
    freeGpus,
    failedGpus,
    closedGpus,
    takenMilli,
  };
}
