import { useEffect, useState } from 'preact/hooks';
import { ReplayFileError } from '../../../sim/observe/replay/index.ts';
import type { Run } from '../../app/context.ts';
import type { Curve } from '../../replay/curve.ts';
import type { SeriesBook } from '../../replay/series-book.ts';
import { exactBooks, exactCurves } from '../../replay/series-exact.ts';
import type { Span } from './span.ts';

/** How long the span must stay the same before its events are read, ms. */
const QUIET_MS = 200;

/** Exact curves of a span: in the making, or there. */
export interface Exact {
  readonly isComing: boolean;
  readonly curves: ReadonlyMap<string, Curve> | undefined;
}

/**
 * Reads the events of a span in the background for the curves of some series, where they are wanted; what is not wanted any
 * more is cancelled.
 */
export function useExact(
  run: Run,
  names: readonly string[],
  [fromUs, toUs]: Span,
  columns: number,
  isWanted: boolean,
): Exact {
  const key = JSON.stringify([run.id, fromUs, toUs, columns, names]);
  const [found, setFound] = useState<{ key: string; curves: ReadonlyMap<string, Curve> | undefined }>();
  useEffect(() => {
    if (!isWanted) return undefined;
    let isLeft = false;
    const { file } = run.player;
    const books = new Map<string, SeriesBook>();
    for (const [name, make] of exactBooks(file.outline)) if (names.includes(name)) books.set(name, make());
    const read = async (): Promise<void> => {
      const source = {
        segments: file.outline.segments,
        segment: (number: number) => file.glance(number),
        rest: () => new Promise<boolean>((go) => setTimeout(() => go(!isLeft))),
      };
      let curves: ReadonlyMap<string, Curve> | undefined;
      try {
        curves = await exactCurves(source, books, fromUs, toUs, columns);
      } catch (error) {
        // Of a part that is damaged only the buckets are shown; whoever goes there is told.
        if (!(error instanceof ReplayFileError)) throw error;
      }
      if (!isLeft) setFound({ key, curves });
    };
    const timer = setTimeout(() => void read(), QUIET_MS);
    return () => {
      isLeft = true;
      clearTimeout(timer);
    };
  }, [key, isWanted]);
  if (!isWanted) return { isComing: false, curves: undefined };
  return { isComing: found?.key !== key, curves: found?.key === key ? found.curves : undefined };
}
