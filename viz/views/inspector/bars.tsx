import type { JSX } from 'preact';
import { useApp } from '../../app/context.ts';
import { tenantTones } from '../../draw/tone-tables.ts';
import { tenantText } from '../../draw/words.ts';
import { select } from '../jobs/select.ts';
import type { Bar, Piece } from './memory-map.ts';

const WIDTH = 320;
const HEIGHT = 30;
/** Pieces that are narrower have no name in them, in picture units. */
const LEAST_NAMED = 34;

/** Parts of a card, drawn to scale. */
export function Bars({ bars }: { bars: readonly Bar[] }): JSX.Element {
  const app = useApp();
  return (
    <div class="gpu-bars">
      {bars.map((bar) => (
        <figure key={bar.title}>
          <figcaption>
            {bar.title} <span class="soft">{`of ${bar.total} ${bar.unit}`}</span>
          </figcaption>
          <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} class="gpu-bar" role="img" aria-label={barText(bar)}>
            <defs>
              <pattern
                id="bar-held"
                width="6"
                height="6"
                patternUnits="userSpaceOnUse"
                patternTransform="rotate(45)"
              >
                <rect width="6" height="6" class="bar-free" />
                <rect width="2" height="6" class="bar-stripe" />
              </pattern>
            </defs>
            {bar.pieces.map((piece) => {
              const [x, width] = [(piece.from / bar.total) * WIDTH, (piece.size / bar.total) * WIDTH];
              const { job } = piece;
              return (
                // biome-ignore lint/a11y/noStaticElementInteractions: the table of residents has a button for each
                <g
                  key={`${piece.from} ${piece.label}`}
                  class={job === undefined ? undefined : 'can-choose'}
                  onClick={() => job !== undefined && select(app, job)}
                >
                  <title>{pieceText(piece, bar.unit)}</title>
                  <rect
                    class={`bar-piece ${piece.is}`}
                    style={fillOf(piece)}
                    x={x}
                    y={1}
                    width={Math.max(0.5, width)}
                    height={HEIGHT - 2}
                  />
                  {width >= LEAST_NAMED && (
                    <text x={x + 4} y={HEIGHT / 2 + 4} class={piece.is === 'used' ? 'on-tone' : undefined}>
                      {piece.label.slice(0, Math.floor((width - 6) / 6))}
                    </text>
                  )}
                </g>
              );
            })}
          </svg>
          {bar.note !== undefined && <p class="soft">{bar.note}</p>}
        </figure>
      ))}
    </div>
  );
}

function fillOf({ job }: Piece): string | undefined {
  return job === undefined ? undefined : `fill: var(--tone-${tenantTones.toneOf(tenantText(job.kind)) % 9})`;
}

const IS_TEXT = {
  used: '',
  empty: ', nobody has it',
  held: ', nobody has it and it takes nobody in',
  free: '',
} as const;

function pieceText({ label, job, is, size }: Piece, unit: string): string {
  return `${label}: ${size} ${unit}${job === undefined ? '' : `, ${job.name} of ${tenantText(job.kind)}`}${IS_TEXT[is]}`;
}

function barText({ title, pieces, unit }: Bar): string {
  const shown = pieces.slice(0, 12).map((piece) => pieceText(piece, unit));
  return `${title}: ${shown.join('; ')}${pieces.length > shown.length ? ` and ${pieces.length - shown.length} more` : ''}`;
}
