import type { JSX } from 'preact';
import { useEffect, useMemo, useState } from 'preact/hooks';
import { type Run, useApp, useAppState } from '../../app/context.ts';
import { useKeys } from '../../app/keys.ts';
import type { Selection } from '../../state/app-state.ts';
import { fleetFacts } from '../fleet/facts.ts';
import { FleetMap, type OtherSelection } from '../fleet/fleet-map.tsx';
import { MapLink } from '../fleet/map-link.ts';
import { sameHosts, sameSelection } from '../fleet/same-hosts.ts';
import { useTwin } from './use-twin.ts';

/** The fleets of both runs side by side, zoomed together unless that is not wanted. */
export function Maps({ runs }: { readonly runs: readonly [Run, Run] }): JSX.Element {
  const app = useApp();
  const link = useMemo(() => new MapLink(), []);
  const [isTogether, setTogether] = useState(true);
  const other = useOtherSelection(runs);
  useEffect(() => {
    link.isOn = isTogether;
  }, [link, isTogether]);
  useKeys('Comparing: the maps', [
    {
      keys: ['g'],
      does: 'Zoom the two maps together, or each by itself',
      run: () => {
        setTogether(!isTogether);
        app.say(isTogether ? 'Each map is zoomed by itself' : 'The maps are zoomed together');
      },
    },
  ]);
  return (
    <>
      <p class="compare-buttons">
        <label>
          <input
            type="checkbox"
            checked={isTogether}
            aria-keyshortcuts="g"
            onChange={({ currentTarget }) => setTogether(currentTarget.checked)}
          />{' '}
          Zoom together
        </label>
      </p>
      <div class="compare-maps">
        {runs.map((run, i) => (
          <section key={run.id} class="compare-map" aria-label={`Fleet of ${i === 0 ? 'A' : 'B'}`}>
            <h2>
              {i === 0 ? 'A' : 'B'} <span class="soft">{run.name}</span>
            </h2>
            <FleetMap run={run} link={link} {...(i === 0 ? {} : { other })} />
          </section>
        ))}
      </div>
    </>
  );
}

/** What is selected, which is something of A, as B has it; and the other way round. */
function useOtherSelection(runs: readonly [Run, Run]): OtherSelection {
  const { store, say } = useApp();
  const [first, second] = runs;
  const selected = useAppState((state) => state.selection);
  const search = useTwin(runs, selected.kind === 'job' ? selected.number : undefined);
  const facts = useMemo(
    () => runs.map(({ player }) => fleetFacts(player.file.outline.header)),
    [first.player, second.player],
  );
  const [a, b] = facts as [(typeof facts)[0], (typeof facts)[0]];
  const [toB, toA] = useMemo(() => [sameHosts(a, b), sameHosts(b, a)], [a, b]);
  const twin = search?.kind === 'known' ? search.twin : undefined;
  const selection = useMemo<Selection>(() => {
    if (selected.kind !== 'job') return sameSelection(a, b, toB, selected);
    return twin === undefined ? { kind: 'none' } : { kind: 'job', number: twin.numbers[1], name: twin.name };
  }, [a, b, toB, selected, twin]);
  const choose = (next: Selection, canBeUndone: boolean): void => {
    const own = sameSelection(b, a, toA, next);
    if (own.kind === 'none' && next.kind !== 'none') {
      say('A does not have that one: what is selected is of both runs, or of A');
      return;
    }
    const recipe = (draft: { selection: Selection }) => {
      draft.selection = own;
    };
    if (canBeUndone) store.change('selection', recipe);
    else store.set(recipe);
  };
  return { selection, choose };
}
