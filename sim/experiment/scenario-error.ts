/** A scenario that is valid as a document cannot be run with the traces or the tasks it turned out to have. The input is wrong. */
export class ScenarioError extends Error {
  override name = 'ScenarioError';
  /** Path in the scenario that is to blame. */
  readonly path: string;

  constructor(path: string, message: string) {
    super(message);
    this.path = path;
  }
}
