import type { Evidence } from '../hardware/index.ts';
import { EDITION_RULES } from '../licences/index.ts';
import { hostName } from '../scenario/host-name.ts';
import { cardSpecOf } from '../scenario/resolve/card-spec.ts';
import type { Change, Demand, Frames, GpuGroup, HostGroup, Scenario } from '../scenario/types.ts';
import { isInteractive, type WorkloadClass } from '../sharing/ask.ts';
import { frameRulesOf } from '../sharing/frames/mode-rules.ts';
import {
  isAssumed,
  isRefusal,
  type OperationName,
  openCard,
  operationSeconds,
  type Parameter,
  ParameterValues,
  pathNamed,
  SHARING_PARAMETERS,
  type SharedGpu,
  type SharingConfig,
  type Slot,
  sharingMode,
} from '../sharing/index.ts';
import { requestOf } from './demand.ts';

/** A figure that a run rests on and that no published one stands behind: `assumptions` of `result.json`. */
export interface Assumption {
  /** Id of the parameter: key of a scenario's `overheads`, which replaces it. */
  readonly id: string;
  readonly what: string;
  readonly value: number;
  readonly unit: Parameter['unit'];
  /** Range of the uncertainty. */
  readonly low: number;
  readonly high: number;
  readonly source: string;
  readonly evidence: Evidence;
}

/** Figures that a card takes in whoever is on it, and that act on some kinds of work only. */
const ACTS_ON: Readonly<Record<string, (workload: WorkloadClass) => boolean>> = {
  'passthrough.interactive': isInteractive,
  'vgpu.lone-interactive': isInteractive,
  'sriov.lone-interactive': isInteractive,
  'mps.interference-other': (workload) =>
    !['training', 'inference-saturated', 'inference-latency'].includes(workload),
};

/** Figures that decide what fits: in fill runs, where nothing runs, no others count. */
const DECIDES_WHAT_FITS: ReadonlySet<string> = new Set(['edge-pool.gpu-memory']);

/**
 * The assumed figures that a scenario's run may touch, in the order of the modes: those that the cards of its fleet take
 * in for the work that can be on them, those of the ways in which its jobs start and stop and its hosts change, of
 * frames beside other work, of transfers between NUMA domains, and of guests without a licence. Figures that the scenario states are its own.
 *
 * A figure that acts only in states which the run never meets (two tenants that are never busy together) is listed too.
 */
export function assumptionsOf(scenario: Scenario): readonly Assumption[] {
  const touched = touchedBy(scenario);
  const isFill = scenario.experiment.kind === 'fill';
  return SHARING_PARAMETERS.filter(
    (parameter) =>
      isAssumed(parameter) &&
      touched.has(parameter.id) &&
      !Object.hasOwn(scenario.overheads, parameter.id) &&
      (!isFill || DECIDES_WHAT_FITS.has(parameter.id)),
  ).map(({ id, what, typical, unit, low, high, source, evidence }) => ({
    id,
    what,
    value: typical,
    unit,
    low,
    high,
    source,
    evidence,
  }));
}

/** Values that remember which of them were asked for. */
class ReadValues extends ParameterValues {
  readonly ids = new Set<string>();

  override get(id: string): number {
    this.ids.add(id);
    return super.get(id);
  }
}

/** A demand that a card can take, and where it would go on an empty one. */
interface Seated {
  readonly demand: Demand & { readonly frames?: Frames | null };
  readonly workload: WorkloadClass;
  readonly slot: Slot;
}

/** Figures of guests without a licence, where there may be any and the scenario does not state its own. */
function figuresOfLicences({ licences, faults }: Scenario): readonly string[] {
  const asked =
    licences?.pools.filter((pool) =>
      ['user', 'gpu'].includes(pool.metric ?? EDITION_RULES[pool.edition].metric),
    ) ?? [];
  if (asked.length === 0) return [];
  const hasServers = faults?.failures.some(({ kind }) => kind === 'licence-server') === true;
  return [
    ...(licences?.unlicensed === null ? ['licence.unlicensed-compute', 'licence.second-step'] : []),
    ...(hasServers && asked.some(({ leaseUs }) => leaseUs === null) ? ['licence.lease'] : []),
  ];
}

