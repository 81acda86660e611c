import { OVERHEAD_RECORDS } from '../../sim/hardware/overheads/index.ts';

/** Mean latency of YOLOS-small on an A100 80GB, one always busy client per pod, by number of pods (nebuly-ai/nos). */
export function nosLatency(record: 'TS-1' | 'MP-1', pods: number): number {
  const seconds = OVERHEAD_RECORDS.find((each) => each.id === record)?.points?.[pods];
  if (seconds === undefined) throw new RangeError(`${record} has no figure for ${pods} pods`);
  return seconds;
}
