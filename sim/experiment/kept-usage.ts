import type { CostMeter, CostUsage, TenantHours } from '../observe/cost-meter.ts';

/** What was used in a run, whatever it costs. Plain data. */
export interface KeptUsage extends Pick<CostUsage, 'gpuMilliUs' | 'workUs' | 'cpuMilliUs' | 'peakSessions'> {
  readonly tenants: readonly TenantHours[];
  readonly endUs: number;
}

export function keptUsage(meter: CostMeter, endUs: number): KeptUsage {
  const { gpuMilliUs, workUs, cpuMilliUs, peakSessions } = meter;
  return { gpuMilliUs, workUs, cpuMilliUs, peakSessions, tenants: meter.tenants(), endUs };
}
