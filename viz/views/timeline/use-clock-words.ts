import { useEffect, useState } from 'preact/hooks';
import type { Run } from '../../app/context.ts';
import { requestedByTask } from '../../replay/requested.ts';
import { isFill } from '../../replay/series.ts';
import { type ClockWords, fillClock, TIMED } from './clock-words.ts';

/** What the clock of a run counts; of a fill run what was requested is known a little later. */
export function useClockWords(run: Run): ClockWords {
  const { file, endUs } = run.player;
  const fills = isFill(file.outline);
  const [found, setFound] = useState<{ readonly file: typeof file; readonly words: ClockWords }>();
  useEffect(() => {
    if (!fills) return undefined;
    let isWanted = true;
    requestedByTask(file, () => isWanted).then(
      (requested) => {
        if (isWanted && requested !== undefined) setFound({ file, words: fillClock(requested, endUs) });
      },
      // A part that is damaged is told of where it is looked at.
      () => undefined,
    );
    return () => {
      isWanted = false;
    };
  }, [file, fills, endUs]);
  if (!fills) return TIMED;
  return found?.file === file ? found.words : fillClock([], endUs);
}
