import type { RunResult } from '../experiment/result.ts';
import { type Block, row } from './blocks.ts';
import { printable } from './format.ts';

const LISTED = 6;

/** What stayed beyond a limit for long, the longest first; nothing where nothing did. */
export function alertBlocks({ alerts = [] }: Pick<RunResult, 'alerts'>): Block[] {
  const fired = alerts.filter(({ state }) => state === 'fired');
  const lines = fired.slice(0, LISTED).map(({ text }, i) => row(i === 0 ? 'Alerts' : '', printable(text)));
  const more = fired.length - LISTED;
  return more > 0 ? [...lines, row('', `${more} more in result.json`)] : lines;
}
