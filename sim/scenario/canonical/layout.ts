import type { LayoutDocument, WorkersDocument } from '../schema/layout.ts';

/** What is stated of workers and of places, keys in a fixed order, and no key where there is nothing or a default. */
export function canonicalWorkers({ workers = 1, layout }: WorkersDocument) {
  const rules = layout === undefined ? {} : canonicalLayout(layout);
  return {
    ...(workers === 1 ? {} : { workers }),
    ...(Object.keys(rules).length === 0 ? {} : { layout: rules }),
  };
}

function canonicalLayout(written: LayoutDocument) {
  const { within = 'pool', prefer = within, spread = 'none' } = written;
  const { maxPerHost, maxOfClassPerHost, apartFrom } = written;
  return {
    ...(within === 'pool' ? {} : { within }),
    ...(prefer === within ? {} : { prefer }),
    ...(spread === 'none' ? {} : { spread }),
    ...(maxPerHost === undefined ? {} : { maxPerHost }),
    ...(maxOfClassPerHost === undefined ? {} : { maxOfClassPerHost }),
    ...(apartFrom === undefined ? {} : { apartFrom: [...apartFrom] }),
  };
}
