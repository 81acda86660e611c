import { SHARING_PARAMETERS } from '../../sharing/index.ts';
import { didYouMean, nameHint } from '../nearest-name.ts';
import { type Finding, quoteValue } from '../problem.ts';
import type { CheckContext } from './context.ts';

/** Figures that a scenario sets must be figures of the modes, within their bounds. */
export function checkOverheads({ sound }: CheckContext): readonly Finding[] {
  return Object.entries(sound.overheads ?? {}).flatMap(([id, figure]): readonly Finding[] => {
    const path = ['overheads', id];
    const parameter = SHARING_PARAMETERS.find((each) => each.id === id);
    if (parameter === undefined) {
      return [{ path, message: 'is not a figure of the sharing modes', hint: hintFor(id) }];
    }
    const value = typeof figure === 'number' ? figure : figure?.value;
    if (value === undefined || (value >= parameter.min && value <= parameter.max)) return [];
    const { min, max, unit, what } = parameter;
    return [
      {
        path: typeof figure === 'number' ? path : [...path, 'value'],
        message: `must be from ${min} to ${max} (${unit}), got ${quoteValue(value)}`,
        hint: `${id}: ${what}`,
      },
    ];
  });
}

/** The figures of the mode that was meant; where no mode is named, the modes that have some. */
function hintFor(id: string): string {
  const all = SHARING_PARAMETERS.map((each) => each.id);
  const prefixOf = (name: string) => name.slice(0, name.indexOf('.') + 1);
  const prefix = prefixOf(id);
  const ofMode = prefix === '' ? [] : all.filter((known) => known.startsWith(prefix));
  if (ofMode.length > 0) return nameHint(id, ofMode, all);
  const question = didYouMean(id, all);
  const starts = `names start with one of ${[...new Set(all.map(prefixOf))].join(', ')}`;
  return question === undefined ? starts : `${question} ${starts}`;
}
