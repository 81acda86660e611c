/** A part of the repository and what it may import besides itself. */
export interface Area {
  /** Folder or file from the root. A file belongs to the area with the longest name that leads to it. */
  readonly name: string;
  /** Areas and, where an area is too much, files of one; `*` stands for one part of a path. */
  readonly mayImport: readonly string[];
  /** Why no more than that. */
  readonly reason: string;
}

const MODEL = ['sim/kernel', 'sim/hardware', 'sim/sharing', 'sim/cluster'];
const RUN = [...MODEL, 'sim/policies', 'sim/workload', 'sim/faults', 'sim/licences', 'sim/engine'];
const EXPERIMENT = [...RUN, 'sim/observe', 'sim/cost', 'sim/scenario', 'sim/objectives'];
const SIM = ['sim'];

/** Every part of the repository: an arrow that is not here is not allowed. */
export const AREAS: readonly Area[] = [
  {
    name: 'sim/kernel',
    mayImport: [],
    reason: 'time, queue, random streams and statistics serve any simulation and know nothing of GPUs',
  },
  {
    name: 'sim/hardware',
    mayImport: ['sim/kernel'],
    reason: 'the catalogue says what the hardware is, whoever uses it and however',
  },
  {
    name: 'sim/sharing',
    mayImport: ['sim/kernel', 'sim/hardware'],
    reason: 'a sharing mode answers for one GPU and does not see the fleet around it',
  },
  {
    name: 'sim/cluster',
    mayImport: ['sim/kernel', 'sim/hardware', 'sim/sharing'],
    reason: 'the cluster keeps its own invariants, whatever policy or engine drives it',
  },
  {
    name: 'sim/policies',
    mayImport: MODEL,
    reason: 'a policy answers a question about a read-only view: it neither runs nor measures anything',
  },
  {
    name: 'sim/workload',
    mayImport: MODEL,
    reason: 'what users ask for must not depend on how the fleet serves it',
  },
  {
    name: 'sim/faults',
    mayImport: MODEL,
    reason: 'what breaks, and when, must not depend on how work is scheduled',
  },
  {
    name: 'sim/licences',
    mayImport: MODEL,
    reason: 'which licence a tenant needs, and what it may do without, must not depend on who runs it',
  },
  {
    name: 'sim/engine',
    mayImport: [...MODEL, 'sim/policies', 'sim/workload', 'sim/faults', 'sim/licences'],
    reason: 'the engine tells observers what changed and must not know who listens or who asked for the run',
  },
  {
    name: 'sim/observe',
    mayImport: MODEL,
    reason:
      'observers see the changes of the cluster, never the engine: what is measured cannot steer the run',
  },
  {
    name: 'sim/cost',
    mayImport: ['sim/kernel', 'sim/hardware', 'sim/cluster'],
    reason: 'cost is a pure function of metrics and prices',
  },
  {
    name: 'sim/objectives',
    mayImport: ['sim/kernel', 'sim/hardware', 'sim/scenario/nearest-name.ts'],
    reason: 'a condition is read and judged by numbers alone, whoever measured them',
  },
  {
    name: 'sim/scenario',
    mayImport: [
      'sim/kernel',
      'sim/hardware',
      'sim/sharing',
      'sim/objectives',
      'sim/policies/*/names.ts',
      'sim/faults/names.ts',
      'sim/licences/names.ts',
    ],
    reason: 'a document can be checked without what runs it: of policies and faults it knows the names alone',
  },
  {
    name: 'sim/experiment',
    mayImport: EXPERIMENT,
    reason: 'an experiment runs the engine and gathers results; how they are shown is up to the reports',
  },
  {
    name: 'sim/report',
    mayImport: [...EXPERIMENT, 'sim/experiment'],
    reason: 'reports stand at the end: they read results and belong to sim/',
  },
  {
    name: 'sim',
    mayImport: ['sim/*'],
    reason: 'the public API gathers sim/, which knows nothing of the programs around it',
  },
  {
    name: 'scenarios',
    mayImport: SIM,
    reason: 'importers and exporters serve every program, so they depend on none',
  },
  {
    name: 'cli',
    mayImport: [...SIM, 'scenarios', 'package.json'],
    reason:
      'the command line is one of several programs: it uses the product, not benchmarks, viewer or tests',
  },
  {
    name: 'viz',
    mayImport: [...SIM, 'scenarios', 'package.json'],
    reason: 'the viewer runs in the browser, where the command line and its files are not',
  },
  {
    name: 'bench',
    mayImport: [
      ...SIM,
      'scenarios',
      'cli',
      'viz/replay',
      'test/browser/chromium.ts',
      'test/browser/viewer-page.ts',
    ],
    reason: 'benchmarks measure what users run, not tests; of those they take the browser and the page alone',
  },
  {
    name: 'test',
    mayImport: [...SIM, 'scenarios', 'cli', 'viz', 'bench', 'package.json'],
    reason: 'tests may look at everything that has code; configuration is tried by running it',
  },
  {
    name: 'bin',
    mayImport: [],
    reason: 'the start file must run before anything is built, on any supported Node',
  },
  {
    name: 'vite.viewer.config.ts',
    mayImport: [],
    reason: 'configuration names files by path, so that a build does not load what it builds',
  },
  {
    name: 'vite.config.ts',
    mayImport: [],
    reason: 'configuration names files by path, so that a build does not load what it builds',
  },
  {
    name: 'vitest.config.ts',
    mayImport: [],
    reason: 'configuration names files by path, so that tests are not loaded outside a test run',
  },
];

/** Files whose types are part of what they import, so that only the types go in a circle. */
export const RECURSIVE_TYPES: Readonly<Record<string, string>> = {
  'sim/kernel/distributions/mixture.ts': 'a mixture is made of distributions, and a mixture is one of them',
  'sim/sharing/instance-layout.ts':
    'a card may have a layout of instances, and a layout a card to answer when it is empty',
};
