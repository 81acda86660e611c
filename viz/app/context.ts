import { createContext } from 'preact';
import { useContext, useEffect, useReducer, useRef } from 'preact/hooks';
import type { Player } from '../replay/player.ts';
import type { RandomAccess } from '../replay/random-access.ts';
import type { AppState } from '../state/app-state.ts';
import type { Store } from '../state/store.ts';
import type { SweepPlace } from './sweep-place.ts';

/** A replay that is open. */
export interface Run {
  /** `1` is the first that was opened: the one that all views show. `2` is what it is compared with. */
  readonly id: number;
  readonly name: string;
  readonly player: Player;
}

/** What every view can reach. */
export interface App {
  readonly store: Store<AppState>;
  /** The replays that are open, the one that is looked at first. */
  readonly runs: readonly Run[];
  /** The sweep that is open; undefined where there is none. */
  readonly sweep: SweepPlace | undefined;
  /**
   * Opens a replay besides the first, or in its place where there is none. What is wrong with the file is said.
   *
   * @returns its id; undefined where it could not be opened
   */
  open(file: Blob | RandomAccess, name: string): Promise<number | undefined>;
  /** Opens a sweep in place of the one before, and shows it. */
  openSweep(place: SweepPlace): void;
  close(id: number): void;
  /** Looks at the second replay first, where there are two. */
  swap(): void;
  /** Says something to the user, and to screen readers. */
  say(text: string, kind?: 'note' | 'problem'): void;
  /** Goes to a moment, on the clock of all open replays. */
  goTo(atUs: number): Promise<void>;
}

export const AppContext = createContext<App | undefined>(undefined);

/** @throws {Error} outside the app */
export function useApp(): App {
  const app = useContext(AppContext);
  if (app === undefined) throw new Error('Cannot use a view outside the app');
  return app;
}

/** A part of the state; the view is drawn again when it changes. */
export function useAppState<T>(select: (state: AppState) => T): T {
  const { store } = useApp();
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  const value = select(store.state);
  const shown = useRef({ value, select });
  shown.current = { value, select };
  useEffect(() => {
    const look = (): void => {
      const { value: before, select: now } = shown.current;
      if (!Object.is(before, now(store.state))) redraw(undefined);
    };
    // It may have changed between the drawing and now.
    look();
    return store.listen(look);
  }, [store]);
  return value;
}

/** The replay that is looked at; undefined where none is open. */
export function useRun(): Run | undefined {
  return useApp().runs[0];
}

/** Draws the view again whenever the replay shows another moment, at most `perSecond` times a second. */
export function useMoment(player: Player | undefined, perSecond = 10): number {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => {
    if (player === undefined) return undefined;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = player.listen(() => {
      timer ??= setTimeout(() => {
        timer = undefined;
        redraw(undefined);
      }, 1000 / perSecond);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [player, perSecond]);
  return player?.version ?? 0;
}
