import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import { classText, clockText, durationText, tenantText } from '../../draw/words.ts';
import { asksText, COLUMNS, type Column, type Sorting, stateText } from './job-rows.ts';
import { placesText } from './places.ts';
import { rowAfterKey, visibleRows } from './visible-rows.ts';

const ROW_PX = 28;

// A grid of blocks, because a table of 100,000 rows would all be in the page; the grid itself takes keys and focus.
const asRow = (index: number, isSelected = false) =>
  ({ role: 'row', tabIndex: -1, 'aria-rowindex': index, 'aria-selected': isSelected }) as const;
const AS_ROWS = { role: 'rowgroup' } as const;
const asHead = (sort: 'none' | 'ascending' | 'descending') =>
  ({ role: 'columnheader', 'aria-sort': sort }) as const;
const AS_CELL = { role: 'gridcell' } as const;

const TITLES: Readonly<Record<Column, string>> = {
  name: 'Job',
  state: 'State',
  since: 'For',
  tenant: 'Tenant',
  class: 'Class',
  asks: 'Asks for',
  priority: 'Priority',
  arrived: 'Arrived',
  place: 'Where',
};

interface Props {
  readonly state: ReplayState;
  readonly rows: readonly ReplayJob[];
  readonly sorting: Sorting;
  /** Number of the job that is selected; -1: none. */
  readonly selected: number;
  onSort(by: Column): void;
  onSelect(job: ReplayJob): void;
}

/** Jobs as a grid of which only what is in sight is in the page. */
export function JobList({ state, rows, sorting, selected, onSort, onSelect }: Props): JSX.Element {
  const box = useRef<HTMLDivElement>(null);
  const [[scrollPx, heightPx], look] = useState<readonly [number, number]>([0, 600]);
  const [active, setActive] = useState(-1);
  const activeAt = rows.findIndex(({ number }) => number === active);
  const [from, to] = visibleRows(rows.length, ROW_PX, scrollPx, heightPx);
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
      setActive(rows[next]?.number ?? -1);
      // The heading stays on top of what is scrolled.
      const top = next * ROW_PX;
      if (top < own.scrollTop) own.scrollTop = top;
      else if (top + 2 * ROW_PX > own.scrollTop + own.clientHeight)
        own.scrollTop = top + 2 * ROW_PX - own.clientHeight;
      return;
    }
    const job = rows[activeAt];
    if ((event.key === 'Enter' || event.key === ' ') && job !== undefined) {
      event.preventDefault();
      onSelect(job);
    }
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: a table of 100,000 rows would all be in the page
    <div
      ref={box}
      class="job-list"
      role="grid"
      tabIndex={0}
      aria-label="Jobs: arrow keys go through them, Enter selects"
      aria-rowcount={rows.length + 1}
      aria-colcount={COLUMNS.length}
      aria-activedescendant={activeAt >= from && activeAt < to ? `job-row-${active}` : undefined}
      onKeyDown={onKeyDown}
    >
      <div class="job-row head" {...asRow(1)}>
        {COLUMNS.map((column) => (
          <div
            key={column}
            class={`job-cell ${column}`}
            {...asHead(sorting.by !== column ? 'none' : sorting.isDown ? 'descending' : 'ascending')}
          >
            <button type="button" class="sort" onClick={() => onSort(column)}>
              {TITLES[column]}
              <span aria-hidden="true">{sorting.by !== column ? '' : sorting.isDown ? ' ▼' : ' ▲'}</span>
            </button>
          </div>
        ))}
      </div>
      <div class="job-rows" style={`height: ${rows.length * ROW_PX}px`} {...AS_ROWS}>
        {rows.slice(from, to).map((job, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the grid takes the keys for all of its rows
          // biome-ignore lint/a11y/noStaticElementInteractions: its role is spread
          <div
            key={job.number}
            id={`job-row-${job.number}`}
            class={`job-row${job.number === active ? ' active' : ''}`}
            {...asRow(from + i + 2, job.number === selected)}
            style={`top: ${(from + i) * ROW_PX}px`}
            onClick={() => {
              setActive(job.number);
              onSelect(job);
            }}
          >
            {COLUMNS.map((column) => (
              <div
                key={column}
                {...AS_CELL}
                class={`job-cell ${column}`}
                title={cellText(state, job, column)}
              >
                {column === 'state' && <i class={`dot ${job.phase}`} aria-hidden="true" />}
                {cellText(state, job, column)}
              </div>
            ))}
          </div>
        ))}
      </div>
    </div>
  );
}

function cellText(state: ReplayState, job: ReplayJob, column: Column): string {
  switch (column) {
    case 'name':
      return job.name;
    case 'state':
      return stateText(state, job);
    case 'since':
      return durationText(state.nowUs - job.sinceUs);
    case 'tenant':
      return tenantText(job.kind);
    case 'class':
      return classText(job.kind);
    case 'asks':
      return asksText(job.kind);
    case 'priority':
      return String(job.kind.claim.priority);
    case 'arrived':
      return clockText(job.arrivalUs);
    case 'place':
      return job.to === undefined
        ? placesText(state, job.parts)
        : `${placesText(state, job.parts)} → ${placesText(state, job.to)}`;
  }
}
