import { FLEET_ALERT_METRICS } from '../names.ts';
import { valueAt } from '../path.ts';
import { type Finding, quoteValue } from '../problem.ts';
import { exactlyOne, repeats } from './common.ts';
import type { CheckContext } from './context.ts';

/** What alerts ask of the experiment, and of each other. */
export function checkAlerts({ document, sound }: CheckContext): readonly Finding[] {
  const rules = sound.alerts?.rules ?? [];
  const isFill = valueAt(document, ['experiment', 'kind']) === 'fill';
  return [
    ...(isFill && rules.length > 0
      ? [{ path: ['alerts', 'rules'], message: 'needs a timed experiment: a fill experiment has no time' }]
      : []),
    ...repeats(
      rules.map((rule) => rule?.name),
      (index) => ['alerts', 'rules', index, 'name'],
    ),
    ...rules.flatMap((rule, index): readonly Finding[] => {
      const path = ['alerts', 'rules', index];
      const isOfFleet = (FLEET_ALERT_METRICS as readonly string[]).includes(rule?.metric ?? '');
      const isWrong = isOfFleet && rule?.scope !== undefined && rule.scope !== 'fleet';
      return [
        ...exactlyOne(document, path, ['above', 'below']),
        ...(isWrong
          ? [
              {
                path: [...path, 'scope'],
                message: `must be fleet for ${rule.metric}, got ${quoteValue(rule.scope)}`,
              },
            ]
          : []),
      ];
    }),
  ];
}
