import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { directionOf } from '../../../sim/experiment/statistics/metric-direction.ts';
import { metricWords } from '../../../sim/report/document/metric-words.ts';
import { metricText } from '../../../sim/report/document/quantity.ts';
import { shellWord } from '../../../sim/report/document/shell-word.ts';
import { type Run, useApp } from '../../app/context.ts';
import { download, fileName } from '../../draw/export-png.ts';
import { resultOf } from '../../replay/series.ts';
import { differenceText, relativeText } from './difference-text.ts';
import { compareMetrics } from './paired-metrics.ts';

/** What is shown at first. */
const FEW = 25;
const BETTER = { higher: 'more is better', lower: 'less is better', none: '' } as const;

/** What both runs came to as a whole, metric by metric. */
export function MetricDifferences({ runs }: { readonly runs: readonly [Run, Run] }): JSX.Element {
  const [shows, setShows] = useState<'differing' | 'all'>('differing');
  const [text, setText] = useState('');
  const [isLong, setLong] = useState(false);
  const [a, b] = runs.map(({ player }) => resultOf(player.file.outline)?.metrics);
  if (a === undefined || b === undefined)
    return (
      <section>
        <h2>Whole runs</h2>
        <p>
          {runs[a === undefined ? 0 : 1].name} was cut off before the numbers of the whole run: record it
          again to compare them.
        </p>
      </section>
    );
  const rows = compareMetrics(a, b);
  const asked = text.trim().toLowerCase();
  const listed = rows.filter(
    ({ name, differs }) =>
      (shows === 'all' || differs) &&
      (asked === '' || name.toLowerCase().includes(asked) || metricWords(name).toLowerCase().includes(asked)),
  );
  const shown = isLong ? listed : listed.slice(0, FEW);
  return (
    <section aria-labelledby="compare-metrics">
      <h2 id="compare-metrics">Whole runs</h2>
      <OnePair runs={runs} />
      <p class="compare-buttons">
        <label>
          Metrics{' '}
          <select
            value={shows}
            onChange={({ currentTarget }) => setShows(currentTarget.value as typeof shows)}
          >
            <option value="differing">that differ ({rows.filter(({ differs }) => differs).length})</option>
            <option value="all">all ({rows.length})</option>
          </select>
        </label>
        <label>
          with{' '}
          <input
            type="search"
            value={text}
            placeholder="wait, cost…"
            aria-label="Text in the metric"
            onInput={({ currentTarget }) => setText(currentTarget.value)}
          />
        </label>
      </p>
      {listed.length === 0 ? (
        <p class="soft">
          {rows.some(({ differs }) => differs) || shows === 'all'
            ? 'No metric is called so: clear the text.'
            : 'All metrics are the same.'}
        </p>
      ) : (
        <table class="compare-table">
          <thead>
            <tr>
              <th scope="col">Metric</th>
              <th scope="col" class="number">
                A
              </th>
              <th scope="col" class="number">
                B
              </th>
              <th scope="col" class="number">
                B − A
              </th>
              <th scope="col" class="number wide">
                of A
              </th>
              <th scope="col" class="wide">
                As such
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(({ name, first, second, unit }) => (
              <tr key={name}>
                <th scope="row" title={name}>
                  {metricWords(name)}
                </th>
                <td class="number">{metricText(first)}</td>
                <td class="number">{metricText(second)}</td>
                <td class="number">
                  {unit === undefined
                    ? '-'
                    : differenceText(first?.value ?? null, second?.value ?? null, unit)}
                </td>
                <td class="number wide">
                  {unit === undefined ? '' : relativeText(first?.value ?? null, second?.value ?? null)}
                </td>
                <td class="soft wide">{BETTER[directionOf(name)]}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {listed.length > shown.length && (
        <button type="button" onClick={() => setLong(true)}>
          Show all {listed.length}
        </button>
      )}
    </section>
  );
}

/** What one pair of runs cannot tell, and what can. */
function OnePair({ runs }: { readonly runs: readonly [Run, Run] }): JSX.Element {
  const app = useApp();
  const names = runs.map(
    ({ name }, i) => `${fileName(i === 0 ? 'a' : 'b', name.replace(/\.\w+$/, ''))}.json`,
  );
  const command = `slicewise compare ${names.map(shellWord).join(' ')} --replications 10`;
  const save = (): void => {
    for (const [i, { player }] of runs.entries())
      download(
        new Blob([JSON.stringify(player.file.outline.header.scenario, undefined, 2)], {
          type: 'application/json',
        }),
        names[i] as string,
      );
    app.say('The two scenarios are saved');
  };
  return (
    <p>
      This is one pair of runs: a difference may be chance, and none is called better here. To run both
      scenarios with the same seeds several times and get 95 % intervals:{' '}
      <button type="button" onClick={save}>
        Save both scenarios
      </button>{' '}
      then <code>{command}</code>
    </p>
  );
}
