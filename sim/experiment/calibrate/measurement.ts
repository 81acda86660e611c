import type { GpuUse, SharingConfig, SharingModeName, SlotRequest } from '../../sharing/index.ts';

/** What a measurement counts. All tenants are equal and always busy (a closed loop without pauses). */
export const MEASURED_METRICS = ['latency', 'throughput', 'total-throughput'] as const;
/** `latency`: time of one request. `throughput`: of one tenant. `total-throughput`: of all tenants of the card. */
export type MeasuredMetric = (typeof MEASURED_METRICS)[number];

/** One measured figure and the set-up it was measured in. */
export interface Measurement {
  /** What people call the row: its line in the file. */
  readonly label: string;
  readonly mode: SharingModeName;
  readonly config: SharingConfig;
  readonly gpu: string;
  readonly tenants: number;
  /** Part of the card that each tenant takes. */
  readonly slot: SlotRequest;
  readonly use: GpuUse;
  /** Program measured: rows of the same program, GPU and unit share one unknown, its speed alone on the whole card. */
  readonly program: string;
  readonly metric: MeasuredMetric;
  /** > 0. Latencies in seconds. */
  readonly value: number;
  readonly unit: string;
}

/** Rows that share the unknown speed of a program alone. */
export function programKey({ gpu, program, metric, unit }: Measurement): string {
  return JSON.stringify([gpu, program, metric === 'latency' ? 'latency' : 'throughput', unit]);
}
