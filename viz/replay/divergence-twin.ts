import { hasKind, segmentAt } from '../../sim/observe/replay/index.ts';
import type { SegmentSource } from './divergence-moments.ts';
import type { Pair, PairedJob } from './pair.ts';

/** A job as it came in both runs. */
export interface TwinJob extends PairedJob {
  /** By run: how long it takes at full speed, microseconds. */
  readonly durationsUs: Pair<number>;
}

interface Arrival {
  readonly number: number;
  readonly durationUs: number;
}

/**
 * The same job in another run: of the same name and arrival, of several alike the one that came as the so-manieth; just as
 * `PairScan` pairs them, without going through the runs.
 *
 * @param number of the job in the first run
 * @returns undefined where the other run has none
 * @throws {ReplayFileError} if a file is damaged there
 */
export async function twinOf(
  [first, second]: Pair<SegmentSource>,
  { number, name, arrivalUs }: { readonly number: number; readonly name: string; readonly arrivalUs: number },
): Promise<TwinJob | undefined> {
  const own = await arrivalsOf(first, name, arrivalUs);
  const at = own.findIndex((each) => each.number === number);
  if (at < 0) return undefined;
  const [one, other] = [own[at], (await arrivalsOf(second, name, arrivalUs))[at]];
  if (one === undefined || other === undefined) return undefined;
  return {
    ...{ name, arrivalUs },
    numbers: [one.number, other.number],
    durationsUs: [one.durationUs, other.durationUs],
  };
}

/** Jobs of a name that arrive at a moment, in order. */
async function arrivalsOf(
  { segments, segment }: SegmentSource,
  name: string,
  atUs: number,
): Promise<readonly Arrival[]> {
  const found: Arrival[] = [];
  // Those of one moment may be in several segments.
  let number = segmentAt(segments, atUs);
  while (number > 0 && (segments[number - 1]?.lastUs ?? -1) >= atUs) number -= 1;
  for (; number < segments.length; number++) {
    const entry = segments[number];
    if (entry === undefined || (number > 0 && entry.firstUs > atUs)) break;
    if (!hasKind(entry, 'arrived')) continue;
    const cursor = (await segment(number)).open();
    cursor.advanceTo(atUs - 1);
    while (cursor.nextUs <= atUs) {
      const event = cursor.step();
      if (event?.kind !== 'arrived' || event.job?.name !== name) continue;
      found.push({ number: event.job.number, durationUs: event.job.durationUs });
    }
  }
  return found;
}
