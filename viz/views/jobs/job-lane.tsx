import type { JSX } from 'preact';
import { useRef, useState } from 'preact/hooks';
import { type Run, useApp } from '../../app/context.ts';
import { SaveSvg } from '../../draw/save-svg.tsx';
import { clockText, durationText, reasonText } from '../../draw/words.ts';
import type { JobLife } from '../../replay/job-life.ts';
import { lanePieces, phaseText, reasonsOf, spentUs } from './lane.ts';
import { useLife } from './use-life.ts';

/** Rows of the table that are shown at once. */
const MOST_ROWS = 200;
const WIDTH = 1000;
const HEIGHT = 34;

/** The life of a job, from its arrival to its end: a lane, and a table behind it. */
export function JobLane({
  run,
  number,
  arrivalUs,
}: {
  run: Run;
  number: number;
  arrivalUs: number | undefined;
}): JSX.Element {
  const search = useLife(run, number, arrivalUs);
  if (search.kind === 'going')
    return (
      <p class="soft">
        Following the job through the replay{' '}
        <progress max={1} value={search.part} aria-label="Part gone through" />
      </p>
    );
  if (search.kind === 'missing') return <p class="soft">{search.why}</p>;
  return <Lane run={run} life={search.life} />;
}

function Lane({ run, life }: { run: Run; life: JobLife }): JSX.Element {
  const app = useApp();
  const box = useRef<HTMLDivElement>(null);
  const { state, atUs } = run.player;
  const { phases, marks } = life;
  const fromUs = life.arrivalUs;
  const toUs = Math.max(phases.at(-1)?.toUs ?? fromUs, marks.at(-1)?.atUs ?? fromUs, fromUs + 1);
  const x = (us: number) => ((us - fromUs) / (toUs - fromUs)) * WIDTH;
  const reasons = reasonsOf(life);
  const { waited, ran } = spentUs(life);
  const { startUs, endUs } = life;
  const end = life.marks.findLast(
    ({ kind }) => kind === 'finished' || kind === 'failed' || kind === 'rejected',
  );
  return (
    <div class="lane" ref={box}>
      <p class="lane-jumps">
        <button type="button" onClick={() => void app.goTo(fromUs)}>
          Arrival <span class="soft">{clockText(fromUs)}</span>
        </button>
        <button
          type="button"
          disabled={startUs === undefined}
          onClick={() => startUs !== undefined && void app.goTo(startUs)}
        >
          First start <span class="soft">{startUs === undefined ? 'never' : clockText(startUs)}</span>
        </button>
        <button
          type="button"
          disabled={endUs === undefined}
          onClick={() => endUs !== undefined && void app.goTo(endUs)}
        >
          End <span class="soft">{endUs === undefined ? 'after the run' : clockText(endUs)}</span>
        </button>
        <SaveSvg within={box} chart="svg.lane-picture" name={['life', life.name]} />
      </p>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        preserveAspectRatio="none"
        class="lane-picture"
        role="img"
        aria-label={`Life of ${life.name}: waited ${durationText(waited)}, ran ${durationText(ran)}${end === undefined ? '' : `, ${end.text}`}`}
      >
        <LanePatterns />
        {lanePieces(phases).map((piece) => (
          // biome-ignore lint/a11y/noStaticElementInteractions: each has its button in the table
          <rect
            key={piece.fromUs}
            class={`lane-piece ${piece.phase.phase}`}
            style={
              piece.phase.phase === 'waiting'
                ? `fill: var(--tone-${reasons.indexOf(piece.phase.reason) % 9})`
                : undefined
            }
            x={x(piece.fromUs)}
            y={piece.phase.phase === 'waiting' ? 15 : 4}
            width={Math.max(1, x(piece.toUs) - x(piece.fromUs))}
            height={piece.phase.phase === 'waiting' ? 12 : 26}
            onClick={() => void app.goTo(piece.fromUs)}
          >
            <title>
              {piece.count > 1 ? `${piece.count} short phases, the longest: ` : ''}
              {`${phaseText(state, piece.phase)} (${durationText(piece.toUs - piece.fromUs)})`}
            </title>
          </rect>
        ))}
        {atUs >= fromUs && atUs <= toUs && (
          <line class="lane-now" x1={x(atUs)} x2={x(atUs)} y1={0} y2={HEIGHT} />
        )}
      </svg>
      <ul class="lane-key">
        {reasons.map((reason, i) => (
          <li key={reason}>
            <i class="swatch low" style={`background: var(--tone-${i % 9})`} />
            {reason === '' ? 'waited' : `waited: ${reasonText(reason)}`}
          </li>
        ))}
        {(['starting', 'running', 'saving', 'stopping', 'moving'] as const)
          .filter((phase) => phases.some((each) => each.phase === phase))
          .map((phase) => (
            <li key={phase}>
              <svg class="swatch" viewBox="0 0 12 12" aria-hidden="true">
                <rect class={`lane-piece ${phase}`} width="12" height="12" />
              </svg>
              {phase === 'running' ? 'ran' : phase}
            </li>
          ))}
      </ul>
      <p>
        {`Waited ${durationText(waited)} in all, ran ${durationText(ran)}`}
        {life.lostUs > 0 && `, did ${durationText(life.lostUs)} of work once more`}
        {end === undefined
          ? '; still in the system when the run ended.'
          : `; ${end.text} at ${clockText(end.atUs)}.`}
      </p>
      <LifeTable run={run} life={life} />
    </div>
  );
}

