import { reasonText } from '../../sim/experiment/reason-text.ts';
import type { JobKind, Phase } from '../../sim/observe/replay/index.ts';
import { demandText } from '../../sim/observe/wait-ledger.ts';

const UNITS = [
  ['d', 86_400],
  ['h', 3600],
  ['min', 60],
  ['s', 1],
] as const;

/** `2 d 3 h`, `4 min 5 s`, `0.25 s`: the two largest units. */
export function durationText(us: number): string {
  if (us === Number.POSITIVE_INFINITY) return 'without end';
  const seconds = us / 1e6;
  if (seconds < 60) return `${Number(seconds.toPrecision(3))} s`;
  let rest = Math.round(seconds);
  const parts: string[] = [];
  for (const [unit, length] of UNITS) {
    const count = Math.floor(rest / length);
    rest -= count * length;
    if (count > 0) parts.push(`${count} ${unit}`);
    if (parts.length === 2 || (parts.length === 1 && count === 0)) break;
  }
  return parts.join(' ');
}

/** Time of a run since its start: `3 d 04:05:06`. */
export function clockText(us: number): string {
  const seconds = Math.floor(us / 1e6);
  const two = (value: number) => String(value).padStart(2, '0');
  const days = Math.floor(seconds / 86_400);
  return `${days} d ${two(Math.floor(seconds / 3600) % 24)}:${two(Math.floor(seconds / 60) % 60)}:${two(seconds % 60)}`;
}

export function shareText(share: number): string {
  return `${Number((100 * share).toPrecision(3))} %`;
}

export const PHASE_TEXT: Readonly<Record<Phase, string>> = {
  waiting: 'waiting',
  running: 'running',
  starting: 'starting',
  saving: 'saving its state',
  stopping: 'stopping',
  moving: 'moving',
};

export function tenantText({ claim }: JobKind): string {
  return claim.tenant === '' ? 'no tenant' : claim.tenant;
}

export function classText({ claim, kind }: JobKind): string {
  return claim.label === '' ? kind : claim.label;
}
export { demandText, reasonText };
