import type { App } from '../../app/context.ts';

/** Makes a job the one thing that all views show. */
export function select(
  { store }: Pick<App, 'store'>,
  { number, name }: { number: number; name: string },
): void {
  store.change(`selection of job ${name}`, (draft) => {
    draft.selection = { kind: 'job', number, name };
  });
}

export function selectGpu({ store }: Pick<App, 'store'>, gpu: number): void {
  store.change(`selection of GPU ${gpu}`, (draft) => {
    draft.selection = { kind: 'gpu', gpu };
  });
}

export function selectHost({ store }: Pick<App, 'store'>, host: number): void {
  store.change(`selection of host ${host}`, (draft) => {
    draft.selection = { kind: 'host', host };
  });
}
