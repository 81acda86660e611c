import { CatalogueNameError, compactName, GPU_MODELS } from '../../../hardware/index.ts';
import {
  type VgpuGpu,
  type VgpuSeries,
  vgpuGpus,
  vgpuGpusByName,
  vgpuGpusOfGpu,
  vgpuTypesOf,
} from '../../../hardware/vgpu/index.ts';
import type { CardSpec } from '../../card-spec.ts';

/** A time-sliced vGPU type as one card offers it. */
export interface CardType {
  /** `A16-2B`. */
  readonly name: string;
  readonly series: VgpuSeries;
  /** Size in the vendor's counting, MiB: what the size lock and placements go by. */
  readonly sizeMib: number;
  /** Its part of the memory that programs see on the card, MiB: less than `sizeMib` where error correction takes some. */
  readonly reservedMib: number;
  /** What its guest can allocate, MiB. */
  readonly guestMib: number;
  /** In equal-size mode. */
  readonly maxPerGpu: number;
  /** In mixed-size mode; 0 where the GPU does not have the mode, or the type no placement. */
  readonly maxMixed: number;
  /** False where a virtual machine may hold only one vGPU of the type. */
  readonly severalPerVm: boolean;
}

/** The vGPU types of one GPU. */
export class CardTypes {
  readonly gpu: VgpuGpu;
  /** Time-sliced ones by ascending size, then in the order of the table; legacy variants after the others of a size. */
  readonly all: readonly CardType[];
  readonly #byName = new Map<string, CardType>();
  /** By bare name (see below), with those of a twin board. */
  readonly #byBareName = new Map<string, CardType>();
  readonly #migBacked = new Set<string>();
  readonly #prefixes: readonly string[];

  constructor(gpu: VgpuGpu, visibleMib: number) {
    this.gpu = gpu;
    const rows = vgpuTypesOf(gpu.id);
    const sliced = rows.filter((row) => row.backing === 'time-sliced');
    const visible = Math.min(1, visibleMib / (gpu.memoryGib * 1024));
    const types: (CardType & { readonly isLegacy: boolean })[] = sliced.map((row) => {
      const reservedMib = Math.min(visibleMib, Math.floor(row.fbMib * visible));
      // Compute types state no guest memory; types of one size see the same on every GPU that states it.
      const guestMib =
        row.guestFbMib ?? sliced.find((r) => r.fbMib === row.fbMib && r.guestFbMib)?.guestFbMib;
      return {
        name: row.type,
        series: row.series,
        sizeMib: row.fbMib,
        reservedMib,
        guestMib: Math.min(reservedMib, guestMib ?? reservedMib),
        maxPerGpu: row.maxPerGpu,
        maxMixed: row.maxPerGpuMixedSize ?? 0,
        severalPerVm: row.multiVgpuPerVm !== false,
        isLegacy: row.note?.startsWith('legacy') ?? false,
      };
    });
    types.sort((a, b) => a.sizeMib - b.sizeMib || Number(a.isLegacy) - Number(b.isLegacy));
    this.all = types;
    for (const type of types) {
      this.#byName.set(type.name, type);
      this.#byBareName.set(bareName(type.name), type);
    }
    const twins = twinsOf(gpu);
    for (const row of twins.flatMap((twin) => vgpuTypesOf(twin.id))) {
      const own = types.find((type) => type.sizeMib === row.fbMib && type.series === row.series);
      if (row.backing === 'time-sliced' && own !== undefined) {
        this.#byBareName.set(bareName(row.type), own);
      }
    }
    this.#prefixes = [gpu, ...twins].map((each) => bareName(each.typeNamePrefix));
    for (const row of rows) if (row.backing !== 'time-sliced') this.#migBacked.add(bareName(row.type));
  }

  /** By its exact name. */
  typeOf(name: string): CardType | undefined {
    return this.#byName.get(name);
  }

  /**
   * By its name in any spelling, with or without the vendor's `GRID` or `NVIDIA` in front. On a GPU that is sold as
   * two boards (active and passive cooling) the names of the other board stand for the type of same size and series.
   */
  named(name: string): CardType | undefined {
    return this.#byBareName.get(bareName(name));
  }

  isMigBacked(name: string): boolean {
    return this.#migBacked.has(bareName(name));
  }

  hasSeries(series: VgpuSeries): boolean {
    return this.all.some((type) => type.series === series);
  }

  /** The series in a name that otherwise looks like a type of this GPU; undefined where it does not. */
  seriesNamed(name: string): VgpuSeries | undefined {
    const bare = bareName(name);
    const prefix = this.#prefixes.find((each) => bare.startsWith(each));
    const match = prefix === undefined ? null : /^-\d+([abcq])$/.exec(bare.slice(prefix.length));
    return match === null ? undefined : (match[1]?.toUpperCase() as VgpuSeries);
  }
}

/** Lower case, one hyphen between parts, no maker. Hyphens stay: `DC-1-2Q` and `DC-12Q` are two types. */
function bareName(name: string): string {
  const hyphened = name
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');
  return hyphened.replace(/^((grid|nvidia)-)+/, '');
}

/** Other boards with the same GPU. */
function twinsOf(gpu: VgpuGpu): readonly VgpuGpu[] {
  const ids = GPU_MODELS.find((model) => model.vgpuGpuIds.includes(gpu.id))?.vgpuGpuIds ?? [];
  return vgpuGpus().filter((other) => other.id !== gpu.id && ids.includes(other.id));
}

/**
 * The entry of the vGPU table that is the card; undefined where there is none. Of two boards with the same GPU it is
 * the one whose id the scenario names, else the one with more types: the passively cooled, which servers take.
 */
function entryOf({ model, catalogue }: CardSpec): VgpuGpu | undefined {
  const entries = catalogue === null ? entriesNamed(model) : vgpuGpusOfGpu(catalogue);
  const named = entries.find((entry) => compactName(entry.id) === compactName(model));
  if (named !== undefined) return named;
  const counts = entries.map((entry) => vgpuTypesOf(entry.id).length);
  return entries[counts.indexOf(Math.max(...counts))];
}

function entriesNamed(name: string): readonly VgpuGpu[] {
  try {
    return vgpuGpusByName(name);
  } catch (error) {
    if (error instanceof CatalogueNameError) return [];
    throw error;
  }
}

/** Made once for each GPU and memory: they are constants, and a fleet has many cards of few models. */
const made = new Map<string, CardTypes>();

/** The vGPU types of a card; undefined for a GPU without vGPUs. */
export function cardTypes(card: CardSpec): CardTypes | undefined {
  const gpu = entryOf(card);
  if (gpu === undefined) return undefined;
  const key = `${gpu.id} ${card.memoryMib}`;
  let types = made.get(key);
  if (types === undefined) {
    types = new CardTypes(gpu, card.memoryMib);
    made.set(key, types);
  }
  return types;
}
