import { reasonText } from '../../../sim/experiment/reason-text.ts';
import type { ReplayState } from '../../../sim/observe/replay/index.ts';
import { PHASE_TEXT, shareText } from '../../draw/words.ts';
import type { JobLife, LifePhase } from '../../replay/job-life.ts';
import { placesText } from './places.ts';

/** A piece of a lane: one phase, or several that are too short to be seen apart. */
export interface LanePiece {
  readonly fromUs: number;
  readonly toUs: number;
  /** The phase that lasts longest in it. */
  readonly phase: LifePhase;
  /** How many there are in it. */
  readonly count: number;
}

/** Pieces that a lane can show: each at least as long as that part of it, short neighbours together. */
const LEAST_PART = 1 / 600;

/** Puts phases that follow each other together where they are too short to be seen. */
export function lanePieces(phases: readonly LifePhase[]): readonly LanePiece[] {
  const lengthUs = (phases.at(-1)?.toUs ?? 0) - (phases[0]?.fromUs ?? 0);
  const leastUs = lengthUs * LEAST_PART;
  const pieces: LanePiece[] = [];
  let open: LanePiece | undefined;
  for (const phase of phases) {
    const { fromUs, toUs } = phase;
    const isShort = toUs - fromUs < leastUs;
    if (open !== undefined && (!isShort || toUs - open.fromUs > leastUs)) {
      pieces.push(open);
      open = undefined;
    }
    if (!isShort) pieces.push({ fromUs, toUs, phase, count: 1 });
    else if (open === undefined) open = { fromUs, toUs, phase, count: 1 };
    else {
      const longest = toUs - fromUs > open.phase.toUs - open.phase.fromUs ? phase : open.phase;
      open = { fromUs: open.fromUs, toUs, phase: longest, count: open.count + 1 };
    }
  }
  if (open !== undefined) pieces.push(open);
  return pieces;
}

/** What a phase was, in words: why it waited, or where it was and how much it did. */
export function phaseText(
  state: Pick<ReplayState, 'hosts'>,
  { phase, reason, parts, to, meanWork }: LifePhase,
): string {
  if (phase === 'waiting') return reason === '' ? 'waiting' : `waiting: ${reasonText(reason)}`;
  const where = parts.length === 0 ? '' : ` on ${placesText(state, parts)}`;
  const goal = to === undefined ? '' : ` to ${placesText(state, to)}`;
  const work = meanWork === undefined ? '' : `, ${shareText(meanWork)} of a card's compute on average`;
  return `${PHASE_TEXT[phase]}${where}${goal}${work}`;
}

/** Reasons for which it waited, in order of first sight: each has a tone of its own in the lane. */
export function reasonsOf({ phases }: Pick<JobLife, 'phases'>): readonly string[] {
  return [...new Set(phases.filter(({ phase }) => phase === 'waiting').map(({ reason }) => reason))];
}

/** How long a job waited in all, and how long it ran. */
export function spentUs({ phases }: Pick<JobLife, 'phases'>): {
  readonly waited: number;
  readonly ran: number;
} {
  let [waited, ran] = [0, 0];
  for (const { phase, fromUs, toUs } of phases) {
    if (phase === 'waiting') waited += toUs - fromUs;
    else if (phase === 'running') ran += toUs - fromUs;
  }
  return { waited, ran };
}
