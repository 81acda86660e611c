import type { JSX } from 'preact';
import type { ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import { classText, clockText, durationText, tenantText } from '../../draw/words.ts';
import { type GridColumn, RowGrid } from '../row-grid/row-grid.tsx';
import { asksText, COLUMNS, type Column, type Sorting, stateText } from './job-rows.ts';
import { placesText } from './places.ts';

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
  const columns = COLUMNS.map(
    (column): GridColumn<ReplayJob> => ({
      id: column,
      label: TITLES[column],
      class: column,
      sorted: sorting.by !== column ? 'none' : sorting.isDown ? 'descending' : 'ascending',
      onSort: () => onSort(column),
      text: (job) => cellText(state, job, column),
      ...(column === 'state'
        ? { mark: ({ phase }: ReplayJob) => <i class={`dot ${phase}`} aria-hidden="true" /> }
        : {}),
    }),
  );
  return (
    <RowGrid
      class="job-list"
      label="Jobs: arrow keys go through them, Enter selects"
      columns={columns}
      rows={rows}
      keyOf={({ number }) => number}
      isSelected={({ number }) => number === selected}
      onPick={onSelect}
    />
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
