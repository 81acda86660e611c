import type { RunResult } from '../experiment/result.ts';
import { type Block, row, table, value } from './blocks.ts';

const FAILURES = /^faults\.([^.]+)\.failures$/;
const ENDED = /^faults\.ended\.(.+)$/;

/** What faults did to the fleet and to its jobs, and a line for each kind of unit; nothing where nothing can break down. */
export function faultBlocks(metrics: RunResult['metrics']): Block[] {
  const m = (name: string) => metrics[`faults.${name}`];
  if (m('availability') === undefined) return [];
  const some = (name: string, words: string) =>
    (m(name)?.value ?? 0) > 0 ? [`${value(m(name))} ${words}`] : [];
  const ended = namesBy(metrics, ENDED).map((reason) => `${reason} ${value(m(`ended.${reason}`))}`);
  const least = m('leastGpus')?.value == null ? '' : `, ${value(m('leastGpus'))} at the least`;
  const jobs = [
    ...some('restarts', 'jobs started again'),
    ...some('failed', 'were over for good'),
    ...some('moved', 'moved away in time'),
    ...some('saved', 'saved their work in time'),
  ];
  return [
    row('Faults', `${value(m('availability'))} of the GPUs available on average${least}`),
    row(
      '',
      jobs.length === 0
        ? 'no job was concerned'
        : `${jobs.join(', ')}; ${value(m('lostWork'))} of work lost${ended.length === 0 ? '' : ` (ended by ${ended.join(', ')})`}`,
    ),
    ...((m('sparesJoined')?.value ?? 0) > 0
      ? [row('', `spare hosts joined ${value(m('sparesJoined'))} times`)]
      : []),
    ...kindTable(metrics),
  ];
}

function kindTable(metrics: RunResult['metrics']): Block[] {
  const kinds = namesBy(metrics, FAILURES);
  if (kinds.length === 0) return [];
  return [
    '',
    table([
      ['Failures', 'number', 'between', 'until mended', 'wait for crew', 'longest', 'available'],
      ...kinds.map((kind) => [
        kind,
        ...['failures', 'mtbf', 'mttr', 'repairWait.mean', 'repairWait.max', 'availability'].map((last) =>
          value(metrics[`faults.${kind}.${last}`]),
        ),
      ]),
    ]),
  ];
}

/** What stands in the place that a pattern leaves open, in the order of the result. */
function namesBy(metrics: RunResult['metrics'], pattern: RegExp): readonly string[] {
  return Object.keys(metrics).flatMap((name) => pattern.exec(name)?.[1] ?? []);
}
