import type { RunResult } from '../experiment/result.ts';
import { type Block, table } from './blocks.ts';
import { quantity } from './document/quantity.ts';
import { groupDigits, percent } from './format.ts';

/** What became of the capacity, bucket by bucket, each with its largest cause; nothing where that was not looked at. */
export function waterfallBlocks({ waterfall }: Pick<RunResult, 'waterfall'>): Block[] {
  if (waterfall === undefined || waterfall.capacityGpuHours === 0) return [];
  const shown = waterfall.buckets.filter(({ gpuHours }) => gpuHours > 0);
  const hasCost = shown.some(({ costPerMonth }) => costPerMonth !== undefined);
  const costColumn = (text: string) => (hasCost ? [text] : []);
  return [
    table([
      ['Capacity went to', 'part', 'GPU-hours', ...costColumn(`${waterfall.currency} a month`)],
      ...shown.map(({ text, share, ci95, gpuHours, costPerMonth }) => {
        const half = ci95 === undefined ? 0 : (ci95[1] - ci95[0]) / 2;
        return [
          text,
          half > 0 ? `${percent(share)} ± ${percent(half)}` : percent(share),
          hoursText(gpuHours),
          ...costColumn(costPerMonth === undefined ? '-' : rounded(costPerMonth)),
        ];
      }),
      ['in all', percent(1), hoursText(waterfall.capacityGpuHours), ...costColumn('')],
    ]),
  ];
}

/** GPU-hours without their unit, with the digits that tell something of them. */
export function hoursText(gpuHours: number, half?: number): string {
  return quantity(gpuHours, '', half).replaceAll('\u00a0', ' ');
}

function rounded(value: number): string {
  return groupDigits(Number(value.toFixed(value >= 100 ? 0 : 2)));
}
