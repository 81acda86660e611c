import type { ReplayState } from '../../../sim/observe/replay/index.ts';
import { CONDITION_TEXT, gpuCondition, hostCondition } from './condition.ts';
import type { FleetFacts } from './facts.ts';

/** A host in the table behind the map. */
export interface HostRow {
  readonly host: number;
  readonly name: string;
  readonly pool: string;
  readonly gpus: string;
  readonly gpuCount: number;
  /** GPUs without anybody on them. */
  readonly freeGpus: number;
  /** Share of its GPUs that is taken, 0 to 1. */
  readonly taken: number;
  /** Residents of its GPUs: a job counts once for each part. */
  readonly residents: number;
  readonly condition: string;
}

/**
 * Hosts of which a text is in the name, the pool, a GPU model or the condition.
 *
 * @param most rows that are made; all that match are counted
 */
export function hostRows(
  facts: FleetFacts,
  state: ReplayState,
  text: string,
  most: number,
): { readonly rows: readonly HostRow[]; readonly found: number } {
  const wanted = text.trim().toLowerCase();
  const rows: HostRow[] = [];
  let found = 0;
  for (let host = 0; host < facts.hostCount; host++) {
    const name = facts.hostNames[host] as string;
    const pool = facts.pools[facts.poolOfHost[host] as number]?.name ?? '';
    const gpus = facts.hostText[host] as string;
    const condition = conditionText(facts, state, host);
    if (wanted !== '' && !`${name}\n${pool}\n${gpus}\n${condition}`.toLowerCase().includes(wanted)) continue;
    found += 1;
    if (rows.length >= most) continue;
    let [freeGpus, milli, residents] = [0, 0, 0];
    const [first, end] = [facts.gpuStart[host] as number, facts.gpuStart[host + 1] as number];
    for (let gpu = first; gpu < end; gpu++) {
      const own = state.occupants[gpu] ?? [];
      if (own.length === 0) freeGpus += 1;
      residents += own.length;
      for (const occupant of own) milli += occupant.milli;
    }
    const gpuCount = end - first;
    const taken = gpuCount === 0 ? 0 : milli / (1000 * gpuCount);
    rows.push({ host, name, pool, gpus, gpuCount, freeGpus, taken, residents, condition });
  }
  return { rows, found };
}

function conditionText(facts: FleetFacts, state: ReplayState, host: number): string {
  const condition = CONDITION_TEXT[hostCondition(state.closedFor[host] as number)];
  let failed = 0;
  for (let gpu = facts.gpuStart[host] as number; gpu < (facts.gpuStart[host + 1] as number); gpu++)
    if (gpuCondition(state.gpuClosedFor[gpu] as number) === 'failed') failed += 1;
  return failed === 0 ? condition : `${condition}, ${failed === 1 ? '1 GPU' : `${failed} GPUs`} failed`;
}
