import { useEffect, useState } from 'preact/hooks';
import type { Run } from '../../app/context.ts';
import type { JobLife } from '../../replay/job-life.ts';
import { followJob } from '../../replay/search.ts';

/** What is known of a job's life: it is being looked for, is there, or could not be found. */
export type LifeSearch =
  | { readonly kind: 'going'; readonly part: number }
  | { readonly kind: 'known'; readonly life: JobLife }
  | { readonly kind: 'missing'; readonly why: string };

/** Lives that are kept, by replay. */
const MOST_LIVES = 30;
const known = new WeakMap<object, Map<number, JobLife>>();

/** Follows a job through a replay, once; ends the search where nobody asks any more. */
export function useLife(run: Run, number: number, arrivalUs: number | undefined): LifeSearch {
  const { player } = run;
  const [search, show] = useState<LifeSearch>({ kind: 'going', part: 0 });
  // A job that is in the system is found by its arrival; that it leaves it later is no reason to begin again.
  useEffect(() => {
    const kept = known.get(player) ?? new Map<number, JobLife>();
    known.set(player, kept);
    const life = kept.get(number);
    if (life !== undefined) {
      show({ kind: 'known', life });
      return undefined;
    }
    const abort = new AbortController();
    show({ kind: 'going', part: 0 });
    const onProgress = (part: number) => show({ kind: 'going', part });
    followJob(player.file, number, arrivalUs, player.endUs, { signal: abort.signal, onProgress }).then(
      (found) => {
        if (abort.signal.aborted) return;
        if (found === undefined) {
          show({
            kind: 'missing',
            why: 'The replay has no job of that number, or the part with it is damaged.',
          });
          return;
        }
        kept.set(number, found);
        for (const old of kept.keys()) {
          if (kept.size <= MOST_LIVES) break;
          kept.delete(old);
        }
        show({ kind: 'known', life: found });
      },
      (error: unknown) => {
        if (abort.signal.aborted) return;
        show({ kind: 'missing', why: error instanceof Error ? error.message : String(error) });
      },
    );
    return () => abort.abort();
  }, [player, number]);
  return search;
}
