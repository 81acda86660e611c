import type { OverheadsDocument } from '../schema/overheads.ts';
import { sorted } from './demand.ts';
import { canonicalNumber } from './distribution.ts';

/** Figures by name; one without a source is its value alone. */
export function canonicalOverheads(written: OverheadsDocument): OverheadsDocument {
  return sorted(written, (figure) => {
    if (typeof figure === 'number') return canonicalNumber(figure);
    const value = canonicalNumber(figure.value);
    return figure.source === undefined ? value : { value, source: figure.source };
  });
}
