import type { JSX } from 'preact';
import type { AppState } from '../state/app-state.ts';
import { useAppState, useRun } from './context.ts';

/** Reads out what is selected, whichever view it was selected in. */
export function SelectionNews(): JSX.Element {
  const run = useRun();
  const selection = useAppState((state) => state.selection);
  const hosts = run?.player.file.outline.header.start.hosts ?? [];
  return (
    <p class="sr-only" aria-live="polite">
      {newsOf(selection, hosts)}
    </p>
  );
}

function newsOf(
  selection: AppState['selection'],
  hosts: readonly { readonly name: string; readonly gpus: readonly { readonly count: number }[] }[],
): string {
  if (selection.kind === 'none') return '';
  if (selection.kind === 'job') return `Selected: job ${selection.name}`;
  if (selection.kind === 'host') return `Selected: host ${hosts[selection.host]?.name ?? selection.host}`;
  let first = 0;
  for (const { name, gpus } of hosts) {
    const count = gpus.reduce((sum, each) => sum + each.count, 0);
    if (selection.gpu < first + count) return `Selected: GPU ${selection.gpu - first} of host ${name}`;
    first += count;
  }
  return '';
}
