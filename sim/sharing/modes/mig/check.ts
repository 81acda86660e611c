import type { CardSpec } from '../../card-spec.ts';
import type { ConfigProblem } from '../../mode.ts';
import { fixedLayout, wrongEntries } from './layout.ts';
import { type MigShape, migShapeOf } from './shape.ts';

/** Problems of MIG on a card: it must have MIG, and a fixed layout must be legal. */
export function migProblems(card: CardSpec, layout: readonly string[] | null): ConfigProblem[] {
  const shape = migShapeOf(card.catalogue);
  if (shape === undefined) {
    const message =
      card.catalogue === null
        ? `needs a GPU of the catalogue, got ${card.model}`
        : `needs a GPU with MIG, got ${card.catalogue.name}`;
    return [{ key: 'mode', message }];
  }
  if (layout === null) return [];
  const wrong = wrongEntries(shape, layout);
  if (wrong.length > 0) return wrong.map((message) => ({ key: 'layout', message }));
  const found = fixedLayout(shape, layout);
  return typeof found === 'string' ? [{ key: 'layout', message: found }] : [];
}

/** @throws {RangeError} if the card has no MIG */
export function checkedShape(card: CardSpec): MigShape {
  const shape = migShapeOf(card.catalogue);
  if (shape === undefined) throw new RangeError(`Cannot use MIG on ${card.model}: it has none`);
  return shape;
}

/** @throws {RangeError} if the layout is not legal */
export function checkedLayout(shape: MigShape, layout: readonly string[] | null): number | null {
  if (layout === null) return null;
  const found = fixedLayout(shape, layout);
  if (typeof found === 'string') throw new RangeError(`Cannot use the MIG layout: ${found}`);
  return found;
}
