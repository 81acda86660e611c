import type { DeterminismCase } from '../../determinism/cases.ts';
import { simulate } from '../../determinism/simulate.ts';

/** What the test asks of the page: summaries as JSON, since that is what is compared. */
export interface SimulationPage {
  simulateHere(text: string, settings: DeterminismCase['settings']): string;
  simulateInWorker(text: string, settings: DeterminismCase['settings']): Promise<string>;
}

const page: SimulationPage = {
  simulateHere: (text, settings) => JSON.stringify(simulate(text, settings)),
  simulateInWorker(text, settings) {
    const worker = new Worker(new URL('./worker.ts', import.meta.url), { type: 'module' });
    return new Promise((done, fail) => {
      worker.onmessage = ({ data }: MessageEvent<string>) => done(data);
      worker.onerror = ({ message }) => fail(new Error(message));
      worker.postMessage([text, settings]);
    });
  },
};
Object.assign(globalThis, { page });
