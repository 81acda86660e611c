import { useEffect, useReducer } from 'preact/hooks';

/** Draws a view again whenever something tells that it has changed. */
export function useListened(source: { listen(listener: () => void): () => void }): void {
  const [, redraw] = useReducer((count: number, _: undefined) => count + 1, 0);
  useEffect(() => source.listen(() => redraw(undefined)), [source]);
}
