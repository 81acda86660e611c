import { useMemo, useState } from 'preact/hooks';
import { ReplayFileError } from '../../../sim/observe/replay/index.ts';
import { type Run, useApp } from '../../app/context.ts';
import { STEP_KINDS, type StepKind } from '../../replay/player.ts';
import type { AlertSpan } from '../../replay/series.ts';
import { nextSpeed, speedText } from './speeds.ts';
import { STEP_TEXT } from './step-text.ts';

/** What people step through: any of the kinds, or one of them. */
export type Stepped = StepKind | 'any';

/** What can be done with the clock. */
export interface Clock {
  readonly stepped: Stepped;
  setStepped(kind: Stepped): void;
  play(): void;
  step(isForward: boolean): void;
  jumpToAlert(isForward: boolean): void;
  changeSpeed(isFaster: boolean): void;
}

export function useClock(run: Run, alerts: readonly AlertSpan[], isFill: boolean): Clock {
  const app = useApp();
  const [stepped, setStepped] = useState<Stepped>('any');
  return useMemo(() => {
    const { store } = app;
    const { player } = run;
    const where = (isForward: boolean) => (isForward ? 'after' : 'before');
    const stepTo = async (isForward: boolean): Promise<void> => {
      const kinds = stepped === 'any' ? STEP_KINDS : [stepped];
      const what = stepped === 'any' ? 'event' : STEP_TEXT[stepped];
      try {
        const found = await player.nextEvent(kinds, store.state.atUs, isForward);
        if (found === undefined) app.say(`No ${what} ${where(isForward)} this moment`);
        else await app.goTo(found);
      } catch (error) {
        if (!(error instanceof ReplayFileError)) throw error;
        app.say(error.message, 'problem');
      }
    };
    const pause = () =>
      store.set((draft) => {
        draft.isPlaying = false;
      });
    return {
      stepped,
      setStepped,
      play() {
        const { isPlaying, atUs } = store.state;
        if (!isPlaying && atUs >= player.endUs) void app.goTo(0);
        store.set((draft) => {
          draft.isPlaying = !isPlaying;
        });
      },
      step(isForward) {
        pause();
        void stepTo(isForward);
      },
      jumpToAlert(isForward) {
        const { atUs } = store.state;
        const next = isForward
          ? alerts.find(({ fromUs }) => fromUs > atUs)
          : alerts.findLast(({ fromUs }) => fromUs < atUs);
        if (next === undefined) {
          app.say(
            alerts.length === 0 ? 'No alert fired in this run' : `No alert ${where(isForward)} this moment`,
          );
          return;
        }
        pause();
        void app.goTo(next.fromUs);
        app.say(next.text);
      },
      changeSpeed(isFaster) {
        store.set((draft) => {
          draft.speed = nextSpeed(draft.speed, isFaster, isFill);
        });
        app.say(speedText(store.state.speed, isFill));
      },
    };
  }, [app, run, alerts, isFill, stepped]);
}
