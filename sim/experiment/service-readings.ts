import type { Readings } from '../observe/metric.ts';
import type { Service } from '../scenario/types.ts';
import type { LatencySummary } from '../workload/service/latency-record.ts';

/** What the requests of each service went through, as `service.NAME...`. */
export function readServices(
  into: Readings,
  services: readonly Service[],
  summaries: readonly LatencySummary[],
): void {
  services.forEach(({ name }, i) => {
    const found = summaries[i] as LatencySummary;
    const set = (
      metric: string,
      value: number | null,
      unit: 'seconds' | 'fraction' | 'requests' | 'requests/s',
    ) =>
      into.set(`service.${name}.${metric}`, {
        value: value === null || !Number.isFinite(value) ? null : value,
        unit,
      });
    set('answered', found.answered, 'requests');
    set('overdue', found.overdue, 'requests');
    set('throughput', found.answersPerSec, 'requests/s');
    set('latency.mean', found.meanSec, 'seconds');
    set('latency.p50', found.p50Sec, 'seconds');
    set('latency.p95', found.p95Sec, 'seconds');
    set('latency.p99', found.p99Sec, 'seconds');
    set('latency.max', found.maxSec, 'seconds');
    if (found.withinObjective !== null) set('withinObjective', found.withinObjective, 'fraction');
    set('batch.mean', found.meanBatch, 'requests');
  });
}
