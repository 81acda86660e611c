import { z } from 'zod';
import { identifier, line, list, oneOf, prose, section } from './leaves.ts';

/** Changes of a patch, as RFC 6902 names them. */
const PATCH_OPS = ['add', 'replace', 'remove'] as const;

const value = (description: string) => z.unknown().meta({ description });

const variant = section(
  {
    name: identifier('Name of the variant, for reports.'),
    description: prose(2000, 'What it is about.').optional(),
    merge: z
      .record(z.string(), value('A value, or null to remove the key.'), {
        error: 'must be a mapping of keys of a scenario',
      })
      .optional()
      .meta({ description: 'Laid over the scenario as --overlay does: mappings are joined key by key.' }),
    patch: list(
      section(
        {
          op: oneOf(
            PATCH_OPS,
            'What is done. Lists: add puts an item before the position, or at the end (-).',
          ),
          path: line(4096, 'Where, as a JSON Pointer (RFC 6901): /fleet/hosts/0/count.'),
          value: value('What is put there.').optional(),
        },
        'A change (RFC 6902).',
      ),
      'changes',
      0,
      1000,
      'Changes one after another, after merge.',
    ).optional(),
    set: z
      .record(z.string(), value('A value, or null to remove the key.'), {
        error: 'must be a mapping of paths to values, such as policy.placement: fgd',
      })
      .optional()
      .meta({ description: 'Single values by path, as --set takes them, after merge and patch.' }),
  },
  'The scenario with some changes.',
);

export const whatIfSchema = list(
  variant,
  'variants',
  0,
  100,
  'Variants of the scenario: compare runs each beside the scenario itself. Default: none.',
);

export type VariantDocument = z.infer<typeof variant>;
