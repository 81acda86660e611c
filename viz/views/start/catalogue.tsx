import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { useApp } from '../../app/context.ts';
import { askDesk } from '../../worker/client.ts';
import type { CatalogueEntry } from '../../worker/desk/catalogue.ts';
import { missingFiles } from '../../worker/run/given-files.ts';
import { runner } from '../../worker/runner.ts';
import { traceShelf } from '../../worker/trace-shelf.ts';
import { entriesByTopic } from './filter-entries.ts';
import { TraceFiles } from './trace-files.tsx';
import { useListened } from './use-listened.ts';

/** Read once; the page may come back here often. */
let known: readonly CatalogueEntry[] | undefined;

/** The scenarios that come with the product, each with a way to run it here and a way to change it first. */
export function Catalogue(): JSX.Element {
  const [entries, setEntries] = useState(known);
  const [fault, setFault] = useState('');
  const [search, setSearch] = useState('');
  useEffect(() => {
    if (known !== undefined) return;
    askDesk<'catalogue'>({ ask: 'catalogue' }).then(
      (found) => {
        known = found;
        setEntries(found);
      },
      (error: unknown) => setFault(error instanceof Error ? error.message : String(error)),
    );
  }, []);
  const groups = entries === undefined ? [] : entriesByTopic(entries, search);
  const count = groups.reduce((sum, group) => sum + group.entries.length, 0);
  return (
    <section aria-labelledby="start-catalogue">
      <h2 id="start-catalogue">Run a scenario here, with nothing installed</h2>
      {fault !== '' && <p role="alert">The catalogue cannot be shown. {fault}. Load the page again.</p>}
      {entries === undefined && fault === '' && <p>Reading the catalogue …</p>}
      {entries !== undefined && (
        <>
          <p class="catalogue-search">
            <label>
              Search{' '}
              <input
                type="search"
                value={search}
                placeholder="MIG, desktops, H100, backfill …"
                onInput={({ currentTarget }) => setSearch(currentTarget.value)}
              />
            </label>{' '}
            <span class="soft" role="status">
              {count} of {entries.length} scenarios
            </span>
          </p>
          {count === 0 && <p>No scenario has all these words: try fewer of them.</p>}
          {groups.map(({ topic, entries: ofTopic }) => (
            <section key={topic} aria-label={topic}>
              <h3>{topic}</h3>
              <ul class="cards">
                {ofTopic.map((entry) => (
                  <EntryCard key={entry.name} entry={entry} />
                ))}
              </ul>
            </section>
          ))}
        </>
      )}
    </section>
  );
}

function EntryCard({ entry }: { readonly entry: CatalogueEntry }): JSX.Element {
  const app = useApp();
  useListened(runner);
  useListened(traceShelf);
  const { name, title, more, files } = entry;
  const isRunning = runner.state.kind === 'running' && runner.state.title === name;
  const missing = missingFiles(files, traceShelf.files);
  const run = async (): Promise<void> => {
    const text = await askDesk<'catalogue-text'>({ ask: 'catalogue-text', name });
    scrollTo({ top: 0 });
    document.querySelector('.main')?.scrollTo({ top: 0 });
    const outcome = await runner.run(name, text, traceShelf.files);
    if (outcome === undefined) return;
    await app.open(outcome.replay, name);
  };
  const change = async (): Promise<void> => {
    const text = await askDesk<'catalogue-text'>({ ask: 'catalogue-text', name });
    app.store.change(`what if ${name}`, (draft) => {
      draft.whatIf = { reference: name, before: text, text, runId: null };
      draft.view = 'what-if';
    });
  };
  return (
    <li class="card">
      <h4>{name}</h4>
      <p>{title}</p>
      {more !== '' && (
        <details>
          <summary aria-label={`More about ${name}`}>More</summary>
          <p>{more}</p>
        </details>
      )}
      <p class="soft facts">{factsOf(entry)}</p>
      <TraceFiles paths={files} />
      <p class="card-actions">
        <button
          type="button"
          class="primary"
          aria-label={`Run ${name}`}
          disabled={isRunning || missing.length > 0}
          onClick={() => void run()}
        >
          {isRunning ? 'Running' : 'Run'}
        </button>
        <button type="button" aria-label={`Change and run ${name}`} onClick={() => void change()}>
          Change and run
        </button>
      </p>
    </li>
  );
}

function factsOf({ fleet, modes, isFill, horizon, replications }: CatalogueEntry): string {
  return [
    fleet,
    modes.join(', '),
    isFill
      ? 'fills the fleet task by task'
      : horizon === ''
        ? 'until all jobs are done'
        : `${horizon} simulated`,
    replications > 1 ? `one run of its ${replications}` : '',
  ]
    .filter((part) => part !== '')
    .join(' · ');
}
