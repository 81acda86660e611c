import type { Problem } from '../../errors.ts';

/** A restart of a server, or a switch-over to another one, takes less. */
export const REDIS_TIMEOUT_MS = 60_000;

const UNIT_MS: Readonly<Record<string, number>> = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000 };
const LONGEST_MS = 7 * 24 * 3_600_000;

/**
 * Reads a time such as `500ms`, `60s`, `5m` or `2h`; a bare number is in seconds. What is not one goes to `problems`.
 *
 * @returns milliseconds
 */
export function durationOption(name: string, leastMs: number, problems: Problem[]): (text: string) => number {
  return (text) => {
    const [, number = '', unit = 's'] = /^(\d+(?:\.\d+)?) ?(ms|s|m|h)?$/.exec(text) ?? [];
    const ms = number === '' ? Number.NaN : Math.round(Number(number) * (UNIT_MS[unit] ?? Number.NaN));
    if (ms >= leastMs && ms <= LONGEST_MS) return ms;
    problems.push({
      path: name,
      value: text,
      message: `must be a time from ${leastMs} ms to 7 days, such as 60s or 5m, got "${text}"`,
    });
    return leastMs;
  };
}