/** Stripes, so that what a job does is not told by colour alone. */
function LanePatterns(): JSX.Element {
  return (
    <defs>
      <pattern
        id="lane-stripes"
        width="6"
        height="6"
        patternUnits="userSpaceOnUse"
        patternTransform="rotate(45)"
      >
        <rect width="6" height="6" class="lane-paper" />
        <rect width="3" height="6" class="lane-ink" />
      </pattern>
      <pattern id="lane-dots" width="6" height="6" patternUnits="userSpaceOnUse">
        <rect width="6" height="6" class="lane-paper" />
        <circle cx="3" cy="3" r="1.6" class="lane-ink" />
      </pattern>
    </defs>
  );
}

interface LifeRow {
  readonly atUs: number;
  readonly text: string;
  readonly lengthUs: number | undefined;
}

function LifeTable({ run, life }: { run: Run; life: JobLife }): JSX.Element {
  const app = useApp();
  const [shown, setShown] = useState(MOST_ROWS);
  const { state } = run.player;
  const rows: LifeRow[] = [
    ...life.marks.map(({ atUs, text }) => ({ atUs, text, lengthUs: undefined })),
    ...life.phases.map((phase) => ({
      atUs: phase.fromUs,
      text: phaseText(state, phase),
      lengthUs: phase.toUs - phase.fromUs,
    })),
  ].sort((a, b) => a.atUs - b.atUs);
  return (
    <details>
      <summary>As a table ({rows.length} rows)</summary>
      <table class="lane-table">
        <thead>
          <tr>
            <th scope="col">At</th>
            <th scope="col">What</th>
            <th scope="col">For</th>
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, shown).map(({ atUs, text, lengthUs }, i) => (
            <tr key={i}>
              <td>
                <button type="button" class="link" onClick={() => void app.goTo(atUs)}>
                  {clockText(atUs)}
                </button>
              </td>
              <td>{text}</td>
              <td>{lengthUs === undefined ? '' : durationText(lengthUs)}</td>
            </tr>
          ))}
        </tbody>
      </table>
      {rows.length > shown && (
        <button type="button" onClick={() => setShown(shown + 5 * MOST_ROWS)}>
          {rows.length - shown} more
        </button>
      )}
    </details>
  );
}
