import { useEffect, useState } from 'preact/hooks';
import { ReplayFileError } from '../../../sim/observe/replay/index.ts';
import type { Run } from '../../app/context.ts';
import type { Curve } from '../../replay/curve.ts';
import { type ExactName, exactCurves } from '../../replay/series-exact.ts';

/** How long the span must stay the same before its events are read, ms. */
const QUIET_MS = 200;

/** Exact curves of a span: in the making, or there. */
export interface Exact {
  readonly isComing: boolean;
  readonly curves: ReadonlyMap<ExactName, Curve> | undefined;
}

/** Reads the events of a span in the background, where it is wanted; what is not wanted any more is cancelled. */
export function useExact(run: Run, fromUs: number, toUs: number, columns: number, isWanted: boolean): Exact {
  const key = `${run.id} ${fromUs} ${toUs} ${columns}`;
  const [found, setFound] = useState<{ key: string; curves: ReadonlyMap<ExactName, Curve> | undefined }>();
  useEffect(() => {
    if (!isWanted) return undefined;
    let isLeft = false;
    const { file } = run.player;
    const read = async (): Promise<void> => {
      const source = {
        segments: file.outline.segments,
        segment: (number: number) => file.glance(number),
        rest: () => new Promise<boolean>((go) => setTimeout(() => go(!isLeft))),
      };
      let curves: ReadonlyMap<ExactName, Curve> | undefined;
      try {
        curves = await exactCurves(source, fromUs, toUs, columns);
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
