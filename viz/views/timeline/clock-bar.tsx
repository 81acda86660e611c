import type { JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { type Run, useApp, useAppState } from '../../app/context.ts';
import { STEP_KINDS } from '../../replay/player.ts';
import { FIRST_STATE } from '../../state/app-state.ts';
import type { ClockWords } from './clock-words.ts';
import { speedChoices, speedForSpan, speedText } from './speeds.ts';
import { STEP_TEXT } from './step-text.ts';
import type { Clock, Stepped } from './use-clock.ts';

/** Parts of the run that one step of the slider covers. */
const SLIDER_STEPS = 500;

/** Play, speed, steps to events, and the clock. */
export function ClockBar({
  run,
  clock,
  words,
  hasAlerts,
}: {
  run: Run;
  clock: Clock;
  words: ClockWords;
  hasAlerts: boolean;
}): JSX.Element {
  const app = useApp();
  const { store } = app;
  const isPlaying = useAppState((state) => state.isPlaying);
  const speed = useAppState((state) => state.speed);
  const { isFill } = words;
  const { endUs } = run.player;
  useEffect(() => {
    // A speed that somebody chose, or that a link brought, stays.
    if (store.state.speed !== FIRST_STATE.speed && !(isFill && store.state.speed > 0.1)) return;
    store.set((draft) => {
      draft.speed = speedForSpan(endUs, isFill);
    });
  }, [store, run.id, endUs, isFill]);
  return (
    <div class="clock-bar">
      <button type="button" class="clock-play" aria-pressed={isPlaying} onClick={() => clock.play()}>
        {isPlaying ? 'Pause' : 'Play'}
      </button>
      <select
        aria-label="Speed"
        value={String(speed)}
        onChange={({ currentTarget }) =>
          store.set((draft) => {
            draft.speed = Number(currentTarget.value);
          })
        }
      >
        {speedChoices(speed, isFill).map((each) => (
          <option key={each} value={String(each)}>
            {speedText(each, isFill)}
          </option>
        ))}
      </select>
      <span class="clock-steps">
        <button type="button" aria-label="To the event before" onClick={() => clock.step(false)}>
          ◀
        </button>
        <select
          aria-label="Events to step through"
          value={clock.stepped}
          onChange={({ currentTarget }) => clock.setStepped(currentTarget.value as Stepped)}
        >
          <option value="any">any event</option>
          {STEP_KINDS.map((kind) => (
            <option key={kind} value={kind}>
              {STEP_TEXT[kind]}
            </option>
          ))}
        </select>
        <button type="button" aria-label="To the next event" onClick={() => clock.step(true)}>
          ▶
        </button>
        {!isFill && (
          <button type="button" disabled={!hasAlerts} onClick={() => clock.jumpToAlert(true)}>
            Next alert
          </button>
        )}
      </span>
      <Time run={run} words={words} />
    </div>
  );
}

/** The slider and the words of the clock: drawn anew with each moment. */
function Time({ run, words }: { run: Run; words: ClockWords }): JSX.Element {
  const app = useApp();
  const atUs = useAppState((state) => state.atUs);
  const { endUs } = run.player;
  return (
    <>
      <input
        type="range"
        class="clock-slider"
        min={0}
        max={endUs}
        step={words.isFill ? 1 : Math.max(1, endUs / SLIDER_STEPS)}
        value={atUs}
        aria-label={words.isFill ? 'Task' : 'Time'}
        aria-valuetext={words.text(atUs)}
        onInput={({ currentTarget }) => void app.goTo(Number(currentTarget.value))}
      />
      <output class="clock-time">
        {words.text(atUs)}{' '}
        <span class="soft">of {words.isFill ? Math.max(0, endUs) : words.text(endUs)}</span>
      </output>
    </>
  );
}
