import { durationText } from '../../draw/words.ts';

/** Speeds that can be chosen, in seconds of the run in a second: 0.1 s to 10 d. */
export const SPEEDS: readonly number[] = [
  0.1, 0.5, 1, 5, 10, 30, 60, 300, 600, 1800, 3600, 7200, 21_600, 43_200, 86_400, 172_800, 432_000, 864_000,
];

/** Of a fill run, whose clock counts tasks as microseconds: 1 task to 10,000 tasks in a second. */
export const FILL_SPEEDS: readonly number[] = [
  1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000, 5000, 10_000,
].map((tasks) => tasks / 1e6);

const speedsOf = (isFill: boolean) => (isFill ? FILL_SPEEDS : SPEEDS);

/** The next speed above or below one; the same at the ends. */
export function nextSpeed(speed: number, isFaster: boolean, isFill = false): number {
  const speeds = speedsOf(isFill);
  return isFaster
    ? (speeds.find((each) => each > speed) ?? (speeds.at(-1) as number))
    : (speeds.findLast((each) => each < speed) ?? (speeds[0] as number));
}

/** `1 h a second`, `20 tasks a second`. */
export function speedText(speed: number, isFill = false): string {
  if (!isFill) return `${durationText(speed * 1e6)} a second`;
  const tasks = Math.round(speed * 1e6);
  return `${tasks} ${tasks === 1 ? 'task' : 'tasks'} a second`;
}

/** The speed at which all of a run takes about a minute. */
export function speedForSpan(spanUs: number, isFill = false): number {
  const speeds = speedsOf(isFill);
  return speeds.findLast((each) => each * 60e6 <= spanUs) ?? (speeds[0] as number);
}

/** Speeds to choose from, with the one that is set, ascending. */
export function speedChoices(speed: number, isFill: boolean): readonly number[] {
  return [...new Set([...speedsOf(isFill), speed])].sort((a, b) => a - b);
}
