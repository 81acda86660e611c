import type { JSX } from 'preact';
import { useRef } from 'preact/hooks';
import { type Run, useApp } from '../../app/context.ts';
import { openFiles } from '../../app/files.ts';
import { durationText } from '../../draw/words.ts';
import { isFill } from '../../replay/series.ts';
import type { PairStudy } from './pair-study.ts';

/** What to do where there is nothing to compare with yet. */
export function OpenSecond({ first }: { readonly first: Run | undefined }): JSX.Element {
  return (
    <div class="compare">
      <h2>Compare two replays</h2>
      <p>
        {first === undefined
          ? 'Open two replays of the same arrivals: '
          : `${first.name} is open as A. Open a second replay of the same arrivals as B: `}
        the same scenario with another policy, sharing mode or fleet, and the same seed. Both are then shown
        on one clock.
      </p>
      <OpenButton label={first === undefined ? 'Open replays…' : 'Open the second replay…'} />
      <p class="soft">
        Files can be dropped anywhere on the page. To make one:{' '}
        <code>slicewise run SCENARIO --set policy.placement=first-fit --replay other.replay</code>; or change
        the scenario under “What if” and run it here.
      </p>
    </div>
  );
}

function OpenButton({ label }: { readonly label: string }): JSX.Element {
  const app = useApp();
  const picker = useRef<HTMLInputElement>(null);
  return (
    <>
      <button type="button" onClick={() => picker.current?.click()}>
        {label}
      </button>
      <input
        ref={picker}
        class="sr-only"
        type="file"
        multiple
        tabIndex={-1}
        aria-label="Replay to compare with"
        onChange={({ currentTarget }) => {
          const files = [...(currentTarget.files ?? [])];
          currentTarget.value = '';
          void openFiles(app, files);
        }}
      />
    </>
  );
}

/** Which two are compared, what can be done with them, and whether they can be compared at all. */
export function Heads({
  runs,
  study,
}: {
  readonly runs: readonly [Run, Run];
  readonly study: PairStudy;
}): JSX.Element {
  const app = useApp();
  const [first, second] = runs;
  return (
    <header class="compare-heads">
      <p>
        <b>A</b> {first.name} ({spanText(first)}) and <b>B</b> {second.name} ({spanText(second)}), on one
        clock. Differences are B less A; of percentages, in percentage points.
      </p>
      <p class="compare-buttons">
        <button type="button" onClick={() => app.swap()}>
          Swap A and B
        </button>
        <OpenButton label="Another B…" />
        <button type="button" onClick={() => app.close(second.id)}>
          Close B
        </button>
      </p>
      <Verdict study={study} />
    </header>
  );
}

function spanText({ player }: Run): string {
  const { outline } = player.file;
  const tasks = `${(player.endUs + 1).toLocaleString('en')} tasks`;
  return `seed ${outline.header.seed}, ${isFill(outline) ? tasks : durationText(player.endUs)}`;
}

function Verdict({ study }: { readonly study: PairStudy }): JSX.Element {
  const { comparability, scan, phase } = study;
  if (comparability === undefined) return <p class="soft">Looking at what the two runs were given…</p>;
  const { hasSameArrivals, problems, notes } = comparability;
  const [onlyA, onlyB] = scan.unpaired;
  const all = phase === 'done' ? '' : ' so far';
  return (
    <div class={hasSameArrivals ? 'compare-verdict' : 'compare-verdict problem'} role="status">
      {hasSameArrivals ? (
        <p>
          {scan.firstUnpaired === undefined
            ? `The same jobs arrive at the same moments (${scan.pairedJobs.toLocaleString('en')} compared${all}).`
            : `The first jobs arrive at the same moments in both. Later ${onlyA} come in A alone and ${onlyB} in B alone${all}, “${scan.firstUnpaired.name}” first: they depend on what the run did before, and are left out job by job.`}
        </p>
      ) : (
        <p>
          <b>Not comparable job by job.</b> {problems.join(' ')} Numbers below are of two different demands;
          run both scenarios with the same workload and seed.
        </p>
      )}
      {notes.length > 0 && <p class="soft">{notes.join(' ')}</p>}
    </div>
  );
}
