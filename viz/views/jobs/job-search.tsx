import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Run, useApp } from '../../app/context.ts';
import { clockText } from '../../draw/words.ts';
import { type FoundJob, type FoundJobs, findByNumber, searchJobs } from '../../replay/search.ts';
import { select } from './select.ts';

/** Results that are listed. */
const MOST_FOUND = 100;

/** Finds jobs of the whole replay by name or number, whether they are in the system now or not. */
export function JobSearch({ run }: { run: Run }): JSX.Element {
  const app = useApp();
  const [text, setText] = useState('');
  const [part, setPart] = useState<number | undefined>(undefined);
  const [found, setFound] = useState<FoundJobs | undefined>(undefined);
  const abort = useRef<AbortController>(undefined);
  useEffect(() => () => abort.current?.abort(), []);
  const search = async (): Promise<void> => {
    abort.current?.abort();
    const own = new AbortController();
    abort.current = own;
    const wanted = text.trim();
    setFound(undefined);
    if (wanted === '') return;
    setPart(0);
    try {
      const { file } = run.player;
      const byNumber = /^#?\d+$/.test(wanted)
        ? await findByNumber(file, Number(wanted.replace('#', '')), {
            signal: own.signal,
            onProgress: setPart,
          })
        : undefined;
      const byName = await searchJobs(file, wanted, MOST_FOUND, { signal: own.signal, onProgress: setPart });
      const others = byName.jobs.filter(({ number }) => number !== byNumber?.number);
      setFound({ ...byName, jobs: byNumber === undefined ? others : [byNumber, ...others] });
    } catch (error) {
      if (!own.signal.aborted) app.say(error instanceof Error ? error.message : String(error), 'problem');
    } finally {
      if (abort.current === own) setPart(undefined);
    }
  };
  const goTo = async (job: FoundJob): Promise<void> => {
    select(app, job);
    await app.goTo(job.arrivalUs);
  };
  return (
    <details class="job-search">
      <summary>Search the whole replay</summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void search();
        }}
      >
        <label>
          Name or number{' '}
          <input type="search" value={text} onInput={({ currentTarget }) => setText(currentTarget.value)} />
        </label>
        <button type="submit">Search</button>
        {part !== undefined && (
          <>
            <progress max={1} value={part} aria-label="Part of the replay that has been searched" />
            <button
              type="button"
              onClick={() => {
                abort.current?.abort();
                setPart(undefined);
              }}
            >
              Cancel
            </button>
          </>
        )}
      </form>
      <div role="status">
        {found !== undefined && found.jobs.length === 0 && (
          <p>No job of this replay has that name or number. Try a part of its name.</p>
        )}
        {found?.isCut && <p>The first {MOST_FOUND}; a longer part of the name finds fewer.</p>}
        {found !== undefined && found.unread > 0 && (
          <p>{found.unread} damaged parts of the file were not searched.</p>
        )}
      </div>
      {found !== undefined && found.jobs.length > 0 && (
        <ul class="found">
          {found.jobs.map((job) => (
            <li key={job.number}>
              <button type="button" class="link" onClick={() => select(app, job)}>
                {job.name}
              </button>{' '}
              <span class="soft">
                {[`number ${job.number}`, job.tenant, job.label].filter((word) => word !== '').join(', ')}
              </span>{' '}
              <button type="button" class="link" onClick={() => void goTo(job)}>
                to its arrival, {clockText(job.arrivalUs)}
              </button>
            </li>
          ))}
        </ul>
      )}
    </details>
  );
}
