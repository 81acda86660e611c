import { csvLine } from '../../../sim/cost/csv.ts';
import type { SensitivityDocument } from './document.ts';

/** One line for each metric and input; text that a spreadsheet would take for a formula is marked as text. */
export function sensitivityCsv({ tornado, sobol }: SensitivityDocument): string {
  const lines =
    tornado !== undefined
      ? [
          TORNADO,
          ...tornado.flatMap(({ metric, unit, effects }) =>
            effects.map((effect) => [
              metric,
              unit,
              effect.path,
              text(effect.from),
              text(effect.to),
              text(effect.levels.find(({ value }) => value === effect.from)?.mean),
              text(effect.levels.find(({ value }) => value === effect.to)?.mean),
              text(effect.difference),
              text(effect.ci95?.[0]),
              text(effect.ci95?.[1]),
              text(effect.p),
              text(effect.pAdjusted),
              effect.verdict,
            ]),
          ),
        ]
      : [
          SOBOL,
          ...(sobol ?? []).flatMap(({ metric, unit, indices }) =>
            (indices ?? []).map((index) => [
              metric,
              unit,
              index.path,
              text(index.first),
              ...index.firstCi95.map(text),
              text(index.total),
              ...index.totalCi95.map(text),
            ]),
          ),
        ];
  return lines.map((cells) => `${csvLine(cells)}\n`).join('');
}

const TORNADO = 'metric,unit,path,from,to,at_from,at_to,difference,low,high,p,p_adjusted,verdict'.split(',');
const SOBOL = 'metric,unit,path,first,first_low,first_high,total,total_low,total_high'.split(',');

const text = (value: number | string | null | undefined) => (value == null ? '' : String(value));
