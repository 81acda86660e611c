import type { FleetView } from '../cluster/fleet.ts';
import type { TypicalShape } from '../cluster/fragmentation.ts';
import { type Compress, type ReplaySink, ReplayWriter } from '../observe/replay/index.ts';
import type { WaitLedger } from '../observe/wait-ledger.ts';
import type { Waterfall } from '../observe/waterfall/waterfall.ts';
import type { Scenario } from '../scenario/types.ts';
import { replayHeader } from './replay-header.ts';
import type { RunResult } from './result.ts';

/** The run that a replay is of. */
export interface RecordedRun {
  readonly scenario: Scenario;
  /** The scenario, normalized. */
  readonly document: unknown;
  /** Of the product. */
  readonly version: string;
  readonly fleet: FleetView;
  /** Of timed runs; see `ReplicationHooks.observers`. */
  readonly waits: WaitLedger | undefined;
  readonly waterfall: Waterfall | undefined;
  /** The usual tasks of the run; see `ReplicationHooks.observers`. */
  readonly mix: readonly TypicalShape[];
}

/** A replay that is being written: `writer` is to listen to the run, and `close` to be called when its result is known. */
export interface ReplayRecording {
  readonly writer: ReplayWriter;
  close(result: RunResult): void;
}

/**
 * Begins a replay of a run with the scenario's own seed, before its first event.
 *
 * @param deflate absent: nothing is compressed
 */
export function recordReplay(
  { scenario, document, version, fleet, waits, waterfall, mix }: RecordedRun,
  sink: ReplaySink,
  deflate?: Compress,
): ReplayRecording {
  const header = replayHeader(scenario, document, scenario.seed, version, fleet, mix);
  const writer = new ReplayWriter(fleet, header, sink, deflate);
  if (waits !== undefined) writer.follow(waits);
  waterfall?.keepMarks();
  return {
    writer,
    close({ scenario: _inHeader, ...result }) {
      const waterfallMarks = waterfall?.marks();
      writer.close({
        digest: result.digest,
        endUs: Math.round((result.metrics['time.end']?.value ?? 0) * 1e6),
        result,
        ...(waterfallMarks === undefined ? {} : { waterfallMarks }),
      });
    },
  };
}
