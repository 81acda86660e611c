import { z } from 'zod';
import { cardsSchema } from './document.ts';

/**
 * The file of `slicewise repartition` as a JSON Schema (draft 2020-12). It states structure, names, forms and single
 * ranges; which profiles and starts a GPU has, and what can stand together, only the command knows.
 */
export function cardsJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(cardsSchema, { io: 'input', target: 'draft-2020-12' });
}
