/**
 * Starts work on items, never more than `most` of them at a time, and yields what each gives as it ends. An item is taken
 * only when it can be started: whoever makes the items is never ahead.
 *
 * @param start one that rejects ends all: what has ended by then is yielded first
 * @param signal when aborted, no further item is taken; those that were started end
 */
export async function* atATime<Item, Result>(
  items: Iterable<Item>,
  most: number,
  start: (item: Item) => Promise<Result>,
  signal: AbortSignal,
): AsyncGenerator<Result> {
  const iterator = items[Symbol.iterator]();
  const ended: Result[] = [];
  let open = 0;
  let isOver = false;
  let wake = () => {};
  let fault: { readonly error: unknown } | undefined;
  try {
    for (;;) {
      while (!isOver && !signal.aborted && fault === undefined && open < most) {
        const next = iterator.next();
        if (next.done === true) {
          isOver = true;
          break;
        }
        open += 1;
        start(next.value)
          .then(
            (result) => void ended.push(result),
            (error: unknown) => {
              fault ??= { error };
            },
          )
          .finally(() => {
            open -= 1;
            wake();
          });
      }
      const result = ended.shift();
      if (result !== undefined) yield result;
      else if (fault !== undefined) throw fault.error;
      else if (open === 0) return;
      else {
        await new Promise<void>((resolve) => {
          wake = resolve;
        });
      }
    }
  } finally {
    iterator.return?.();
  }
}
