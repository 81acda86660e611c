import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { rowAfterKey, visibleRows } from '../jobs/visible-rows.ts';
import type { SweepLook } from './look.ts';
import type { Axis, SweepModel } from './model.ts';

const ROW_PX = 28;

// A grid of blocks, as the list of jobs has it: a table of 100,000 rows would all be in the page.
const asRow = (index: number, isSelected: boolean) =>
  ({ role: 'row', tabIndex: -1, 'aria-rowindex': index, 'aria-selected': isSelected }) as const;
const asHead = (sort: 'none' | 'ascending' | 'descending') =>
  ({ role: 'columnheader', 'aria-sort': sort }) as const;
const AS_HEAD_ROW = { role: 'row', 'aria-rowindex': 1 } as const;
const AS_ROWS = { role: 'rowgroup' } as const;
const AS_CELL = { role: 'gridcell' } as const;

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
  const box = useRef<HTMLDivElement>(null);
  const [[scrollPx, heightPx], look] = useState<readonly [number, number]>([0, 400]);
  const [active, setActive] = useState(-1);
  const { by, isDown } = sort;
  const rows = useMemo(() => orderOf(model, kept, { by, isDown }), [model, kept, by, isDown]);
  const chosen = useMemo(() => new Set(selected), [selected]);
  const activeAt = rows.indexOf(active);
  const [from, to] = visibleRows(rows.length, ROW_PX, scrollPx, heightPx);
  const seeds = model.sweep.manifest.seeds.length;
  useEffect(() => {
    const own = box.current;
    if (own === null) return undefined;
    const see = () => look([own.scrollTop, own.clientHeight]);
    const watch = new ResizeObserver(see);
    watch.observe(own);
    own.addEventListener('scroll', see, { passive: true });
    return () => {
      watch.disconnect();
      own.removeEventListener('scroll', see);
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const own = box.current;
    if (own === null || event.target !== own) return;
    const page = Math.max(1, Math.floor(heightPx / ROW_PX) - 2);
    const next = rowAfterKey(
      event.key,
      activeAt < 0 && event.key === 'ArrowDown' ? -1 : activeAt,
      rows.length,
      page,
    );
    if (next !== undefined) {
      event.preventDefault();
      setActive(rows[next] ?? -1);
      // The heading stays on top of what is scrolled.
      const headPx = (own.firstElementChild as HTMLElement).offsetHeight;
      const top = next * ROW_PX;
      if (top < own.scrollTop) own.scrollTop = top;
      else if (top + ROW_PX + headPx > own.scrollTop + own.clientHeight)
        own.scrollTop = top + ROW_PX + headPx - own.clientHeight;
    } else if ((event.key === 'Enter' || event.key === ' ') && activeAt >= 0) {
      event.preventDefault();
      onSelect([active], event.shiftKey || event.ctrlKey);
    }
  };
  const columns = [{ id: 'point', label: 'Point' }, ...axes, { id: '', label: 'Runs' }];
  const template = `4.5rem ${axes.map(({ places }) => (places === undefined ? 'minmax(13.5rem, 1fr)' : 'minmax(7rem, 1fr)')).join(' ')} 5.5rem`;
  const textOf = (p: number, id: string): string => {
    const point = model.points[p];
    if (id === 'point') return String(point?.point);
    if (id !== '') return model.axis(id)?.textOf(p) ?? '';
    return `${point?.done} of ${seeds}`;
  };
  const width = `${10 + axes.reduce((sum, { places }) => sum + (places === undefined ? 13.5 : 7) + 0.6, 0)}rem`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of 100,000 rows would all be in the page
    <div
      ref={box}
      class="sweep-table"
      role="grid"
      tabIndex={0}
      aria-multiselectable="true"
      aria-label="Points: arrow keys go through them, Enter selects, with Shift besides others"
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={activeAt >= from && activeAt < to ? `sweep-row-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div
        class="sweep-row head"
        {...AS_HEAD_ROW}
        style={`grid-template-columns: ${template}; min-width: ${width}`}
      >
        {columns.map(({ id, label }) => (
          <div key={id} {...asHead(by !== id ? 'none' : isDown ? 'descending' : 'ascending')} title={label}>
            {id === '' ? (
              label
            ) : (
              <button type="button" onClick={() => onSort(id)}>
                <span>{label}</span>
                <span aria-hidden="true">{by !== id ? '' : isDown ? ' ▼' : ' ▲'}</span>
              </button>
            )}
          </div>
        ))}
      </div>
      <div class="sweep-rows" style={`height: ${rows.length * ROW_PX}px; min-width: ${width}`} {...AS_ROWS}>
        {rows.slice(from, to).map((p, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all of its rows
          // biome-ignore lint/a11y/noStaticElementInteractions: its role is spread
          <div
            key={p}
            id={`sweep-row-${p}`}
            class={`sweep-row${p === active ? ' active' : ''}`}
            {...asRow(from + i + 2, chosen.has(p))}
            style={`top: ${(from + i) * ROW_PX}px; grid-template-columns: ${template}`}
            onClick={({ shiftKey, ctrlKey, metaKey }) => {
              setActive(p);
              onSelect([p], shiftKey || ctrlKey || metaKey);
            }}
          >
            {columns.map(({ id }) => (
              <div key={id} {...AS_CELL} title={textOf(p, id)}>
                {textOf(p, id)}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}
