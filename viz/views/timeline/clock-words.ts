import { clockText } from '../../draw/words.ts';

/** What the clock of a run counts: time, or in a fill run tasks, of which the axis shows what they requested. */
export interface ClockWords {
  readonly isFill: boolean;
  /** Place on the axis of a moment. */
  toAxis(atUs: number): number;
  /** Moment at a place on the axis. */
  toMoment(at: number): number;
  /** The moment in words: `3 d 04:05:06`, `task 120, 3.5 % requested`. */
  text(atUs: number): string;
}

export const TIMED: ClockWords = {
  isFill: false,
  toAxis: (atUs) => atUs,
  toMoment: (at) => at,
  text: clockText,
};

/**
 * @param requested by task: percent of the capacity requested up to and with it, ascending
 * @param tasks how many there are in all
 */
export function fillClock(requested: ArrayLike<number>, tasks: number): ClockWords {
  const last = requested.length - 1;
  const toAxis = (atUs: number) =>
    last < 0 ? atUs : (requested[Math.max(0, Math.min(last, Math.floor(atUs)))] as number);
  return {
    isFill: true,
    toAxis,
    toMoment(at) {
      let [low, high] = [0, Math.max(0, last)];
      while (low < high) {
        const middle = Math.floor((low + high) / 2);
        if ((requested[middle] as number) >= at) high = middle;
        else low = middle + 1;
      }
      return low;
    },
    text: (atUs) => {
      const task = `task ${Math.min(tasks, Math.floor(atUs) + 1)}`;
      return last < 0 ? task : `${task}, ${toAxis(atUs).toFixed(1)} % requested`;
    },
  };
}
