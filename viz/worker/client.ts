import { Refused } from './desk/problem.ts';
import type {
  Answers,
  FromWorker,
  GivenFile,
  Question,
  RunOutcome,
  RunProgress,
  ToWorker,
} from './messages.ts';

function newWorker(): Worker {
  return new Worker(new URL('./worker.ts', import.meta.url), { type: 'module', name: 'slicewise' });
}

interface Waiting {
  done(answer: never): void;
  fail(error: Error): void;
}

let desk: Worker | undefined;
let nextId = 1;
const waiting = new Map<number, Waiting>();

/**
 * Asks the worker that reads scenarios, which is started with the first question and stays. One that has died is started
 * anew with the next question.
 *
 * @param limitMs a worker that has not answered by then counts as dead: what else it was asked fails, too
 * @throws {Refused} where what was asked about is wrong
 * @throws {Error} where the worker has died
 */
export function askDesk<A extends Question['ask']>(
  question: Extract<Question, { ask: A }>,
  limitMs = Number.POSITIVE_INFINITY,
): Promise<Answers[A]> {
  desk ??= startDesk();
  const worker = desk;
  const id = nextId++;
  const message: ToWorker = { kind: 'question', id, question };
  let timer: ReturnType<typeof setTimeout> | undefined;
  const answer = new Promise<Answers[A]>((done, fail) => {
    waiting.set(id, { done, fail });
    worker.postMessage(message);
    if (Number.isFinite(limitMs))
      timer = setTimeout(() => bury(worker, `The worker has not answered for ${limitMs / 1000} s`), limitMs);
  });
  return answer.finally(() => clearTimeout(timer));
}

/** Ends a worker; what it was asked fails. */
function bury(worker: Worker, why: string): void {
  worker.terminate();
  if (desk !== worker) return;
  desk = undefined;
  for (const { fail } of waiting.values()) fail(new Error(why));
  waiting.clear();
}

function startDesk(): Worker {
  const worker = newWorker();
  worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
    if ((data.kind !== 'answer' && data.kind !== 'failed') || data.id === undefined) return;
    const asked = waiting.get(data.id);
    waiting.delete(data.id);
    if (data.kind === 'answer') asked?.done(data.answer as never);
    else asked?.fail(new Refused(data.message, data.problems));
  };
  worker.onerror = (event) => bury(worker, workerFault(event));
  return worker;
}

/** A run that goes on. */
export interface RunUnderWay {
  /** Undefined where it was cancelled. @throws {Refused} where the scenario cannot be run */
  readonly outcome: Promise<RunOutcome | undefined>;
  cancel(): void;
}

/** Runs a scenario in a worker of its own. */
export function startRun(
  text: string,
  files: readonly GivenFile[],
  onProgress: (progress: RunProgress) => void,
): RunUnderWay {
  const worker = newWorker();
  let cancel = (): void => undefined;
  const outcome = new Promise<RunOutcome | undefined>((done, fail) => {
    cancel = () => done(undefined);
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === 'progress') onProgress(data.progress);
      else if (data.kind === 'done') done(data.outcome);
      else if (data.kind === 'failed') fail(new Refused(data.message, data.problems));
    };
    worker.onerror = (event) => fail(new Error(workerFault(event)));
    const message: ToWorker = { kind: 'run', text, files };
    worker.postMessage(message);
  }).finally(() => worker.terminate());
  return { outcome, cancel: () => cancel() };
}

function workerFault({ message }: ErrorEvent): string {
  return `The worker could not go on: ${message ?? 'its file could not be loaded'}`;
}
