import type { JSX } from 'preact';
import { BUCKET_TEXT } from '../../../sim/observe/waterfall/buckets.ts';
import { quantity } from '../../../sim/report/document/quantity.ts';
import type { SpanSum } from '../../replay/waterfall-marks.ts';

/** The waterfall in numbers: GPU-hours, share and money. */
export function SumTable({ sum, currency }: { sum: SpanSum; currency: string | undefined }): JSX.Element {
  const hasMoney = currency !== undefined && sum.cost !== undefined;
  const rows = [
    ...sum.buckets.map(({ bucket, ...rest }) => ({ text: BUCKET_TEXT[bucket], ...rest })),
    {
      text: 'in all',
      gpuHours: sum.capacityGpuHours,
      share: sum.capacityGpuHours > 0 ? 1 : null,
      cost: sum.cost,
    },
  ];
  return (
    <table class="sum-table">
      <thead>
        <tr>
          <th scope="col">Capacity went to</th>
          <th scope="col" class="number">
            part
          </th>
          <th scope="col" class="number">
            GPU-hours
          </th>
          {hasMoney && (
            <th scope="col" class="number">
              {currency}
            </th>
          )}
        </tr>
      </thead>
      <tbody>
        {rows.map(({ text, gpuHours, share, cost }) => (
          <tr key={text}>
            <th scope="row">{text}</th>
            <td class="number">{quantity(share, 'fraction')}</td>
            <td class="number">{quantity(gpuHours, '')}</td>
            {hasMoney && <td class="number">{cost === undefined ? '-' : cost.toFixed(2)}</td>}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
