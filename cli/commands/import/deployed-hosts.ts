import { groupLabels } from '../../../scenarios/exporters/names.ts';
import type { DeployedHosts } from '../../../scenarios/importers/deployed-hosts.ts';
import type { KubernetesHost } from '../../../scenarios/importers/kubernetes.ts';
import type { CanonicalDocument, Scenario } from '../../../sim/scenario/index.ts';
import { MAX_GPUS_PER_HOST, MAX_HOSTS } from '../../../sim/scenario/limits.ts';
import { isMapping, valueAt } from '../../../sim/scenario/path.ts';
import { quoteValue } from '../../../sim/scenario/problem.ts';
import type { SharingDocument } from '../../../sim/scenario/schema/sharing.ts';
import type { Problem } from '../../errors.ts';

/**
 * The host groups of a scenario; undefined where its fleet is read from a trace.
 *
 * @param wanted the group that a file is for; null: any that it has something for
 */
export function hostsOfScenario(
  { fleet }: Scenario,
  document: CanonicalDocument,
  wanted: string | null,
): readonly DeployedHosts[] | undefined {
  if (fleet.kind === 'trace') return undefined;
  const labels = groupLabels(fleet.groups);
  return fleet.groups.map((group, at) => {
    const { name, count, cpuMilli, memoryMib } = group;
    const written = document.fleet.hosts?.[at];
    const {
      gpus,
      sharing,
      name: _n,
      count: _c,
      cpu: _cpu,
      memory: _m,
      ...rest
    } = (written ?? {}) as Record<string, unknown>;
    return {
      name,
      count,
      cpuMilli,
      memoryMib,
      gpus: group.gpus.map((gpu, index) => {
        const {
          model,
          count: gpuCount,
          ...others
        } = (written?.gpus[index] ?? gpu) as Record<string, unknown>;
        return { model: String(model), count: Number(gpuCount), rest: others };
      }),
      config: null,
      sharing: (sharing ?? null) as SharingDocument | null,
      rest,
      origin: {
        kind: 'scenario' as const,
        label: labels.of(name),
        isWanted: wanted === null ? null : name === wanted,
      },
    };
  });
}

/** `train*4=8xH100-SXM5-80GB:all-balanced`, `mixed=2xA100-80GB+2xL40S`. */
const HOSTS = /^([A-Za-z0-9][A-Za-z0-9._-]{0,63})(?:\*(\d{1,7}))?=([^:]+)(?::(.+))?$/;

/** Hosts as options state them, all of one size. */
export function hostsOfTexts(
  texts: readonly string[],
  size: { readonly cpuMilli: number; readonly memoryMib: number },
  problems: Problem[],
): readonly DeployedHosts[] {
  const names = new Set<string>();
  return texts.flatMap((text) => {
    const wrong = (message: string) => problems.push({ path: '--hosts', value: text, message });
    const match = HOSTS.exec(text);
    const [, name = '', countText = '1', models = '', config] = match ?? [];
    const gpus = models.split('+').flatMap((each) => {
      const gpu = /^(\d{1,3})x(.{1,64})$/.exec(each);
      return gpu === null ? [] : [{ count: Number(gpu[1]), model: gpu[2] as string }];
    });
    if (match === null || gpus.length < models.split('+').length) {
      wrong(`must be NAME[*COUNT]=GPUSxMODEL[+GPUSxMODEL][:CONFIG], got ${quoteValue(text)}`);
      return [];
    }
    const count = Number(countText);
    const total = gpus.reduce((sum, gpu) => sum + gpu.count, 0);
    if (count < 1 || count > MAX_HOSTS) wrong(`must be 1 to ${MAX_HOSTS} hosts, got ${countText}`);
    if (gpus.some((gpu) => gpu.count < 1) || total > MAX_GPUS_PER_HOST)
      wrong(`must be 1 to ${MAX_GPUS_PER_HOST} GPUs, got ${total}`);
    if (names.has(name)) wrong(`must have a name of its own, got "${name}" again`);
    names.add(name);
    return [{ name, count, ...size, gpus, config: config ?? null, sharing: null, rest: {} }];
  });
}

/** Nodes of a cluster with GPUs, each with the configuration that a label of it names. */
export function hostsOfNodes(
  hosts: readonly KubernetesHost[],
  text: string,
  label: string,
): readonly DeployedHosts[] {
  const document: unknown = JSON.parse(text);
  const items = isMapping(document) && Array.isArray(document.items) ? document.items : [document];
  const configs = new Map(
    items.map((item: unknown) => [
      valueAt(item, ['metadata', 'name']),
      valueAt(item, ['metadata', 'labels', label]),
    ]),
  );
  return hosts.flatMap(({ name, cpuMilli, memoryMib, gpuCount, model }) => {
    if (gpuCount === 0) return [];
    const config = configs.get(name);
    const gpus = [{ model, count: gpuCount }];
    return [
      {
        name,
        count: 1,
        cpuMilli,
        memoryMib,
        gpus,
        config: typeof config === 'string' ? config : null,
        sharing: null,
        rest: {},
        origin: { kind: 'nodes' as const },
      },
    ];
  });
}
