import type { TriedChange } from '../experiment/give-back/report.ts';
import { variantLines } from '../experiment/give-back/variants.ts';
import type { RunResult } from '../experiment/result.ts';
import { type Block, table } from './blocks.ts';
import { plural, printable, seconds } from './format.ts';
import { hoursText } from './waterfall.ts';

/** Changes that are shown for a bucket. */
const MOST_CHANGES = 2;

/** What one change would give back of the largest buckets that are no work; nothing where that was not looked for. */
export function giveBackBlocks({ giveBack }: Pick<RunResult, 'giveBack'>): Block[] {
  if (giveBack === undefined) return [];
  const { buckets, seeds, runs } = giveBack;
  const lines = buckets.flatMap(({ text, gpuHours, changes }) => {
    const shown = changes.slice(0, MOST_CHANGES);
    const none = shown.length === 0 ? ['  nothing that changes it'] : [];
    return [
      [text, hoursText(gpuHours), '', '', ''],
      ...none.map((line) => [line, '', '', '', '']),
      ...shown.map((change) => [`  ${printable(change.text)}`, ...numbersOf(change)]),
    ];
  });
  const confirmed = variantLines(buckets);
  return [
    table([['One change would give back', 'GPU-hours', 'useful', 'p95 wait', 'confirmed'], ...lines]),
    {
      start: 'Confirmed: ',
      text: `the interval over ${plural(seeds, 'seed')} with the same random numbers leaves out zero, and nobody is shown to be served worse (${plural(runs, 'run')} made).${
        seeds < 2 ? ' One run confirms nothing: ask for --replications 5.' : ''
      }`,
    },
    ...(confirmed.length === 0
      ? []
      : ['As variants for slicewise compare:', 'whatIf:', ...confirmed.map(printable)]),
  ];
}

function numbersOf({ gpuHours, ci95, usefulGpuHours, waitP95Sec, isConfirmed }: TriedChange): string[] {
  const half = ci95 === undefined ? 0 : (ci95[1] - ci95[0]) / 2;
  return [
    hoursText(gpuHours, half),
    signed(usefulGpuHours, hoursText),
    waitP95Sec === null ? '-' : signed(waitP95Sec, seconds),
    isConfirmed ? 'yes' : 'no',
  ];
}

/** With its sign; nothing for what rounds to nothing. */
function signed(value: number, text: (size: number) => string): string {
  const size = text(Math.abs(value));
  return value === 0 || /^[0.]+\D*$/.test(size) ? '0' : `${value < 0 ? '-' : '+'}${size}`;
}
