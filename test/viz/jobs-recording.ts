import { deflateRawSync } from 'node:zlib';
import type { FleetView } from '../../sim/cluster/fleet.ts';
import { ReplayWriter, type ReplicationHooks, replayHeader, replicate } from '../../sim/index.ts';
import { type ReplayOutline, readSegment, type Segment } from '../../sim/observe/replay/index.ts';
import type { ShortRun } from '../replay/catalogue.ts';
import { outlineOf, readFrom } from '../replay/run-with-replay.ts';

/** A replay in memory, as a search sees it. */
export interface Recording {
  readonly outline: ReplayOutline;
  segment(number: number): Promise<Segment>;
  readonly segments: readonly Segment[];
}

/**
 * Runs a scenario and keeps its replay.
 *
 * @param look asked at times of the run what the engine has, after all else that happens then
 * @param observersOf others who watch the run
 * @param watched names of jobs whose reasons to wait are told one by one
 */
export function record(
  { scenario, document }: Pick<ShortRun, 'scenario' | 'document'>,
  timesUs: readonly number[] = [],
  look: (atUs: number, fleet: FleetView) => void = () => undefined,
  observersOf: NonNullable<ReplicationHooks['observers']> = () => [],
  watched: ReadonlySet<string> = new Set(),
): Recording {
  const chunks: Uint8Array[] = [];
  let writer: ReplayWriter | undefined;
  let fleetSeen: FleetView | undefined;
  const { digest } = replicate(scenario, {}, scenario.seed, {
    watched,
    observers: (fleet, waits, waterfall, mix) => {
      fleetSeen = fleet;
      const own = new ReplayWriter(
        fleet,
        replayHeader(scenario, document, scenario.seed, 'test', fleet),
        { write: (bytes) => void chunks.push(bytes.slice()) },
        (raw) => new Uint8Array(deflateRawSync(raw)),
      );
      writer = own;
      if (waits !== undefined) own.follow(waits);
      return [own, ...observersOf(fleet, waits, waterfall, mix)];
    },
    interventions: timesUs.map((atUs) => ({
      atUs,
      act: ({ nowUs }) => {
        look(nowUs, fleetSeen as FleetView);
        return undefined;
      },
    })),
  });
  writer?.close({ digest, endUs: 0 });
  return recordingOf(Buffer.concat(chunks));
}

function recordingOf(file: Uint8Array): Recording {
  const outline = outlineOf(file);
  const segments = outline.segments.map((entry) => readFrom(file, readSegment(outline, entry, file.length)));
  return { outline, segments, segment: async (number) => segments[number] as Segment };
}
