import type { JSX } from 'preact';
import { type Run, useApp, useAppState, useMoment, useRun } from '../../app/context.ts';
import type { Selection } from '../../state/app-state.ts';
import { GpuPanel } from './gpu-panel.tsx';
import { HostPanel } from './host-panel.tsx';
import './inspector.css';
import { JobPanel } from './job-panel.tsx';
import { StepButtons } from './step-buttons.tsx';

/** The panel at the side: everything about the one thing that is selected. */
export function Inspector(): JSX.Element {
  const run = useRun();
  const { store } = useApp();
  const selection = useAppState((state) => state.selection);
  const isPlaying = useAppState((state) => state.isPlaying);
  useMoment(run?.player, isPlaying ? 4 : 10);
  if (run === undefined) return <div />;
  if (selection.kind === 'none')
    return (
      <p class="soft">
        Nothing is selected. Choose a host or a GPU in the fleet, or a job in the list of jobs, to see all
        about it here.
      </p>
    );
  return (
    <div class="inspector">
      <div class="inspector-tools">
        <StepButtons run={run} selection={selection} />
        <button
          type="button"
          onClick={() =>
            store.change('selection of nothing', (draft) => {
              draft.selection = { kind: 'none' };
            })
          }
        >
          Close
        </button>
      </div>
      <Panel run={run} selection={selection} />
    </div>
  );
}

function Panel({ run, selection }: { run: Run; selection: Selection }): JSX.Element {
  switch (selection.kind) {
    case 'none':
      return <div />;
    case 'gpu':
      return <GpuPanel key={selection.gpu} run={run} gpu={selection.gpu} />;
    case 'host':
      return <HostPanel key={selection.host} run={run} host={selection.host} />;
    case 'job':
      return <JobPanel key={selection.number} run={run} number={selection.number} name={selection.name} />;
  }
}
