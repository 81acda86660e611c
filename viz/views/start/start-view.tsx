import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { openFiles } from '../../app/files.ts';
import { Catalogue } from './catalogue.tsx';
import { CopyLine } from './copy-line.tsx';
import { RunStatus } from './run-status.tsx';
import './start.css';

/** What this is, and the ways to begin. */
export function StartView(): JSX.Element {
  const app = useApp();
  const input = useRef<HTMLInputElement>(null);
  return (
    <div class="start">
      <h1>Slicewise viewer</h1>
      <p>
        Slicewise simulates how jobs share the GPUs of a fleet: whole cards, MIG instances, virtual GPUs,
        virtual functions or turns. This page replays a run moment by moment, shows why a job waited and what
        became of the capacity, and runs changed scenarios beside it. Everything stays on this machine.
      </p>
      <section aria-labelledby="start-open">
        <h2 id="start-open">Open a replay or a sweep</h2>
        <input
          ref={input}
          type="file"
          multiple
          hidden
          aria-hidden="true"
          tabIndex={-1}
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            void openFiles(app, files);
          }}
        />
        <p>
          <button type="button" class="primary" onClick={() => input.current?.click()}>
            Open files
          </button>{' '}
          or drop them anywhere on the page. Two replays are compared. Of a sweep, drop its directory, or open
          its <code>manifest.json</code> with the files of <code>results</code>. The command line writes a
          replay:
        </p>
        <CopyLine
          text="slicewise run mig-on-demand-h100 --replay mig.replay"
          what="the command that writes a replay"
        />
      </section>
      <RunStatus />
      <Catalogue />
    </div>
  );
}
