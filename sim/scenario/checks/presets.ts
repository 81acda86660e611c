import { nameHint } from '../nearest-name.ts';
import { presetNames } from '../preset-defaults.ts';
import { type Finding, quoteValue } from '../problem.ts';
import type { CheckContext } from './context.ts';
import { demandsOf } from './demands-of.ts';

const WORDS = { class: 'task classes', service: 'services', session: 'session groups' } as const;

/** A preset must be there, and be of the kind of what names it. */
export function checkPresets(context: CheckContext): readonly Finding[] {
  return demandsOf(context).flatMap(({ path, kind, demand }) => {
    const { preset } = demand;
    const known = presetNames(kind);
    if (preset === undefined || known.includes(preset)) return [];
    const message = `must be a preset of ${WORDS[kind]}, got ${quoteValue(preset)}`;
    return [{ path: [...path, 'preset'], message, hint: nameHint(preset, known) }];
  });
}
