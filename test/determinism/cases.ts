import { readFileSync } from 'node:fs';

/** A run whose result must not depend on what it runs on. */
export interface DeterminismCase {
  readonly name: string;
  /** Scenario file, from the root. */
  readonly file: string;
  /** Values of `--set`. */
  readonly settings: readonly string[];
}

const catalogue = 'scenarios/catalog/openb-like.yaml';

export const CASES: readonly DeterminismCase[] = [
  {
    name: 'openb-like timed',
    file: catalogue,
    settings: ['experiment.kind=timed', 'workload.synthetic.tasks=3000'],
  },
  {
    name: 'openb-like fill under fgd',
    file: catalogue,
    settings: ['experiment.kind=fill', 'policy.placement=fgd', 'experiment.target=0.5'],
  },
  {
    name: 'three replications of openb-like under load',
    file: catalogue,
    settings: [
      'experiment.kind=timed',
      'replications=3',
      'workload.synthetic.tasks=3000',
      'workload.synthetic.arrivals.rate=1150/h',
    ],
  },
  {
    name: 'services on MIG instances',
    file: 'scenarios/catalog/mig-inference-a100.yaml',
    settings: ['experiment.horizon=1m', 'experiment.warmup=20s'],
  },
  {
    name: 'games on vGPUs, with frames',
    file: 'scenarios/catalog/vgpu-cloud-games-a10.yaml',
    settings: ['experiment.horizon=9h', 'experiment.warmup=1h'],
  },
  { name: 'every distribution', file: 'test/determinism/every-distribution.yaml', settings: [] },
];

export function scenarioText({ file }: DeterminismCase): string {
  return readFileSync(file, 'utf8');
}
