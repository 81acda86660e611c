/**
 * An objective, or a run of a sweep, failed: everything has been printed and written. Ends the process with exit code 1.
 */
export class GateFailed extends Error {
  constructor() {
    super('an objective or a run failed');
    this.name = 'GateFailed';
  }
}
