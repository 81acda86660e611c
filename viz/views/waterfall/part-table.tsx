import type { JSX } from 'preact';
import { BUCKET_TEXT } from '../../../sim/observe/waterfall/buckets.ts';
import type { WaterfallMarks } from '../../../sim/observe/waterfall/marks.ts';
import { quantity } from '../../../sim/report/document/quantity.ts';
import { type FleetPart, type MarkedSpan, sumOver } from '../../replay/waterfall-marks.ts';

const DIVISION_TEXT: Readonly<Record<FleetPart['by'], string>> = {
  pool: 'pool',
  mode: 'sharing mode',
  model: 'GPU model',
};

export const partText = ({ by, name }: FleetPart, pools: readonly string[]): string =>
  `${DIVISION_TEXT[by]} ${typeof name === 'number' ? (pools[name] ?? name) : name === 'fraction' ? 'by fraction (no mode)' : name}`;

/** Parts of the fleet side by side; a click shows one alone. */
export function PartTable({
  marks,
  parts,
  span,
  pools,
  chosen,
  choose,
}: {
  marks: WaterfallMarks;
  parts: readonly FleetPart[];
  span: MarkedSpan;
  pools: readonly string[];
  chosen: FleetPart | undefined;
  choose(part: FleetPart | undefined): void;
}): JSX.Element | null {
  if (parts.length === 0) return null;
  return (
    <section aria-label="Parts of the fleet">
      <h2>Parts of the fleet</h2>
      <table>
        <thead>
          <tr>
            <th scope="col">Part</th>
            <th scope="col" class="number">
              GPU-hours
            </th>
            <th scope="col" class="number">
              useful
            </th>
            <th scope="col">largest of the rest</th>
          </tr>
        </thead>
        <tbody>
          {parts.map((part) => {
            const { capacityGpuHours, buckets } = sumOver(marks, span, part);
            const useful = buckets.find(({ bucket }) => bucket === 'useful')?.share ?? 0;
            const rest = buckets.filter(({ bucket }) => bucket !== 'useful');
            const largest = rest.toSorted((a, b) => b.gpuHours - a.gpuHours)[0];
            const isChosen = chosen?.by === part.by && chosen.name === part.name;
            return (
              <tr key={`${part.by} ${part.name}`}>
                <th scope="row">
                  <button
                    type="button"
                    aria-pressed={isChosen}
                    onClick={() => choose(isChosen ? undefined : part)}
                  >
                    {partText(part, pools)}
                  </button>
                </th>
                <td class="number">{quantity(capacityGpuHours, '')}</td>
                <td class="number">{capacityGpuHours > 0 ? quantity(useful, 'fraction') : '-'}</td>
                <td>
                  {largest === undefined
                    ? '-'
                    : `${BUCKET_TEXT[largest.bucket]} ${quantity(largest.share, 'fraction')}`}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}
