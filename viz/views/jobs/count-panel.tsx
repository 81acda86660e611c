import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { PHASES, type Phase } from '../../../sim/observe/replay/index.ts';
import { PHASE_TEXT, reasonText } from '../../draw/words.ts';
import type { JobCounts, PartCount } from './counts.ts';

/** Bars and rows that are shown at once. */
const MOST_BARS = 8;

/** How many jobs do what: each number is also a filter. */
export function PhaseCounts({
  counts,
  phase,
  onPhase,
}: {
  counts: JobCounts;
  phase: string;
  onPhase(phase: Phase | ''): void;
}): JSX.Element {
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset has a frame of its own
    <div class="phase-counts" role="group" aria-label="Jobs by state">
      <button type="button" aria-pressed={phase === ''} onClick={() => onPhase('')}>
        all <b>{counts.all}</b>
      </button>
      {PHASES.map((each) => (
        <button
          type="button"
          key={each}
          aria-pressed={phase === each}
          disabled={counts.byPhase[each] === 0 && phase !== each}
          onClick={() => onPhase(phase === each ? '' : each)}
        >
          <i class={`dot ${each}`} aria-hidden="true" />
          {PHASE_TEXT[each]} <b>{counts.byPhase[each]}</b>
        </button>
      ))}
    </div>
  );
}

/** What those that wait wait for, as bars; and who has how many jobs. */
export function CountPanel({ counts }: { counts: JobCounts }): JSX.Element {
  const most = counts.byReason[0]?.[1] ?? 1;
  const shown = counts.byReason.slice(0, MOST_BARS);
  const rest = counts.byReason.slice(MOST_BARS).reduce((sum, [, count]) => sum + count, 0);
  return (
    <div class="count-panel">
      <section aria-label="Why jobs wait">
        <h2>Why they wait</h2>
        {shown.length === 0 && <p class="soft">Nobody waits now.</p>}
        <table class="bars">
          <caption class="sr-only">Jobs that wait, by reason</caption>
          <tbody>
            {shown.map(([reason, count]) => (
              <tr key={reason}>
                <th scope="row">{reason === '' ? 'no reason is given' : reasonText(reason)}</th>
                <td class="bar-cell">
                  <i class="bar" style={`width: ${(100 * count) / most}%`} />
                </td>
                <td class="number">{count}</td>
              </tr>
            ))}
          </tbody>
        </table>
        {rest > 0 && (
          <p class="soft">{`and ${rest} for ${counts.byReason.length - MOST_BARS} other reasons`}</p>
        )}
      </section>
      <PartTable title="By tenant" head="Tenant" parts={counts.byTenant} />
      <PartTable title="By class" head="Class" parts={counts.byClass} />
    </div>
  );
}

function PartTable({
  title,
  head,
  parts,
}: {
  title: string;
  head: string;
  parts: readonly PartCount[];
}): JSX.Element {
  const [shown, setShown] = useState(MOST_BARS);
  return (
    <section aria-label={title}>
      <h2>{title}</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">{head}</th>
            <th scope="col" class="number">
              wait
            </th>
            <th scope="col" class="number">
              hold GPUs
            </th>
          </tr>
        </thead>
        <tbody>
          {parts.slice(0, shown).map(({ name, waiting, holding }) => (
            <tr key={name}>
              <th scope="row">{name}</th>
              <td class="number">{waiting}</td>
              <td class="number">{holding}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {parts.length > shown && (
        <button type="button" onClick={() => setShown(shown + 50)}>
          {parts.length - shown} more
        </button>
      )}
    </section>
  );
}
