import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Run, useApp } from '../../app/context.ts';
import { nextWanted } from '../../replay/search.ts';
import type { Selection } from '../../state/app-state.ts';
import { eventsAbout } from './own-events.ts';

/** Goes to the event before or after the cursor that is about what is selected. */
export function StepButtons({ run, selection }: { run: Run; selection: Selection }): JSX.Element {
  const app = useApp();
  const [part, setPart] = useState<number | undefined>(undefined);
  const abort = useRef<AbortController>(undefined);
  // What is selected is another: the search goes on for nobody.
  useEffect(() => () => abort.current?.abort(), [selection]);
  const step = async (isForward: boolean): Promise<void> => {
    const isWanted = eventsAbout(selection, run.player.state);
    if (isWanted === undefined) return;
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    setPart(0);
    try {
      const { file } = run.player;
      const fromUs = app.store.state.atUs;
      const found = await nextWanted(file, isWanted, fromUs, isForward, {
        signal: own.signal,
        onProgress: setPart,
      });
      if (own.signal.aborted) return;
      if (found === undefined) app.say(`Nothing happens to it ${isForward ? 'after' : 'before'} this moment`);
      else await app.goTo(found);
    } catch (error) {
      if (!own.signal.aborted) app.say(error instanceof Error ? error.message : String(error), 'problem');
    } finally {
      if (abort.current === own) setPart(undefined);
    }
  };
  return (
    <p class="step-buttons">
      <button type="button" onClick={() => void step(false)}>
        ◀ Its event before
      </button>
      <button type="button" onClick={() => void step(true)}>
        Its next event ▶
      </button>
      {part !== undefined && part > 0.02 && (
        <>
          <progress max={1} value={part} aria-label="Part of the replay gone through" />
          <button type="button" onClick={() => abort.current?.abort()}>
            Cancel
          </button>
        </>
      )}
    </p>
  );
}
