import type { CliIo } from '../io.ts';

const SIGNALS = ['SIGINT', 'SIGTERM'] as const;

/**
 * Does work that a signal ends in order: at the first one no further run is begun, at the second the process ends at once.
 *
 * @returns the signal that came
 */
export async function untilSignal(
  io: CliIo,
  work: (signal: AbortSignal) => Promise<void>,
): Promise<NodeJS.Signals | undefined> {
  const controller = new AbortController();
  let came: NodeJS.Signals | undefined;
  const hear = (signal: NodeJS.Signals) => {
    if (came !== undefined) process.exit(130);
    came = signal;
    io.err('\nEnding the runs that have begun; once more to stop at once.\n');
    controller.abort();
  };
  for (const signal of SIGNALS) process.on(signal, hear);
  try {
    await work(controller.signal);
  } finally {
    for (const signal of SIGNALS) process.off(signal, hear);
  }
  return came;
}
