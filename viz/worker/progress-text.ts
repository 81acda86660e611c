import { clockText, durationText } from '../draw/words.ts';
import type { RunProgress } from './messages.ts';

/** Part of the run that is done, 0 to 1; undefined where nothing says how long it is. */
export function partDone({ jobs, total, atUs, horizonUs }: RunProgress): number | undefined {
  if (horizonUs !== undefined && horizonUs > 0) return Math.min(1, atUs / horizonUs);
  if (total !== undefined && total > 0) return Math.min(1, jobs / total);
  return undefined;
}

/** `1,234 of 5,678 jobs, 2 d 03:00:00 of 7 d, 120,000 jobs a second`. */
export function progressText(progress: RunProgress): string {
  const { jobs, total, atUs, horizonUs, seconds } = progress;
  const count = (value: number) => String(Math.round(value)).replace(/\B(?=(\d{3})+$)/g, ',');
  const parts = [`${count(jobs)}${total === undefined ? '' : ` of ${count(total)}`} jobs`];
  if (atUs > 0) {
    const until = horizonUs === undefined ? '' : ` of ${durationText(horizonUs)}`;
    parts.push(`${clockText(atUs)}${until} simulated`);
  }
  if (seconds >= 0.5) parts.push(`${count(jobs / seconds)} jobs a second`);
  return parts.join(', ');
}
