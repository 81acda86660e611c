/** What was asked last and came of it. */
export type Told<Q, A> =
  | { readonly question: Q; readonly answer: A }
  | { readonly question: Q; readonly problem: string };

/**
 * Asks for what is wanted last, one question at a time: what was wanted meanwhile, and is not any more, is never asked. So
 * questions that come faster than their answers do not pile up.
 */
export class LatestAnswer<Q, A> {
  readonly #ask: (question: Q) => Promise<A>;
  readonly #tell: (told: Told<Q, A>) => void;
  #wanted: Q | undefined;
  #isAsking = false;
  #isClosed = false;

  constructor(ask: (question: Q) => Promise<A>, tell: (told: Told<Q, A>) => void) {
    this.#ask = ask;
    this.#tell = tell;
  }

  want(question: Q): void {
    this.#wanted = question;
    if (!this.#isAsking) void this.#go();
  }

  /** Nothing is told any more. */
  close(): void {
    this.#isClosed = true;
    this.#wanted = undefined;
  }

  async #go(): Promise<void> {
    this.#isAsking = true;
    while (this.#wanted !== undefined) {
      const question = this.#wanted;
      this.#wanted = undefined;
      let told: Told<Q, A>;
      try {
        told = { question, answer: await this.#ask(question) };
      } catch (error) {
        told = { question, problem: error instanceof Error ? error.message : String(error) };
      }
      if (!this.#isClosed) this.#tell(told);
    }
    this.#isAsking = false;
  }
}
