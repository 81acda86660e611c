import type { ReplayCatalogue, ReplayGeometry } from '../../../sim/experiment/replay-header.ts';
import type { ReplayHeader } from '../../../sim/observe/replay/index.ts';
import type { SharingConfig } from '../../../sim/sharing/config.ts';

/** What does not change about a fleet: read once from the head of a replay. */
export interface FleetFacts {
  readonly hostCount: number;
  readonly gpuCount: number;
  readonly hostNames: readonly string[];
  /** GPU models of a host, in words: `8 x H100-80GB`. */
  readonly hostText: readonly string[];
  /** The GPUs of host h are `gpuStart[h]` to `gpuStart[h + 1] - 1`. */
  readonly gpuStart: Int32Array;
  readonly hostOfGpu: Int32Array;
  readonly models: readonly string[];
  readonly modelOfGpu: Int32Array;
  /** By model; undefined where its cards are not cut into GPU instances. */
  readonly geometries: readonly (ReplayGeometry | undefined)[];
  /** By model, whole GiB as in its name; 0 where it is not known. */
  readonly memoryGib: readonly number[];
  readonly pools: readonly { readonly name: string; readonly hosts: readonly number[] }[];
  readonly poolOfHost: Int32Array;
}

export function fleetFacts(header: ReplayHeader): FleetFacts {
  const { hosts } = header.start;
  const catalogue = header.catalogue as Partial<ReplayCatalogue>;
  const models: string[] = [];
  const numbers = new Map<string, number>();
  const gpuStart = new Int32Array(hosts.length + 1);
  const modelOf: number[] = [];
  for (const [h, { gpus }] of hosts.entries()) {
    for (const { model, count } of gpus) {
      let number = numbers.get(model);
      if (number === undefined) {
        number = models.push(model) - 1;
        numbers.set(model, number);
      }
      for (let i = 0; i < count; i++) modelOf.push(number);
    }
    gpuStart[h + 1] = modelOf.length;
  }
  const hostOfGpu = new Int32Array(modelOf.length);
  for (let h = 0; h < hosts.length; h++) hostOfGpu.fill(h, gpuStart[h], gpuStart[h + 1]);
  const poolOfHost = new Int32Array(hosts.length).fill(-1);
  for (const [p, pool] of header.pools.entries()) for (const host of pool.hosts) poolOfHost[host] = p;
  return {
    hostCount: hosts.length,
    gpuCount: modelOf.length,
    hostNames: hosts.map(({ name }) => name),
    hostText: hosts.map(({ gpus }) => {
      const parts = gpus.filter(({ count }) => count > 0).map(({ count, model }) => `${count} x ${model}`);
      return parts.length > 0 ? parts.join(' + ') : 'no GPU';
    }),
    gpuStart,
    hostOfGpu,
    models,
    modelOfGpu: Int32Array.from(modelOf),
    geometries: models.map((model) => catalogue.geometries?.find((each) => each.model === model)),
    memoryGib: models.map((model) => catalogue.gpus?.find((each) => each.model === model)?.memoryGb ?? 0),
    pools: header.pools,
    poolOfHost,
  };
}

const configs = new Map<string, SharingConfig>();

/** The mode of a card with its options, as `CardState` has it in JSON. */
export function sharingOf(text: string): SharingConfig {
  let config = configs.get(text);
  if (config === undefined) {
    config = JSON.parse(text) as SharingConfig;
    configs.set(text, config);
  }
  return config;
}
