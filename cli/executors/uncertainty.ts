import {
  analyseUncertainty,
  designRuns,
  parametersInUse,
  type RunMetrics,
  type Uncertainty,
  uncertaintyDesign,
} from '../../sim/experiment/uncertainty/index.ts';
import type { TraceData } from '../../sim/index.ts';
import { nameHint } from '../../sim/scenario/nearest-name.ts';
import { type Problem, UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import type { LoadedScenario } from '../load-scenario.ts';
import { ProgressLine } from '../progress.ts';
import { runVariants } from './variants.ts';

export interface UncertaintyOptions {
  /** Samples; absent: no study is wanted. */
  readonly uncertainty?: number;
  /** Metrics whose drivers are wanted. */
  readonly drivers?: readonly string[];
  readonly workers: number;
}

/** A study that is ready to run once the run at typical values is done. */
export interface UncertaintyStudy {
  /**
   * @param typical metrics of that run
   * @throws {UsageError} if a wanted metric is not among them
   */
  run(typical: RunMetrics, traces: TraceData, io: CliIo): Promise<{ readonly uncertainty: Uncertainty }>;
}

/**
 * The study that the options ask for; undefined where they ask for none.
 *
 * @throws {UsageError} if the scenario has nothing to vary
 */
export function planUncertainty(
  { uncertainty: samples, drivers = [], workers }: UncertaintyOptions,
  { scenario, document, folder }: LoadedScenario,
): UncertaintyStudy | undefined {
  if (samples === undefined) {
    if (drivers.length === 0) return undefined;
    throw wrongOptions([{ path: '--drivers', value: drivers[0], message: 'needs --uncertainty' }]);
  }
  const { varied, stated } = parametersInUse(scenario);
  if (varied.length === 0) {
    const message =
      stated.length > 0
        ? `has nothing to vary: the scenario states ${stated.join(', ')}`
        : 'has nothing to vary: no sharing mode of the fleet has an uncertain overhead';
    throw wrongOptions([{ path: '--uncertainty', value: samples, message }]);
  }
  const design = uncertaintyDesign(varied, samples, scenario.seed);
  return {
    async run(typical, traces, io) {
      const known = Object.keys(typical);
      const unknown = drivers.filter((name) => !known.includes(name));
      if (unknown.length > 0) {
        throw wrongOptions(
          unknown.map((name) => {
            const hint = nameHint(name, known);
            const message = `the run has no metric "${name}"`;
            return { path: '--drivers', value: name, message, ...(hint === undefined ? {} : { hint }) };
          }),
        );
      }
      const variants = designRuns(design);
      const progress = new ProgressLine(io, 'uncertainty', 'runs');
      try {
        const runs = await runVariants({
          scenario,
          document,
          folder,
          traces,
          workers,
          hooks: {},
          variants,
          onVariant: (done) => progress.update(done, variants.length),
        });
        return { uncertainty: analyseUncertainty(design, typical, runs, stated) };
      } finally {
        progress.end();
      }
    },
  };
}

function wrongOptions(problems: readonly Problem[]): UsageError {
  return new UsageError('wrong options', problems);
}
