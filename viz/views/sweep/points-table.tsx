import type { JSX } from 'preact';
import { useMemo } from 'preact/hooks';
import { type GridColumn, RowGrid } from '../row-grid/row-grid.tsx';
import type { SweepLook } from './look.ts';
import type { Axis, SweepModel } from './model.ts';

/** Least widths of columns: a metric has its interval beside it. */
const [METRIC_REM, FACTOR_REM, END_REM] = [14, 7.6, 5.6];

/** The points that are kept, in order of a metric or a factor. */
export function orderOf(
  model: SweepModel,
  kept: Uint8Array,
  { by, isDown }: SweepLook['sort'],
): readonly number[] {
  const at = model.axis(by)?.at;
  const points = model.points.flatMap((_, p) => (kept[p] === 1 ? [p] : []));
  if (at === undefined) return isDown ? points.reverse() : points;
  const sign = isDown ? -1 : 1;
  return points.sort((a, b) => {
    const [one, other] = [at[a] as number, at[b] as number];
    // What has no value comes last, whichever way.
    if (Number.isNaN(one) || Number.isNaN(other))
      return Number(Number.isNaN(one)) - Number(Number.isNaN(other)) || a - b;
    return sign * (one - other) || a - b;
  });
}

/** Points as a grid of which only what is in sight is in the page. */
export function PointsTable({
  model,
  axes,
  kept,
  sort,
  selected,
  onSort,
  onSelect,
}: {
  readonly model: SweepModel;
  readonly axes: readonly Axis[];
  readonly kept: Uint8Array;
  readonly sort: SweepLook['sort'];
  readonly selected: readonly number[];
  onSort(by: string): void;
  onSelect(points: readonly number[], isAdded: boolean): void;
}): JSX.Element {
  const { by, isDown } = sort;
  const rows = useMemo(() => orderOf(model, kept, { by, isDown }), [model, kept, by, isDown]);
  const chosen = useMemo(() => new Set(selected), [selected]);
  const seeds = model.sweep.manifest.seeds.length;
  const column = (id: string, label: string, text: (p: number) => string): GridColumn<number> => ({
    id,
    label,
    sorted: by !== id ? 'none' : isDown ? 'descending' : 'ascending',
    onSort: () => onSort(id),
    text,
  });
  const columns: readonly GridColumn<number>[] = [
    column('point', 'Point', (p) => String(model.points[p]?.point)),
    ...axes.map(({ id, label, textOf }) => column(id, label, textOf)),
    { id: '', label: 'Runs', sorted: 'none', text: (p) => `${model.points[p]?.done} of ${seeds}` },
  ];
  const axisRem = ({ places }: Axis) => (places === undefined ? METRIC_REM : FACTOR_REM);
  const template = axes.map((axis) => `minmax(${axisRem(axis)}rem, 1fr)`).join(' ');
  const least = axes.reduce((sum, axis) => sum + axisRem(axis), 2 * END_REM);
  return (
    <RowGrid
      class="sweep-table"
      label="Points: arrow keys go through them, Enter selects, with Shift besides others"
      isMulti
      columns={columns}
      rows={rows}
      widths={{ template: `${END_REM}rem ${template} ${END_REM}rem`, least: `${least}rem` }}
      keyOf={(p) => p}
      isSelected={(p) => chosen.has(p)}
      onPick={(p, isAdded) => onSelect([p], isAdded)}
    />
  );
}
