import type { JSX } from 'preact';
import type { WaterfallReport } from '../../../sim/experiment/waterfall.ts';
import { quantity } from '../../../sim/report/document/quantity.ts';

/** Why, over all of the run: causes of each bucket, and who waited for what was free. */
export function CauseTable({ waterfall }: { waterfall: WaterfallReport }): JSX.Element {
  const rows = waterfall.buckets.flatMap(({ text: bucket, causes, askers = [] }) => [
    ...causes.map(({ text, gpuHours }) => ({ bucket, text, gpuHours, kind: 'cause' })),
    ...askers.map(({ text, gpuHours }) => ({ bucket, text, gpuHours, kind: 'who waited' })),
  ]);
  return (
    <details>
      <summary>Causes, over all of the run</summary>
      <table>
        <thead>
          <tr>
            <th scope="col">Capacity went to</th>
            <th scope="col">what is told</th>
            <th scope="col">cause, or who waited</th>
            <th scope="col" class="number">
              GPU-hours
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ bucket, text, gpuHours, kind }) => (
            <tr key={`${bucket} ${kind} ${text}`}>
              <td>{bucket}</td>
              <td>{kind}</td>
              <td>{text}</td>
              <td class="number">{quantity(gpuHours, '')}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
