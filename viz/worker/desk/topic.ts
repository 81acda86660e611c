import { isMapping, valueAt } from '../../../sim/scenario/path.ts';

/** What scenarios of the catalogue are about, in the order in which they are shown. */
export const TOPICS = [
  'Instances of a GPU (MIG)',
  'Virtual GPUs',
  'Virtual functions (SR-IOV)',
  'Sharing by software',
  'Whole GPUs',
  'Queues, priorities and quotas',
  'Faults, spares and changing fleets',
  'Cost and licences',
  'Variants and objectives',
  'Claims of articles, put to the test',
] as const;
export type Topic = (typeof TOPICS)[number];

const OF_MODE: Readonly<Record<string, Topic>> = {
  mig: 'Instances of a GPU (MIG)',
  'mig-vgpu': 'Instances of a GPU (MIG)',
  vgpu: 'Virtual GPUs',
  'gvt-g': 'Virtual GPUs',
  paravirtual: 'Virtual GPUs',
  sriov: 'Virtual functions (SR-IOV)',
  'bare-metal': 'Whole GPUs',
  passthrough: 'Whole GPUs',
};

/** What a scenario is about, by the sections that it has. */
export function topicOf(name: string, document: unknown): Topic {
  if (name.startsWith('claims/')) return 'Claims of articles, put to the test';
  const has = (...path: readonly string[]) => valueAt(document, path) != null;
  if (has('whatIf') || has('objectives')) return 'Variants and objectives';
  if (has('cost') || has('licences')) return 'Cost and licences';
  if (has('faults') || has('elastic')) return 'Faults, spares and changing fleets';
  if (has('policy', 'scheduling') || has('policy', 'pools')) return 'Queues, priorities and quotas';
  const mode = modesOf(document).find((each) => OF_MODE[each] !== 'Whole GPUs') ?? modesOf(document)[0];
  if (mode === undefined) {
    return valueAt(document, ['policy', 'queueing']) === undefined && isShared(document)
      ? 'Sharing by software'
      : 'Queues, priorities and quotas';
  }
  return OF_MODE[mode] ?? 'Sharing by software';
}

/** Sharing modes of the host groups, in their order. */
export function modesOf(document: unknown): readonly string[] {
  const hosts = valueAt(document, ['fleet', 'hosts']);
  if (!Array.isArray(hosts)) return [];
  return hosts.flatMap((host: unknown) => {
    const sharing = isMapping(host) ? host.sharing : undefined;
    if (typeof sharing === 'string') return [sharing];
    return isMapping(sharing) && typeof sharing.mode === 'string' ? [sharing.mode] : [];
  });
}

/** Whether classes take shares of GPUs. */
function isShared(document: unknown): boolean {
  const classes = valueAt(document, ['workload', 'synthetic', 'classes']);
  return Array.isArray(classes) && classes.some((each: unknown) => isMapping(each) && each.gpu !== undefined);
}
