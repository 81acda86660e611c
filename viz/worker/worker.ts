import { answer } from './desk/desk.ts';
import { Refused } from './desk/problem.ts';
import type { FromWorker, RunProgress, ToWorker } from './messages.ts';
import { runText } from './run/run-text.ts';

/** Least time between two messages about progress. */
const PROGRESS_MS = 100;

const say = (message: FromWorker): void => self.postMessage(message);

self.onmessage = async ({ data }: MessageEvent<ToWorker>) => {
  try {
    if (data.kind === 'question') say({ kind: 'answer', id: data.id, answer: answer(data.question) });
    else say({ kind: 'done', outcome: await runText(data.text, data.files, throttled()) });
  } catch (error) {
    const id = data.kind === 'question' ? { id: data.id } : {};
    const message = error instanceof Error ? error.message : String(error);
    const problems = error instanceof Refused ? error.problems : [];
    say({ kind: 'failed', ...id, message, problems });
  }
};

function throttled(): (progress: RunProgress) => void {
  let saidMs = Number.NEGATIVE_INFINITY;
  return (progress) => {
    const nowMs = performance.now();
    if (nowMs - saidMs < PROGRESS_MS) return;
    saidMs = nowMs;
    say({ kind: 'progress', progress });
  };
}
