import type { EventKind, ReplayState } from '../../../sim/observe/replay/index.ts';
import type { IsWanted } from '../../replay/search.ts';
import type { Selection } from '../../state/app-state.ts';

/** What may come in great numbers, and tells little by itself. */
const PASSED_OVER: ReadonlySet<EventKind> = new Set([
  'toggled',
  'worked',
  'workedFor',
  'exchanges',
  'answered',
]);

/** Which events are about what is selected; undefined where nothing is. */
export function eventsAbout(selection: Selection, state: ReplayState): IsWanted | undefined {
  switch (selection.kind) {
    case 'none':
      return undefined;
    case 'job':
      return ({ kind, job }) => job?.number === selection.number && !PASSED_OVER.has(kind);
    case 'host': {
      const [first = 0, end = 0] = [state.gpuStart[selection.host], state.gpuStart[selection.host + 1]];
      return ({ kind, host, gpu, parts }) =>
        !PASSED_OVER.has(kind) &&
        (host === selection.host ||
          (gpu !== undefined && gpu >= first && gpu < end) ||
          (parts?.some((part) => part.host === selection.host) ?? false));
    }
    case 'gpu': {
      const host = state.hostOfGpu[selection.gpu] ?? -1;
      const index = selection.gpu - (state.gpuStart[host] ?? 0);
      return ({ kind, gpu, parts }) =>
        !PASSED_OVER.has(kind) &&
        (gpu === selection.gpu ||
          (parts?.some((part) => part.host === host && part.gpus.includes(index)) ?? false));
    }
  }
}
