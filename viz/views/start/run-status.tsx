import type { JSX } from 'preact';
import { problemText } from '../../worker/desk/problem.ts';
import { partDone, progressText } from '../../worker/progress-text.ts';
import { runner } from '../../worker/runner.ts';
import { useListened } from './use-listened.ts';
import './run-status.css';

/** Problems that are shown of a run that could not be made. */
const MOST_PROBLEMS = 20;

/** How far the run is that goes on, with a way to cancel it, or why there was none. */
export function RunStatus(): JSX.Element | null {
  useListened(runner);
  const { state } = runner;
  if (state.kind === 'idle') return null;
  if (state.kind === 'failed') {
    const { problems } = state;
    return (
      <div class="run-status failed" role="alert">
        <p>
          <strong>{state.title}</strong> could not be run. {state.message}
          {problems.length > 0 ? ':' : ''}
        </p>
        {problems.length > 0 && (
          <ul>
            {problems.slice(0, MOST_PROBLEMS).map((problem) => (
              <li key={problem.path + problem.message}>{problemText(problem)}</li>
            ))}
            {problems.length > MOST_PROBLEMS && <li>and {problems.length - MOST_PROBLEMS} more</li>}
          </ul>
        )}
        <button type="button" onClick={() => runner.cancel()}>
          Close
        </button>
      </div>
    );
  }
  const { title, progress } = state;
  const part = progress === undefined ? undefined : partDone(progress);
  return (
    <section class="run-status" aria-label={`Run of ${title}`}>
      <p>
        Running <strong>{title}</strong>
      </p>
      <progress
        aria-label="Part of the run that is done"
        max={1}
        {...(part === undefined ? {} : { value: part })}
      />
      <p class="run-progress">{progress === undefined ? 'Starting' : progressText(progress)}</p>
      <button type="button" onClick={() => runner.cancel()}>
        Cancel the run
      </button>
    </section>
  );
}
