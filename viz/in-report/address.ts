import type { App } from '../app/context.ts';
import type { AppState } from '../state/app-state.ts';
import type { Store } from '../state/store.ts';

/** A viewer inside a report has no address of its own: nothing to follow, and nothing to copy. */
export const HAS_ADDRESS: boolean = false;

export function takeAddress(_store: Store<AppState>): void {}

export function keepAddress(_app: App): () => void {
  return () => undefined;
}

export function namesToOpen(_search: string): readonly string[] {
  return [];
}

export function sweepToOpen(_search: string): string | undefined {
  return undefined;
}
