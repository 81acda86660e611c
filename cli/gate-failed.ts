/** An objective failed: everything has been printed and written. Ends the process with exit code 1. */
export class GateFailed extends Error {
  constructor() {
    super('an objective failed');
    this.name = 'GateFailed';
  }
}
