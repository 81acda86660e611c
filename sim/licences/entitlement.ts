/** Licences for a term, which may be renewed. Times are whole microseconds since the begin of the run. */
export interface Subscription {
  readonly seats: number;
  readonly fromUs: number;
  /** Length of a term; null: for ever. */
  readonly termUs: number | null;
  /** How often it is renewed for a term of the same length. */
  readonly renewals: number;
  /** Time from the end of a term until it is renewed. */
  readonly gapUs: number;
}

/** What is so from an instant on. */
export interface EntitlementStep {
  readonly atUs: number;
  /** Licences that there are. */
  readonly entitled: number;
  /** Licences of subscriptions that have ended and are not renewed (yet). */
  readonly lapsed: number;
}

/**
 * How many licences there are over time: those without an end, and those of subscriptions while their terms last.
 *
 * @returns by time, ascending, the first at 0; each differs from the one before
 */
export function entitlementOverTime(
  perpetual: number,
  subscriptions: readonly Subscription[],
): readonly EntitlementStep[] {
  const changes = subscriptions.flatMap(({ seats, fromUs, termUs, renewals, gapUs }) => {
    if (termUs === null) return [{ atUs: fromUs, entitled: seats, lapsed: 0 }];
    return Array.from({ length: renewals + 1 }, (_, term) => {
      const beginUs = fromUs + term * (termUs + gapUs);
      return [
        { atUs: beginUs, entitled: seats, lapsed: term === 0 ? 0 : -seats },
        { atUs: beginUs + termUs, entitled: -seats, lapsed: seats },
      ];
    }).flat();
  });
  changes.sort((a, b) => a.atUs - b.atUs);
  const steps: EntitlementStep[] = [];
  let now = { atUs: 0, entitled: perpetual, lapsed: 0 };
  const keep = () => {
    const last = steps.at(-1);
    if (last === undefined || last.entitled !== now.entitled || last.lapsed !== now.lapsed) steps.push(now);
  };
  for (const { atUs, entitled, lapsed } of changes) {
    if (atUs > now.atUs) keep();
    now = { atUs, entitled: now.entitled + entitled, lapsed: now.lapsed + lapsed };
  }
  keep();
  return steps;
}
