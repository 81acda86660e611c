import { z } from 'zod';
import { MAX_LENGTH } from '../../objectives/index.ts';
import { line, list, prose, section } from './leaves.ts';

const expect = line(
  MAX_LENGTH,
  'A condition on metrics, such as "p95(wait) < 60s and utilization > 0.7": see docs/objectives.md.',
);

const objective = z
  .union(
    [
      expect,
      section(
        {
          name: line(200, 'What reports call it. Default: the condition.').optional(),
          expect,
          why: prose(2000, 'Why it is wanted, for whoever sees it fail.').optional(),
        },
        'A condition with a name.',
      ),
    ],
    { error: 'must be a condition such as "p95(wait) < 60s", or a mapping with the keys name, expect, why' },
  )
  .meta({ description: 'What a run must keep to.' });

export const objectivesSchema = list(
  objective,
  'objectives',
  0,
  1000,
  'What a run must keep to: run and compare judge it, and exit with code 1 where one fails. Default: none.',
);

export type ObjectiveDocument = z.infer<typeof objective>;
