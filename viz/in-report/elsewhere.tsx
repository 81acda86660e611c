import type { JSX } from 'preact';
import { useRun } from '../app/context.ts';
import '../views/start/start.css';

/** In place of views that need the whole viewer: what to do instead. */
function Elsewhere({ title, what }: { title: string; what: string }): JSX.Element {
  const name = useRun()?.name ?? 'run.replay';
  return (
    <div class="start">
      <h1>{title}</h1>
      <p>
        This is the viewer inside a report, which shows its replay and others that are opened here. {what} Go
        back to the report, save the replay there, and open it with <code>{`slicewise view ${name}`}</code>.
      </p>
    </div>
  );
}

export function StartView(): JSX.Element {
  return (
    <Elsewhere
      title="Slicewise viewer"
      what="The catalogue of scenarios, and runs of them, are in the whole viewer."
    />
  );
}

export function WhatIfView(): JSX.Element {
  return <Elsewhere title="What if …" what="Changed scenarios are run by the whole viewer." />;
}

export function SweepView(): JSX.Element {
  return <Elsewhere title="Sweep" what="Sweeps are shown by the whole viewer." />;
}
