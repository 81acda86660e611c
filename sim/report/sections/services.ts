import type { Block } from '../document/blocks.ts';
import type { ReportedRun } from '../document/read-result.ts';
import type { SectionKind } from './section.ts';
import { namesOf, thingsTable } from './side-by-side.ts';

const SERVICE = [
  ['answers', 'throughput'],
  ['latency, mean', 'latency.mean'],
  ['median', 'latency.p50'],
  ['95th percentile', 'latency.p95'],
  ['99th percentile', 'latency.p99'],
  ['within objective', 'withinObjective'],
  ['overdue', 'overdue'],
  ['served together', 'batch.mean'],
] as const;

const SESSION = [
  ['with a place', 'on.mean'],
  ['active', 'active.mean'],
  ['speed against a card alone', 'speed.mean'],
] as const;

const FRAMES = [
  ['frames', 'frame.rate'],
  ['within deadline', 'frame.inTime'],
  ['input to screen, median', 'frame.seen.p50'],
  ['95th percentile', 'frame.seen.p95'],
  ['99th percentile', 'frame.seen.p99'],
  ['click to screen, 95th percentile', 'frame.click.p95'],
  ['on the GPU, 95th percentile', 'frame.gpu.p95'],
] as const;

/** What users of services and desktops notice. */
export const servicesSection: SectionKind = {
  id: 'services',
  title: 'Services, sessions and frames',
  build: ({ runs }) => [
    ...part(runs, 'Services: latencies from arrival to answer', 'service', 'service', 'throughput', SERVICE),
    ...part(runs, 'Sessions: speed while users are active', 'group', 'session', 'speed.mean', SESSION),
    ...part(runs, 'Frames of sessions', 'group', 'session', 'frame.rate', FRAMES),
  ],
};

function part(
  runs: readonly ReportedRun[],
  caption: string,
  first: string,
  kind: string,
  marker: string,
  columns: readonly (readonly [string, string])[],
): readonly Block[] {
  const names = namesOf(runs, kind, marker);
  if (names.length === 0) return [];
  const of = (run: ReportedRun, thing: string, last: string) =>
    run.result.metrics[`${kind}.${thing}.${last}`];
  return [thingsTable(caption, runs, first, names, columns, of)];
}
