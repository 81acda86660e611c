import { readdirSync, readFileSync } from 'node:fs';
import { parse } from 'yaml';
import type { Scenario } from '../../sim/index.ts';
import { normalized } from '../scenario/problems-of.ts';

/** Hours of simulated time; runs with many small requests are cut shorter. */
const HOURS: Readonly<Record<string, number>> = {
  'api-remoting-10gbe': 0.1,
  'api-remoting-rdma': 0.1,
  'edge-jetson-orin': 0.1,
  'mig-inference-a100': 0.05,
  'mps-inference-a100': 0.1,
  'hook-percent-caps': 0.3,
  'vgpu-cloud-games-a10': 6,
  'vgpu-autocad-l40s': 9,
  'vgpu-office-a16': 9,
};
const USUAL_HOURS = 4;

/** A scenario of the catalogue, cut short. */
export interface ShortRun {
  readonly name: string;
  readonly scenario: Scenario;
  /** As `run --replay` writes it into the header. */
  readonly document: unknown;
  /** Infinity: a fill run. */
  readonly horizonUs: number;
}

const all = readdirSync('scenarios/catalog')
  .filter((file) => file.endsWith('.yaml'))
  .map((file): ShortRun => {
    const name = file.replace('.yaml', '');
    const { scenario, document } = normalized(parse(readFileSync(`scenarios/catalog/${file}`, 'utf8')));
    const { experiment } = scenario;
    if (experiment.kind === 'fill') {
      return { name, scenario, document, horizonUs: Number.POSITIVE_INFINITY };
    }
    const horizonUs = Math.min(
      experiment.horizonUs ?? Number.POSITIVE_INFINITY,
      (HOURS[name] ?? USUAL_HOURS) * 3600e6,
    );
    const warmupUs = Math.min(experiment.warmupUs, horizonUs / 4);
    const short: Scenario = { ...scenario, experiment: { ...experiment, horizonUs, warmupUs } };
    return { name, scenario: short, document, horizonUs };
  });

export const TIMED_RUNS: readonly ShortRun[] = all.filter(({ horizonUs }) => Number.isFinite(horizonUs));
export const FILL_RUNS: readonly ShortRun[] = all.filter(({ horizonUs }) => !Number.isFinite(horizonUs));
