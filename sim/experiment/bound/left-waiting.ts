/** Waiting times are of jobs that got a place: who waits at the end of a run must be few, or they would say nothing. */
const MOST_LEFT_WAITING = 0.02;
const FEW = 3;

/** How many may still wait at the end of a run in which so many arrived. */
export const mostWaiting = (arrived: number) => Math.max(FEW, Math.floor(MOST_LEFT_WAITING * arrived));
