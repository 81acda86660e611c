import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import type { WhatIf } from '../../state/app-state.ts';
import type { Look } from '../../worker/desk/look.ts';
import { missingFiles } from '../../worker/run/given-files.ts';
import { runner } from '../../worker/runner.ts';
import { traceShelf } from '../../worker/trace-shelf.ts';
import { useListened } from '../start/use-listened.ts';

interface RunPanelProps {
  readonly look: Look;
  readonly whatIf: WhatIf;
  /** The text with what was written last. */
  settle(): string;
  /** Where others find how to start the run. */
  readonly runNow: { current: () => void };
}

interface LastRun {
  /** Of the scenario that was changed. */
  readonly reference: string;
  readonly digest: string;
  readonly seconds: number;
}

/** Kept while other views are shown. */
let last: LastRun | undefined;

/** Runs the changed scenario, and the unchanged one where no open replay is of it. */
export function RunPanel({ look, whatIf, settle, runNow }: RunPanelProps): JSX.Element {
  const app = useApp();
  useListened(runner);
  useListened(traceShelf);
  const [asItWas, setAsItWas] = useState(true);
  const { reference, before, runId } = whatIf;
  const isBeside = app.runs[0] !== undefined && app.runs[0].id === runId;
  const missing = missingFiles(look.files, traceShelf.files);
  const isRunning = runner.state.kind === 'running';
  const why =
    look.problems.length > 0
      ? 'Put right what is wrong first.'
      : missing.length > 0
        ? `Give the page ${missing.join(', ')} first.`
        : '';
  const run = async (): Promise<void> => {
    const text = settle();
    const name = `${look.name} changed`;
    const withBefore = !isBeside && asItWas && text !== before;
    const first = withBefore
      ? await runner.run(`${reference} as it was`, before, traceShelf.files)
      : undefined;
    if (withBefore && first === undefined) return;
    const outcome = await runner.run(withBefore || isBeside ? name : look.name, text, traceShelf.files);
    if (outcome === undefined) return;
    if (first !== undefined) {
      const old = app.runs;
      const opened = await app.open(first.replay, `${reference} as it was`);
      for (const { id } of old) app.close(id);
      app.store.set((draft) => {
        if (draft.whatIf !== null && opened !== undefined) draft.whatIf.runId = opened;
      });
    }
    if ((await app.open(outcome.replay, name)) === undefined) return;
    last = { reference, digest: outcome.digest, seconds: outcome.seconds };
    app.store.set((draft) => {
      draft.view = first !== undefined || app.runs.length > 0 ? 'compare' : 'fleet';
    });
    app.say(`${name} is open; the same at a terminal: ${look.command}`);
  };
  const start = (): void => {
    if (why === '' && !isRunning) void run();
  };
  runNow.current = start;
  return (
    <section aria-labelledby="what-if-run">
      <h2 id="what-if-run">Run</h2>
      {!isBeside && (
        <p>
          <label>
            <input
              type="checkbox"
              checked={asItWas}
              onChange={({ currentTarget }) => setAsItWas(currentTarget.checked)}
            />{' '}
            run it as it was, too, and compare
            {app.runs.length > 0 ? ' (closes the replays that are open)' : ''}
          </label>
        </p>
      )}
      <p>
        <button type="button" class="primary" disabled={why !== '' || isRunning} onClick={start}>
          {isBeside ? 'Run and compare with the open replay' : 'Run'}
        </button>{' '}
        <span class="soft">{why === '' ? 'One replication, in this browser.' : why}</span>
      </p>
      {last?.reference === reference && (
        <p role="status">
          The last run took {last.seconds.toFixed(1)} s; digest <code>{last.digest}</code>, the same as that
          of the command below.
        </p>
      )}
      {look.notes.length > 0 && (
        <details>
          <summary>Notes on the scenario ({look.notes.length})</summary>
          <ul>
            {look.notes.map((note) => (
              <li key={note}>{note}</li>
            ))}
          </ul>
        </details>
      )}
    </section>
  );
}
