import type { Problem } from './errors.ts';

/**
 * Reads a whole number within [min, max] from the command line. What is not one goes to `problems`, so that all wrong
 * options are told at once.
 */
export function integerOption(
  name: string,
  min: number,
  max: number,
  problems: Problem[],
): (text: string) => number {
  return (text) => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (Number.isSafeInteger(value) && value >= min && value <= max) return value;
    problems.push({
      path: name,
      value: text,
      message: `must be a whole number from ${min} to ${max}, got "${text}"`,
    });
    return min;
  };
}

/** Gathers the values of an option that may be given several times. */
export function repeatable(value: string, earlier: readonly string[] | undefined): readonly string[] {
  return [...(earlier ?? []), value];
}
