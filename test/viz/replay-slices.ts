import type { Segment, SegmentCursor, SegmentEntry } from '../../sim/observe/replay/index.ts';
import type { SegmentSource } from '../../viz/replay/divergence-moments.ts';
import { outlineOf, segmentsOf } from '../replay/run-with-replay.ts';

/** A file in memory as it is, or as if its segments were cut after every few events, within moments as well. */
export function sourceOf(file: Uint8Array, eventsEach = Number.POSITIVE_INFINITY): SegmentSource {
  const whole = segmentsOf(file);
  if (eventsEach === Number.POSITIVE_INFINITY)
    return {
      segments: outlineOf(file).segments,
      segment: (number) => Promise.resolve(whole[number] as Segment),
    };
  const entries: SegmentEntry[] = [];
  const slices: { readonly segment: Segment; readonly from: number; readonly to: number }[] = [];
  for (const segment of whole) {
    const times = [...segment.eachTime()].map(([, atUs]) => atUs);
    for (let from = 0; from < times.length; from += eventsEach) {
      const to = Math.min(times.length, from + eventsEach);
      const firstUs = from === 0 ? segment.firstUs : (times[from - 1] as number);
      const lastUs = times[to - 1] as number;
      entries.push({ offset: 0, length: 0, firstUs, lastUs, count: to - from, kinds: -1, arrivedBefore: 0 });
      slices.push({ segment, from, to });
    }
  }
  const segment = (number: number): Promise<Segment> => {
    const { segment: own, from, to } = slices[number] as (typeof slices)[number];
    const open = (): SegmentCursor => {
      const cursor = own.open();
      while (cursor.at < from) cursor.step();
      return upTo(cursor, to);
    };
    return Promise.resolve({ open } as unknown as Segment);
  };
  return { segments: entries, segment };
}

function upTo(cursor: SegmentCursor, end: number): SegmentCursor {
  const cut = {
    get state() {
      return cursor.state;
    },
    get at() {
      return cursor.at;
    },
    get nextUs() {
      return cursor.at < end ? cursor.nextUs : Number.POSITIVE_INFINITY;
    },
    step: () => (cursor.at < end ? cursor.step() : undefined),
    advanceTo(atUs: number) {
      while (cut.nextUs <= atUs) cut.step();
    },
  };
  return cut as unknown as SegmentCursor;
}
