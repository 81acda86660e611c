import { z } from 'zod';
import { line, prose, section } from './leaves.ts';

const value = z
  .number({ error: 'must be a finite number' })
  .meta({ description: 'Value in the unit of the figure, in place of the typical one.' });

/** Figures of the sharing modes that a scenario sets itself; `checks/overheads.ts` knows their names and bounds. */
export const overheadsSchema = z
  .record(
    line(120, 'Name of the figure, such as mps.interference.training.'),
    z
      .union(
        [
          section(
            { value, source: prose(2000, 'Where the value comes from.').optional() },
            'A value and its source.',
          ),
          value,
        ],
        { error: 'must be a number, or {value, source}' },
      )
      .meta({ description: 'A value, or a value with its source.' }),
    { error: 'must be a mapping of figures to values' },
  )
  .meta({
    description:
      'Figures of the sharing modes (losses, times of changes) in place of their typical values, by name.',
  });

export type OverheadsDocument = z.infer<typeof overheadsSchema>;
