import { useEffect, useState } from 'preact/hooks';
import { ReplayFileError } from '../../../sim/observe/replay/index.ts';
import type { Run } from '../../app/context.ts';
import { type TwinJob, twinOf } from '../../replay/divergence-twin.ts';
import type { Player } from '../../replay/player.ts';
import { findByNumber } from '../../replay/search.ts';
import { sourceOf } from './pair-study.ts';

/** The same job in the other run: it is being looked for, is there, or is not. */
export type TwinSearch =
  | { readonly kind: 'going' }
  | { readonly kind: 'known'; readonly twin: TwinJob }
  | { readonly kind: 'missing'; readonly why: string };

const GOING: TwinSearch = { kind: 'going' };
/** Answers that are kept, by pair of replays. */
const MOST_TWINS = 100;
const known = new WeakMap<Player, WeakMap<Player, Map<number, Promise<TwinSearch>>>>();

/** The job of the first run, in both; looked for once. Undefined where no job is asked for. */
export function useTwin(runs: readonly [Run, Run], number: number | undefined): TwinSearch | undefined {
  const [first, second] = [runs[0].player, runs[1].player];
  const [found, show] = useState<{ readonly of: Promise<TwinSearch>; readonly search: TwinSearch }>();
  const asked = number === undefined ? undefined : search(first, second, number);
  useEffect(() => {
    if (asked === undefined) return undefined;
    let isWanted = true;
    void asked.then((answer) => isWanted && show({ of: asked, search: answer }));
    return () => {
      isWanted = false;
    };
  }, [asked]);
  if (asked === undefined) return undefined;
  return found?.of === asked ? found.search : GOING;
}

function search(first: Player, second: Player, number: number): Promise<TwinSearch> {
  const ofFirst = known.get(first) ?? new WeakMap<Player, Map<number, Promise<TwinSearch>>>();
  known.set(first, ofFirst);
  const own = ofFirst.get(second) ?? new Map<number, Promise<TwinSearch>>();
  ofFirst.set(second, own);
  const here = own.get(number);
  if (here !== undefined) return here;
  const asked = look(first, second, number);
  own.set(number, asked);
  for (const old of own.keys()) {
    if (own.size <= MOST_TWINS) break;
    own.delete(old);
  }
  return asked;
}

async function look(first: Player, second: Player, number: number): Promise<TwinSearch> {
  try {
    const here = first.state.jobs.find((each) => each?.number === number);
    const job = here ?? (await findByNumber(first.file, number));
    if (job === undefined) return { kind: 'missing', why: 'A has no job of that number.' };
    const { name, arrivalUs } = job;
    const twin = await twinOf([sourceOf(first.file), sourceOf(second.file)], { number, name, arrivalUs });
    if (twin !== undefined) return { kind: 'known', twin };
    return { kind: 'missing', why: 'No job of that name arrives at that moment in B.' };
  } catch (error) {
    if (!(error instanceof ReplayFileError)) throw error;
    return { kind: 'missing', why: `A replay cannot be read there: ${error.message}.` };
  }
}
