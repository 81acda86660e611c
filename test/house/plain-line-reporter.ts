import type { Reporter, TestModule } from 'vitest/node';

/**
 * Ends a test run with why tests were skipped, where they say so, and one plain line of its real counts:
 * `N passed, N failed[, N skipped]`.
 *
 * Whatever makes the run fail counts as failed: a test, an error outside of any test, and a file or a group of tests
 * whose own code or hooks threw, whose tests then did not run and count as skipped.
 */
export default class PlainLineReporter implements Reporter {
  #counts = { passed: 0, failed: 0, skipped: 0, pending: 0 };
  /** Number of tests by why they were skipped. */
  #skippedFor = new Map<string, number>();

  onInit(): void {
    // Not at the end of the run: the default reporter writes its summary in the same turn, and vitest more after it.
    process.once('exit', (code) => process.stdout.write(this.#ending(code)));
  }

  onTestRunEnd(modules: readonly TestModule[], unhandledErrors: readonly unknown[]): void {
    this.#counts = { passed: 0, failed: unhandledErrors.length, skipped: 0, pending: 0 };
    this.#skippedFor = new Map();
    for (const module of modules) {
      for (const test of module.children.allTests()) {
        const result = test.result();
        this.#counts[result.state] += 1;
        if (result.state !== 'skipped' || result.note === undefined) continue;
        this.#skippedFor.set(result.note, (this.#skippedFor.get(result.note) ?? 0) + 1);
      }
      for (const part of [module, ...module.children.allSuites()])
        if (part.errors().length > 0) this.#counts.failed += 1;
    }
  }

  #ending(exitCode: number): string {
    const { passed, skipped, pending } = this.#counts;
    // A run that ended before it had tests to count (such as a failed global setup) is one failure.
    const failed = exitCode !== 0 && this.#counts.failed === 0 ? 1 : this.#counts.failed;
    const left = skipped + pending;
    const reasons = [...this.#skippedFor].map(([note, tests]) => `skipped ${tests}: ${note}\n`).join('');
    return `\n${reasons}${passed} passed, ${failed} failed${left > 0 ? `, ${left} skipped` : ''}\n`;
  }
}
