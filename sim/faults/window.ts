/** A planned time in which hosts are closed. Times are whole microseconds. */
export interface MaintenanceWindow {
  readonly atUs: number;
  readonly forUs: number;
  /** For so long before the window the hosts take nobody in. */
  readonly drainUs: number;
  /** Host numbers. */
  readonly hosts: readonly number[];
  /**
   * What becomes of running jobs when the hosts begin to be drained: they may go on until the window (`wait`), move
   * where their mode can (`migrate`), or save their state and wait for another place (`stop`). Who is still there when
   * the window begins is ended as by a fault.
   */
  readonly running: 'wait' | 'migrate' | 'stop';
  readonly migratePath: string | null;
}

/** A window that comes again every so often; `everyUs` null: it does not. */
export interface RecurringWindow extends MaintenanceWindow {
  readonly everyUs: number | null;
}

/** The windows that begin up to a time, in order of their drains. */
export function windowsUntil(
  windows: readonly RecurringWindow[],
  horizonUs: number,
): readonly MaintenanceWindow[] {
  const all: MaintenanceWindow[] = [];
  for (const { everyUs, ...window } of windows) {
    if (everyUs !== null && !(everyUs > 0)) {
      throw new RangeError(`Cannot repeat a window every ${everyUs} us: need more than 0`);
    }
    for (let atUs = window.atUs; atUs <= horizonUs; atUs += everyUs as number) {
      all.push({ ...window, atUs, drainUs: Math.min(window.drainUs, atUs) });
      if (everyUs === null) break;
      if (horizonUs === Number.POSITIVE_INFINITY) {
        throw new RangeError('Cannot repeat a window in a run without an end');
      }
    }
  }
  return all.sort((a, b) => a.atUs - a.drainUs - (b.atUs - b.drainUs) || a.atUs - b.atUs);
}
