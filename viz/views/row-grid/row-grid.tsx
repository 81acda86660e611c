import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import './row-grid.css';
import { rowAfterKey, visibleRows } from './visible-rows.ts';

const ROW_PX = 28;

// A grid of blocks, because a table of 100,000 rows would all be in the page; the grid itself takes keys and focus.
const asRow = (index: number, isSelected = false) =>
  ({ role: 'row', tabIndex: -1, 'aria-rowindex': index, 'aria-selected': isSelected }) as const;
const AS_HEAD_ROW = { role: 'row', 'aria-rowindex': 1 } as const;
const AS_ROWS = { role: 'rowgroup' } as const;
const asHead = (sort: Sorted) => ({ role: 'columnheader', 'aria-sort': sort }) as const;
const AS_CELL = { role: 'gridcell' } as const;

type Sorted = 'none' | 'ascending' | 'descending';

export interface GridColumn<Row> {
  readonly id: string;
  readonly label: string;
  /** Of its cells, besides that of all cells. */
  readonly class?: string;
  readonly sorted: Sorted;
  /** Absent: rows cannot be put in order of it. */
  readonly onSort?: () => void;
  text(row: Row): string;
  /** What stands before the text. */
  readonly mark?: (row: Row) => ComponentChildren;
}

interface Props<Row> {
  /** Of the grid, besides its own: where columns get their widths. */
  readonly class: string;
  /** What the rows are, and which keys do what. */
  readonly label: string;
  readonly columns: readonly GridColumn<Row>[];
  readonly rows: readonly Row[];
  /** Widths of the columns and of all of them together, where a style sheet cannot know them. */
  readonly widths?: { readonly template: string; readonly least: string };
  /** Whether Shift or Control selects a row besides others. */
  readonly isMulti?: boolean;
  /** What tells a row from all others, also when it moves. */
  keyOf(row: Row): number;
  isSelected(row: Row): boolean;
  onPick(row: Row, isAdded: boolean): void;
}

/** Rows as a grid of which only what is in sight is in the page; arrow keys go through them, Enter picks. */
export function RowGrid<Row>({
  class: own,
  label,
  columns,
  rows,
  widths,
  isMulti = false,
  keyOf,
  isSelected,
  onPick,
}: Props<Row>): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [[scrollPx, heightPx], look] = useState<readonly [number, number]>([0, 600]);
  const [active, setActive] = useState(-1);
  const activeAt = active < 0 ? -1 : rows.findIndex((row) => keyOf(row) === active);
  const [from, to] = visibleRows(rows.length, ROW_PX, scrollPx, heightPx);
  const rowId = (key: number) => `${own}-row-${key}`;
  useEffect(() => {
    const grid = box.current;
    if (grid === null) return undefined;
    const see = () => look([grid.scrollTop, grid.clientHeight]);
    const watch = new ResizeObserver(see);
    watch.observe(grid);
    grid.addEventListener('scroll', see, { passive: true });
    return () => {
      watch.disconnect();
      grid.removeEventListener('scroll', see);
    };
  }, []);
  const onKeyDown = (event: KeyboardEvent): void => {
    const grid = box.current;
    if (grid === null || event.target !== grid) return;
    const page = Math.max(1, Math.floor(heightPx / ROW_PX) - 2);
    const next = rowAfterKey(event.key, activeAt, rows.length, page);
    const row = rows[next ?? activeAt];
    if (row === undefined) return;
    if (next !== undefined) {
      event.preventDefault();
      setActive(keyOf(row));
      // The heading stays on top of what is scrolled.
      const headPx = (grid.firstElementChild as HTMLElement).offsetHeight;
      const top = next * ROW_PX;
      if (top < grid.scrollTop) grid.scrollTop = top;
      else if (top + ROW_PX + headPx > grid.scrollTop + grid.clientHeight)
        grid.scrollTop = top + ROW_PX + headPx - grid.clientHeight;
    } else if (event.key === 'Enter' || event.key === ' ') {
      event.preventDefault();
      onPick(row, event.shiftKey || event.ctrlKey);
    }
  };
  const columnStyle = widths === undefined ? '' : `grid-template-columns: ${widths.template};`;
  const leastStyle = widths === undefined ? '' : `min-width: ${widths.least};`;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of 100,000 rows would all be in the page
    <div
      ref={box}
      class={`row-grid ${own}`}
      role="grid"
      tabIndex={0}
      aria-multiselectable={isMulti}
      aria-label={label}
      aria-rowcount={rows.length + 1}
      aria-colcount={columns.length}
      aria-activedescendant={activeAt >= from && activeAt < to ? rowId(active) : undefined}
      onKeyDown={onKeyDown}
    >
      <div class="row-grid-row head" {...AS_HEAD_ROW} style={columnStyle + leastStyle}>
        {columns.map(({ id, label: title, class: of, sorted, onSort }) => (
          <div key={id} class={`row-grid-cell ${of ?? ''}`} {...asHead(sorted)} title={title}>
            {onSort === undefined ? (
              title
            ) : (
              <button type="button" class="sort" onClick={onSort}>
                {title}
                <span aria-hidden="true">
                  {sorted === 'none' ? '' : sorted === 'descending' ? ' ▼' : ' ▲'}
                </span>
              </button>
            )}
          </div>
        ))}
      </div>
      <div class="row-grid-rows" style={`height: ${rows.length * ROW_PX}px; ${leastStyle}`} {...AS_ROWS}>
        {rows.slice(from, to).map((row, i) => {
          const key = keyOf(row);
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all of its rows
            // biome-ignore lint/a11y/noStaticElementInteractions: its role is spread
            <div
              key={key}
              id={rowId(key)}
              class={`row-grid-row${key === active ? ' active' : ''}`}
              {...asRow(from + i + 2, isSelected(row))}
              style={`top: ${(from + i) * ROW_PX}px; ${columnStyle}`}
              onClick={({ shiftKey, ctrlKey, metaKey }) => {
                setActive(key);
                onPick(row, shiftKey || ctrlKey || metaKey);
              }}
            >
              {columns.map(({ id, class: of, text, mark }) => {
                const words = text(row);
                return (
                  <div key={id} {...AS_CELL} class={`row-grid-cell ${of ?? ''}`} title={words}>
                    {mark?.(row)}
                    {words}
                  </div>
                );
              })}
            </div>
          );
        })}
      </div>
    </div>
  );
}
