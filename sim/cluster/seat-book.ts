import type { Job } from './changes.ts';
import type { Part } from './part.ts';

/** What becomes of a job that has room and lacks what a seat book asks for: it waits, or is turned away for a reason. */
export type SeatRefusal = { readonly way: 'wait' } | { readonly way: 'reject'; readonly reason: string };

/** Room that is to be taken at some later time, for so long. */
interface LaterRoom {
  readonly parts: readonly Part[];
  readonly startUs: number;
  readonly spanUs: number;
}

/**
 * What parts need besides room on their hosts, and of which there is so much for the whole fleet: licences that a job must
 * have to start. Parts are known by their array: that of a job that runs, or one that `reserve` has answered. So plans
 * that take running jobs off the fleet for a moment, or try room for others, see what would be free then.
 */
export interface SeatBook {
  /** Why the last `reserve` found none although there was room; undefined: it was not for want of seats. */
  readonly refusal: SeatRefusal | undefined;
  /**
   * Takes room on which a job has its seats. Who runs has them, also where it moves to.
   *
   * @param take takes room on the fleet
   */
  reserve(job: Job, take: () => readonly Part[] | undefined): readonly Part[] | undefined;
  /** Whether parts that are on the fleet again may have their seats again. */
  mayTakeBack(parts: readonly Part[]): boolean;
  /** Parts are on the fleet (again). */
  taken(parts: readonly Part[]): void;
  /** Parts are not on the fleet any more. */
  givenBack(parts: readonly Part[]): void;
  /**
   * The first instant from that of a room on at which it has its seats for as long as it is to last; Infinity: none.
   *
   * @param endsUs by the parts of those who run: when they are taken to leave; others stay for ever
   * @param kept for others
   */
  freeFrom(room: LaterRoom, endsUs: ReadonlyMap<readonly Part[], number>, kept: readonly LaterRoom[]): number;
}
