import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { PHASES } from '../../../sim/observe/replay/index.ts';
import { type Run, useApp, useAppState, useMoment, useRun } from '../../app/context.ts';
import { clockText, PHASE_TEXT } from '../../draw/words.ts';
import { FIRST_STATE, type JobFilter } from '../../state/app-state.ts';
import { CountPanel, PhaseCounts } from './count-panel.tsx';
import { countJobs } from './counts.ts';
import { JobLane } from './job-lane.tsx';
import { JobList } from './job-list.tsx';
import { jobRows, type Sorting } from './job-rows.ts';
import { JobSearch } from './job-search.tsx';
import './jobs.css';
import { select } from './select.ts';
import { WhyPanel } from './why-panel.tsx';

/** Who is in the system at the cursor: who waits, since when and why; who runs, and where. */
export function JobsView(): JSX.Element {
  const run = useRun();
  if (run === undefined) return <p>Open a replay to see its jobs.</p>;
  return <Jobs key={run.id} run={run} />;
}

function Jobs({ run }: { run: Run }): JSX.Element {
  const app = useApp();
  const { store } = app;
  const isPlaying = useAppState(({ isPlaying: plays }) => plays);
  const filter = useAppState((state) => state.filter);
  const selection = useAppState((state) => state.selection);
  const [sorting, setSorting] = useState<Sorting>({ by: 'state', isDown: false });
  const text = useRef<HTMLInputElement>(null);
  // Long lists are counted and sorted anew each time.
  useMoment(run.player, isPlaying ? 2 : 10);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { target } = event;
      const isTyping =
        target instanceof HTMLElement && target.matches('input, textarea, select, [contenteditable]');
      if (event.key !== '/' || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      text.current?.focus();
    };
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, []);
  const { state } = run.player;
  const counts = countJobs(state);
  const rows = jobRows(state, filter, sorting);
  const choose = (part: Partial<JobFilter>): void =>
    store.change('filter of jobs', (draft) => {
      draft.filter = { ...draft.filter, ...part };
    });
  const number = selection.kind === 'job' ? selection.number : -1;
  const story = useRef<HTMLElement>(null);
  // Browsers keep the list where it was, and what is said of the job above it would be out of sight.
  useEffect(() => story.current?.scrollIntoView({ block: 'start' }), [number]);
  const chosen = state.jobs.find((job) => job?.number === number);
  const isFiltered = Object.values(filter).some((value) => value !== '');
  return (
    <div class="jobs">
      <PhaseCounts counts={counts} phase={filter.phase} onPhase={(phase) => choose({ phase })} />
      {selection.kind === 'job' && (
        <section ref={story} class="job-story" aria-label={`Job ${selection.name}`}>
          <h2>{selection.name}</h2>
          {chosen?.phase === 'waiting' && <WhyPanel run={run} job={chosen} />}
          <JobLane run={run} number={number} arrivalUs={chosen?.arrivalUs} />
        </section>
      )}
      <details class="count-fold" open={selection.kind !== 'job'}>
        <summary>Counts at {clockText(state.nowUs)}</summary>
        <CountPanel counts={counts} />
      </details>
      <search class="job-filter" aria-label="Filter of jobs">
        <label>
          <span class="sr-only">Part of the name</span>
          <input
            ref={text}
            type="search"
            placeholder="Name  ( / )"
            value={filter.text}
            onInput={({ currentTarget }) =>
              store.set((draft) => {
                draft.filter.text = currentTarget.value;
              })
            }
          />
        </label>
        <Choice
          title="Tenant"
          value={filter.tenant}
          names={counts.byTenant.map(({ name }) => name)}
          onChoose={(tenant) => choose({ tenant })}
        />
        <Choice
          title="Class"
          value={filter.label}
          names={counts.byClass.map(({ name }) => name)}
          onChoose={(label) => choose({ label })}
        />
        <Choice
          title="State"
          value={filter.phase}
          names={PHASES}
          words={PHASE_TEXT}
          onChoose={(phase) => choose({ phase })}
        />
        <button type="button" disabled={!isFiltered} onClick={() => choose(FIRST_STATE.filter)}>
          All
        </button>
        <output class="soft">
          {isFiltered ? `${rows.length} of ${counts.all} jobs` : `${counts.all} jobs in the system`}
        </output>
      </search>
      {rows.length === 0 ? (
        <p class="empty">
          {isFiltered
            ? 'No job in the system at this moment passes the filter. Press "All" to see all of them, or search the whole replay below.'
            : 'No job is in the system at this moment. Step to the next arrival, or move the clock.'}
        </p>
      ) : (
        <JobList
          state={state}
          rows={rows}
          sorting={sorting}
          selected={number}
          onSelect={(job) => select(app, job)}
          onSort={(by) => setSorting({ by, isDown: sorting.by === by && !sorting.isDown })}
        />
      )}
      <JobSearch run={run} />
    </div>
  );
}

function Choice({
  title,
  value,
  names,
  words = {},
  onChoose,
}: {
  title: string;
  value: string;
  names: readonly string[];
  words?: Readonly<Record<string, string>>;
  onChoose(name: string): void;
}): JSX.Element {
  // What is chosen stays among the choices though nobody has it now.
  const all = value === '' || names.includes(value) ? names : [value, ...names];
  return (
    <label>
      {title}{' '}
      <select value={value} onChange={({ currentTarget }) => onChoose(currentTarget.value)}>
        <option value="">any</option>
        {all.map((name) => (
          <option key={name} value={name}>
            {words[name] ?? name}
          </option>
        ))}
      </select>
    </label>
  );
}
