import type { App } from './context.ts';

/** Longest step of the clock while it plays, in seconds: a page that was away does not jump. */
const LONGEST_STEP_SEC = 0.1;

/** Lets time go on while the state says so. */
export function runClock(app: App): () => void {
  let lastMs: number | undefined;
  let frame = 0;
  const tick = (nowMs: number): void => {
    frame = requestAnimationFrame(tick);
    const { isPlaying, speed, atUs } = app.store.state;
    const [main, ...others] = app.runs;
    const stepSec = Math.min(LONGEST_STEP_SEC, (nowMs - (lastMs ?? nowMs)) / 1000);
    lastMs = nowMs;
    if (!isPlaying || main === undefined) return;
    const target = Math.min(atUs + stepSec * speed * 1e6, main.player.endUs);
    if (!main.player.trySeek(target)) return;
    for (const { player } of others) player.trySeek(target);
    app.store.set((draft) => {
      draft.atUs = target;
      if (target >= main.player.endUs) draft.isPlaying = false;
    });
  };
  frame = requestAnimationFrame(tick);
  return () => cancelAnimationFrame(frame);
}