function touchedBy(scenario: Scenario): ReadonlySet<string> {
  const { fleet, workload, changes } = scenario;
  const touched = new Set<string>(figuresOfLicences(scenario));
  if (fleet.kind === 'trace') return touched;
  const values = new ReadValues(SHARING_PARAMETERS);
  const demands = [
    ...(workload.synthetic?.classes.filter(({ weight }) => weight > 0) ?? []),
    ...workload.services,
    ...workload.sessions,
  ];
  for (const group of fleet.groups) {
    const own = changesOf(changes, group);
    const configs = [group.sharing, ...own.map(({ sharing }) => sharing)].filter((each) => each !== null);
    for (const gpu of group.gpus) {
      for (const config of configs) {
        const shared = sharedAs(config, group, gpu, values);
        const seated = demands.flatMap((demand) => seatedOn(shared, gpu, demand));
        if (seated.length > 0 || workload.trace !== null) {
          const kinds = [
            ...seated.map((each) => each.workload),
            // Tasks of a trace do not say what kind of work they are.
            ...(workload.trace === null ? [] : ['generic' as const]),
          ];
          for (const id of readBy(values, () => void openCard(shared))) {
            if (kinds.some((kind) => ACTS_ON[id]?.(kind) ?? true)) touched.add(id);
          }
        }
        const alsoRead = readBy(values, () => {
          for (const { demand, slot } of seated) {
            take(shared, ['start', 'stop'], demand.lifecycle, slot.memoryMib);
            if (demand.communication > 0 && demand.gpuCount > 1 && isSpreadOut(group, gpu, shared)) {
              values.get('host.cross-numa-bandwidth');
            }
          }
          readForFrames(shared, seated, workload.trace !== null);
          own.forEach((change, at) => {
            take(shared, ['migrate'], change.migratePath, 0);
            if (change.sharing !== config) return;
            const before = [group.sharing, ...own.slice(0, at).map(({ sharing }) => sharing)];
            const modes = before.flatMap((each) => each?.mode ?? []);
            if (modes.includes(config.mode)) take(shared, ['change-layout'], change.path, 0);
            if (modes.some((mode) => mode !== config.mode)) take(shared, ['switch-mode'], change.path, 0);
          });
        });
        for (const id of alsoRead) touched.add(id);
      }
    }
  }
  return touched;
}

function readBy(values: ReadValues, action: () => void): readonly string[] {
  values.ids.clear();
  action();
  return [...values.ids];
}

function sharedAs(
  config: SharingConfig,
  group: HostGroup,
  gpu: GpuGroup,
  values: ParameterValues,
): SharedGpu {
  return { mode: sharingMode(config.mode), config, spec: cardSpecOf(group, gpu), values };
}

/** The planned changes of hosts of the group. */
function changesOf(changes: readonly Change[], group: HostGroup): readonly Change[] {
  if (changes.length === 0) return [];
  const names = new Set(Array.from({ length: group.count }, (_, i) => hostName(group.name, i, group.count)));
  return changes.filter(({ hosts }) => hosts.some((name) => names.has(name)));
}

function seatedOn(shared: SharedGpu, gpu: GpuGroup, demand: Demand): readonly Seated[] {
  const { ask } = requestOf(demand);
  if (ask === undefined || (demand.models.length > 0 && !demand.models.includes(gpu.model))) return [];
  const slot = openCard(shared).admitEmpty(ask);
  return isRefusal(slot) ? [] : [{ demand, workload: ask.use.workload, slot }];
}

/** Reads the figures of the paths of that name. */
function take(
  shared: SharedGpu,
  operations: readonly OperationName[],
  path: string | null,
  memoryMib: number,
): void {
  if (path === null) return;
  for (const operation of operations) {
    const way = pathNamed(shared, operation, path);
    if (way !== undefined) operationSeconds(way, shared.values, memoryMib);
  }
}

function readForFrames(shared: SharedGpu, seated: readonly Seated[], hasTrace: boolean): void {
  const drawing = seated.filter(({ demand }) => demand.frames != null);
  const takesTurns = drawing.some(({ slot }) => frameRulesOf(shared, slot).rules !== null);
  if (takesTurns && (hasTrace || drawing.length < seated.length)) shared.values.get('frames.batch-kernel');
}

/** Whether GPUs of the host may exchange data through it, between NUMA domains. */
function isSpreadOut(group: HostGroup, { nvlink }: GpuGroup, { mode, spec }: SharedGpu): boolean {
  const hasFabric = nvlink ?? spec.catalogue?.fabricGbPerSecBidirectional != null;
  return group.numaDomains > 1 && !(hasFabric && mode.traits.peerToPeer === 'yes');
}
