import type { RunResult } from '../experiment/result.ts';
import { type Block, table } from './blocks.ts';
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
          rounded(gpuHours),
          ...costColumn(costPerMonth === undefined ? '-' : rounded(costPerMonth)),
        ];
      }),
      ['in all', percent(1), rounded(waterfall.capacityGpuHours), ...costColumn('')],
    ]),
  ];
}

function rounded(value: number): string {
  return groupDigits(Number(value.toFixed(value >= 100 ? 0 : 2)));
}
