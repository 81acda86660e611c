import { type RunUnderWay, startRun } from './client.ts';
import type { Problem } from './desk/problem.ts';
import { Refused } from './desk/problem.ts';
import type { GivenFile, RunOutcome, RunProgress } from './messages.ts';

/** What the page knows of the one run that may go on. */
type RunnerState =
  | { readonly kind: 'idle' }
  | { readonly kind: 'running'; readonly title: string; readonly progress: RunProgress | undefined }
  | {
      readonly kind: 'failed';
      readonly title: string;
      readonly message: string;
      readonly problems: readonly Problem[];
    };

/** Runs scenarios one at a time, whatever view is shown meanwhile. */
class Runner {
  state: RunnerState = { kind: 'idle' };
  #underWay: RunUnderWay | undefined;
  readonly #listeners = new Set<() => void>();

  listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => void this.#listeners.delete(listener);
  }

  /**
   * Runs a scenario; one that goes on is cancelled.
   *
   * @returns undefined where it was cancelled or failed, which the state says
   */
  async run(title: string, text: string, files: readonly GivenFile[]): Promise<RunOutcome | undefined> {
    this.cancel();
    const isMine = () => this.#underWay === underWay;
    this.#become({ kind: 'running', title, progress: undefined });
    const underWay = startRun(text, files, (progress) => {
      if (isMine()) this.#become({ kind: 'running', title, progress });
    });
    this.#underWay = underWay;
    try {
      const outcome = await underWay.outcome;
      if (!isMine()) return undefined;
      this.#become({ kind: 'idle' });
      return outcome;
    } catch (error) {
      if (!isMine()) return undefined;
      const message = error instanceof Error ? error.message : String(error);
      const problems = error instanceof Refused ? error.problems : [];
      this.#become({ kind: 'failed', title, message, problems });
      return undefined;
    } finally {
      if (isMine()) this.#underWay = undefined;
    }
  }

  cancel(): void {
    const underWay = this.#underWay;
    this.#underWay = undefined;
    underWay?.cancel();
    if (this.state.kind !== 'idle') this.#become({ kind: 'idle' });
  }

  #become(state: RunnerState): void {
    this.state = state;
    for (const listener of this.#listeners) listener();
  }
}

/** The one of the page. */
export const runner = new Runner();
