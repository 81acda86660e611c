import { z } from 'zod';
import { scenarioSchema } from './schema/scenario.ts';

/**
 * The scenario document as a JSON Schema (draft 2020-12), for editors and other tools. It states structure,
 * names, forms and single ranges; what several values must satisfy together only `normalizeScenario` knows.
 */
export function scenarioJsonSchema(): Readonly<Record<string, unknown>> {
  return z.toJSONSchema(scenarioSchema, { io: 'input', target: 'draft-2020-12' });
}
