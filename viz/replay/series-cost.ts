import type { RunResult } from '../../sim/experiment/result.ts';
import type { ReplayOutline } from '../../sim/observe/replay/index.ts';
import type { Curve } from './curve.ts';
import { marksOf, UNITS_PER_GPU_HOUR } from './waterfall-marks.ts';

/** What an hour of a GPU that is there costs, by model; undefined where the run has no costs. */
export function gpuHourPrices({
  tables,
}: Pick<ReplayOutline, 'tables'>):
  | { readonly currency: string; readonly byModel: ReadonlyMap<string, number> }
  | undefined {
  const cost = (tables?.result as Partial<RunResult> | undefined)?.cost;
  if (cost === undefined) return undefined;
  const byModel = new Map<string, number>();
  for (const { model, perGpuHourPresent } of cost.byGpuModel ?? []) {
    if (perGpuHourPresent !== null) byModel.set(model, perGpuHourPresent);
  }
  return byModel.size === 0 ? undefined : { currency: cost.currency, byModel };
}

/** What the GPUs that were there cost an hour, each at what one of its model costs; undefined where that is not known. */
export function costRate(outline: Pick<ReplayOutline, 'tables'>): Curve | undefined {
  const marks = marksOf(outline);
  const prices = gpuHourPrices(outline);
  if (marks === undefined || prices === undefined) return undefined;
  const { startUs, atUs, columns } = marks;
  // Of a fleet of many parts only the whole is kept, and nobody knows what of it was which model.
  if (columns.some(({ model }) => model === null)) return undefined;
  const edges = [startUs, ...atUs];
  const rates = atUs.map((untilUs, i): number | null => {
    const hours = (untilUs - (edges[i] as number)) / 3_600_000_000;
    if (hours <= 0) return null;
    let amount = 0;
    for (const { model, amounts } of columns) {
      const gpuHours = Number(amounts[i]) / UNITS_PER_GPU_HOUR;
      amount += gpuHours * (prices.byModel.get(model as string) ?? 0);
    }
    return amount / hours;
  });
  return {
    name: 'cost.rate',
    title: 'cost of the GPUs that are there',
    unit: `${prices.currency}/h`,
    edges,
    mean: rates,
    min: rates,
    max: rates,
  };
}
