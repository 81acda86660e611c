import type { ComponentType, JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import type { SweepPlace } from '../../app/sweep-place.ts';

type Page = ComponentType<{ readonly place: SweepPlace }>;

/** All points of a sweep. What draws it is fetched when there is one: the page begins without it. */
export function SweepView(): JSX.Element {
  const { sweep } = useApp();
  const [parts, setParts] = useState<{ readonly Page?: Page; readonly isMissing?: true }>({});
  const isOpen = sweep !== undefined;
  useEffect(() => {
    if (!isOpen) return;
    import('./sweep-page.tsx').then(
      ({ SweepPage }) => setParts({ Page: SweepPage }),
      () => setParts({ isMissing: true }),
    );
  }, [isOpen]);
  if (sweep === undefined) return <NoSweep />;
  const { Page, isMissing } = parts;
  if (isMissing)
    return <p role="alert">This part of the page cannot be fetched: is `slicewise view` still running?</p>;
  return Page === undefined ? <p>One moment …</p> : <Page key={sweep.name} place={sweep} />;
}

function NoSweep(): JSX.Element {
  return (
    <>
      <h2>No sweep is open</h2>
      <p>
        A sweep runs a scenario at many points. Open one with <code>slicewise view DIRECTORY</code>, drop its
        directory anywhere on the page, or choose its <code>manifest.json</code> together with the files of
        its folder <code>results</code> under “Open…”.
      </p>
    </>
  );
}
