import { type FigureKind, priceFigure } from '../../sim/hardware/prices/index.ts';
import { type Parameter, SHARING_PARAMETERS } from '../../sim/sharing/index.ts';

/** A figure of the sharing modes with its range. @throws {RangeError} where there is none of that id */
export function parameter(id: string): Parameter {
  const found = SHARING_PARAMETERS.find((each) => each.id === id);
  if (found === undefined) throw new RangeError(`Cannot look up ${id}: no mode has such a parameter`);
  return found;
}

/** USD of a figure of the price tables, lowest and highest. @throws {RangeError} where there is no such figure */
export function priceRange(kind: FigureKind, name: string): readonly [low: number, high: number] {
  const figure = priceFigure(kind, name);
  const single = figure?.typical;
  const range = figure?.range ?? (single == null ? undefined : [single, single]);
  if (range === undefined) throw new RangeError(`Cannot look up the price of ${name}: none in the tables`);
  return range as readonly [number, number];
}
