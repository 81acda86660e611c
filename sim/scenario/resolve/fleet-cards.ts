import { gpuMemoryMib } from '../../hardware/index.ts';
import {
  type Card,
  type CardSpec,
  type ConfigProblem,
  ParameterValues,
  SHARING_MODES,
  SHARING_PARAMETERS,
  type SharingConfig,
  type SharingMode,
} from '../../sharing/index.ts';
import type { GpuGroup, HostGroup } from '../types.ts';
import { cardSpecOf, catalogueGpu } from './card-spec.ts';

/** A GPU as some group of the fleet shares it. */
export interface FleetCard {
  readonly spec: CardSpec;
  readonly config: SharingConfig;
  readonly mode: SharingMode;
  /** Why the mode cannot share this GPU so; empty: it can. */
  readonly problems: readonly ConfigProblem[];
  /** A card without tenants, to ask what it could ever give; undefined where there are problems. */
  readonly card: Card | undefined;
}

/** What a fleet's GPUs could give to anybody. */
export interface FleetCards {
  /** Names by which the fleet has its GPU models, in its order. */
  readonly models: readonly string[];
  /** Every different card that a mode shares, in the order of the fleet. */
  readonly shared: readonly FleetCard[];
  /** Models of GPUs that are shared by fraction. */
  readonly byFraction: ReadonlySet<string>;
  /** Models of shared GPUs of which nobody can say what they could give: the mode cannot share them so. */
  readonly unclear: ReadonlySet<string>;
  /** Memory of a GPU by model, the smallest where groups differ; models whose memory nobody states are missing. */
  readonly memoryByModel: ReadonlyMap<string, number>;
}

/** What of a host group says how its GPUs are shared. */
export type SharingGroup = Pick<HostGroup, 'sharing' | 'uplinkBytesPerSec'>;

/** Looks up each kind of card once, however many groups have it. */
export class CardTable {
  readonly #known = new Map<string, FleetCard | undefined>();
  readonly #values = new ParameterValues(SHARING_PARAMETERS);

  /** A group's GPU under the group's mode; undefined where none shares it, or its memory is not known. */
  of(group: SharingGroup, gpu: GpuGroup): FleetCard | undefined {
    const config = group.sharing;
    if (config === null || memoryOf(gpu) === undefined) return undefined;
    const key = JSON.stringify([
      config,
      gpu.model,
      gpu.memoryMib,
      gpu.pcieLanes,
      gpu.pcieGen,
      group.uplinkBytesPerSec,
    ]);
    if (!this.#known.has(key)) this.#known.set(key, this.#make(config, cardSpecOf(group, gpu)));
    return this.#known.get(key);
  }

  #make(config: SharingConfig, spec: CardSpec): FleetCard | undefined {
    const mode = SHARING_MODES.find((each) => each.name === config.mode);
    if (mode === undefined) return undefined;
    const problems = mode.check(config, spec);
    const card = problems.length > 0 ? undefined : mode.createCard(config, spec, this.#values);
    return { spec, config, mode, problems, card };
  }
}

/** The cards of a fleet. */
export function fleetCards(groups: readonly HostGroup[]): FleetCards {
  const table = new CardTable();
  const shared = new Set<FleetCard>();
  const byFraction = new Set<string>();
  const unclear = new Set<string>();
  const models = new Set<string>();
  const memoryByModel = new Map<string, number>();
  for (const group of groups) {
    for (const gpu of group.gpus) {
      models.add(gpu.model);
      const card = table.of(group, gpu);
      if (card !== undefined) shared.add(card);
      if (group.sharing === null) byFraction.add(gpu.model);
      else if (card?.card === undefined) unclear.add(gpu.model);
      const memoryMib = memoryOf(gpu);
      if (memoryMib !== undefined) {
        memoryByModel.set(gpu.model, Math.min(memoryMib, memoryByModel.get(gpu.model) ?? memoryMib));
      }
    }
  }
  return { models: [...models], shared: [...shared], byFraction, unclear, memoryByModel };
}

/** Memory of a GPU, stated or from the catalogue; undefined where neither says. */
function memoryOf(gpu: GpuGroup): number | undefined {
  if (gpu.memoryMib !== null) return gpu.memoryMib;
  const catalogue = catalogueGpu(gpu.model);
  return catalogue === null ? undefined : gpuMemoryMib(catalogue);
}
