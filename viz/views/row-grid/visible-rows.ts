/** Which rows of a long list are drawn: those in sight, and some more on both sides. */
export function visibleRows(
  count: number,
  rowPx: number,
  scrollPx: number,
  heightPx: number,
  spare = 8,
): readonly [from: number, to: number] {
  const from = Math.max(0, Math.floor(scrollPx / rowPx) - spare);
  const to = Math.min(count, Math.ceil((scrollPx + heightPx) / rowPx) + spare);
  return [Math.min(from, to), to];
}

/** The row that a key leads to from another; undefined where it is no key for that. */
export function rowAfterKey(key: string, row: number, count: number, page: number): number | undefined {
  const steps: Readonly<Record<string, number>> = {
    ArrowDown: 1,
    ArrowUp: -1,
    PageDown: page,
    PageUp: -page,
    Home: -count,
    End: count,
  };
  const step = steps[key];
  return step === undefined || count === 0 ? undefined : Math.max(0, Math.min(count - 1, row + step));
}
