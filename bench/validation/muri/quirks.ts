/** What the published simulator does that one would not model so. All on: the published numbers. All off: the clean model. */
export interface Quirks {
  /** Each running job pays its start overhead anew at every event, whoever it concerns. Off: once, when it starts or moves. */
  readonly overheadAtEveryEvent: boolean;
  /** Completions are foreseen as if nobody paid overhead, so that a job that no event disturbs never pays it. */
  readonly endForeseenWithoutOverhead: boolean;
  /** Times within a relative 1e-9 of each other are one event, at the time of the first that was looked at. Off: equal times are. */
  readonly nearTimesAreOne: boolean;
  /**
   * The cluster is emptied and filled anew at every event. Off: who runs stays on its GPUs; a newcomer takes free ones if that
   * is enough, else those of jobs behind it, which move (and start anew) or wait.
   */
  readonly refillFromEmpty: boolean;
  /** Tiresias-L takes GPUs wherever they are. Off: from hosts, as the others do. */
  readonly onePool: boolean;
  /** Tiresias-L: the time spent on overhead is attained service. Off: the time spent on iterations is. */
  readonly overheadIsService: boolean;
  /** Tiresias-L: a queue ends at a whole number of seconds of attained time. Off: at the limit. */
  readonly queueEndsOnWholeSecond: boolean;
  /** Tiresias-L: who waits goes to the tail of its queue at each event. Off: jobs stay in the order in which they entered it. */
  readonly waitingToTail: boolean;
}

export const AS_PUBLISHED: Quirks = {
  overheadAtEveryEvent: true,
  endForeseenWithoutOverhead: true,
  nearTimesAreOne: true,
  refillFromEmpty: true,
  onePool: true,
  overheadIsService: true,
  queueEndsOnWholeSecond: true,
  waitingToTail: true,
};

export const CLEAN: Quirks = {
  overheadAtEveryEvent: false,
  endForeseenWithoutOverhead: false,
  nearTimesAreOne: false,
  refillFromEmpty: false,
  onePool: false,
  overheadIsService: false,
  queueEndsOnWholeSecond: false,
  waitingToTail: false,
};
