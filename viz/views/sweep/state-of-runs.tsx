import type { JSX } from 'preact';
import { count, plural } from '../../../sim/report/format.ts';
import type { ReadSweep } from './read-sweep.ts';

const MOST_FAILURES = 100;

/** How far the sweep is. */
export function Progress({ sweep }: { readonly sweep: ReadSweep }): JSX.Element {
  const { runs, done, failures, points, seeds, digest } = sweep.results;
  const missing = runs - done - failures.length;
  return (
    <p class="sweep-progress">
      <progress max={runs} value={done + failures.length} aria-label="Runs that have ended" />{' '}
      <b>
        {count(done)} of {plural(runs, 'run')} done
      </b>
      {failures.length > 0 && `, ${count(failures.length)} failed`}
      {missing > 0 && `, ${count(missing)} not run yet`}. {plural(points.length, 'point')}, each with{' '}
      {plural(seeds.length, 'run')}
      {digest !== null && (
        <>
          , digest <code>{digest}</code>
        </>
      )}
      .{seeds.length > 1 && ' Figures after ± are half of 95 % intervals.'}
    </p>
  );
}

/** What of the files is damaged, torn or missing. */
export function Notes({ notes }: { readonly notes: readonly string[] }): JSX.Element | null {
  if (notes.length === 0) return null;
  return (
    <details class="sweep-notes" open={notes.length <= 3}>
      <summary>{plural(notes.length, 'thing')} to know about the files</summary>
      <ul>
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </details>
  );
}

/** Runs that gave no result, with why. */
export function Failures({ sweep }: { readonly sweep: ReadSweep }): JSX.Element | null {
  const { failures, design, points } = sweep.results;
  if (failures.length === 0) return null;
  return (
    <div class="sweep-part">
      <h3 id="sweep-failures">Runs that failed</h3>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard. */}
      <section class="sweep-failures" tabIndex={0} aria-labelledby="sweep-failures">
        <table>
          <thead>
            <tr>
              <th>Run</th>
              <th>Point</th>
              <th>Seed</th>
              <th>Set to</th>
              <th>Error</th>
            </tr>
          </thead>
          <tbody>
            {failures.slice(0, MOST_FAILURES).map(({ index, point, seed, error }) => (
              <tr key={index}>
                <td>{index}</td>
                <td>{point}</td>
                <td>{seed}</td>
                <td>
                  {design.factors.map(({ path }, f) => `${path}=${points[point]?.values[f]}`).join(', ')}
                </td>
                <td>{error}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </section>
      <p class="soft sweep-note">
        {failures.length > MOST_FAILURES && `… and ${plural(failures.length - MOST_FAILURES, 'other')}. `}
        The same sweep with <code>--retry-failed</code> tries them again.
      </p>
    </div>
  );
}
