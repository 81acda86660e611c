import type { FleetView } from '../../cluster/fleet.ts';

/** Ways to divide a fleet by where something is. */
export const PLACE_KINDS = ['fleet', 'pool', 'hostGroup', 'gpuModel', 'mode', 'host'] as const;
export type PlaceKind = (typeof PLACE_KINDS)[number];

/** Which part of the fleet each host is in. */
export interface HostPlaces {
  /** Names of pools, and by host the number of its own. */
  readonly pools: readonly string[];
  readonly poolOf: Int32Array;
  /** The same for host groups; -1: of none. Empty where the fleet was not stated in groups. */
  readonly hostGroups: readonly string[];
  readonly hostGroupOf: Int32Array;
}

/** Name of the mode of GPUs that no mode shares. */
const NO_MODE = 'fraction';

/** Hosts, or GPUs of hosts, that are in the same parts of the fleet. */
interface Cell {
  readonly pool: number;
  readonly group: number;
  /** Of GPUs. */
  readonly model?: number;
  readonly mode?: string;
}

/**
 * The parts of a fleet, each with a row of its own: the fleet, its pools, host groups, GPU models, sharing modes and, on
 * request, hosts. Parts of the same hosts and GPUs share a row where no GPU will change its mode, so that a fleet of one
 * kind costs no more than one row.
 */
export class Places {
  /** By kind: rows by name, in order of the fleet. */
  readonly rows: ReadonlyMap<PlaceKind, ReadonlyMap<string, number>>;
  rowCount = 0;
  readonly #fleet: FleetView;
  readonly #places: HostPlaces;
  readonly #hostOf: Int32Array;
  readonly #isMovable: boolean;
  readonly #modes: string[] = [];
  readonly #cellOf = new Map<number, number>();
  readonly #cells: Cell[] = [];
  /** By cell, without hosts as parts; lists of the same rows are one list. */
  readonly #rowsOfCell: (readonly number[])[] = [];
  readonly #lists = new Map<string, readonly number[]>();

  /**
   * @param perHost whether each host is a part
   * @param changesModes whether GPUs may get another mode in the course of the run
   */
  constructor(fleet: FleetView, places: HostPlaces, perHost: boolean, changesModes: boolean) {
    this.#fleet = fleet;
    this.#places = places;
    this.#isMovable = changesModes;
    this.#hostOf = new Int32Array(fleet.gpuCount);
    for (let h = 0; h < fleet.hostCount; h++) {
      this.#hostOf.fill(h, fleet.gpuStart[h], fleet.gpuStart[h + 1]);
    }
    for (let h = 0; h < fleet.hostCount; h++) this.#cellOfHost(h);
    for (let g = 0; g < fleet.gpuCount; g++) this.#cellOfGpu(g);
    const names = new Map(PLACE_KINDS.map((kind) => [kind, new Map<string, number>()]));
    this.rows = names;
    const rowOfMembers = new Map<string, number>();
    const members = changesModes ? undefined : this.#membersOf();
    const add = (kind: PlaceKind, name: string) => {
      const key = members?.(kind, name);
      const row = (key === undefined ? undefined : rowOfMembers.get(key)) ?? this.rowCount++;
      if (key !== undefined) rowOfMembers.set(key, row);
      names.get(kind)?.set(name, row);
    };
    add('fleet', '');
    for (const pool of places.pools) add('pool', pool);
    for (const group of places.hostGroups) add('hostGroup', group);
    for (const model of fleet.modelNames) add('gpuModel', model);
    for (const mode of this.#modes) add('mode', mode);
    if (perHost) for (const host of fleet.hostNames) names.get('host')?.set(host, this.rowCount++);
  }

  /** Rows that may still be made: a GPU can come to any mode. */
  get spareRows(): number {
    return this.#isMovable ? 32 : 0;
  }

  modeOf(gpu: number): string {
    return this.#fleet.sharing[gpu]?.mode.name ?? NO_MODE;
  }

  /** Rows of what belongs to a host as a whole. Equal lists are the same list. */
  rowsOfHost(host: number): readonly number[] {
    return this.#withHost(this.#rowsOf(this.#cellOfHost(host)), host);
  }

  /** Rows of a GPU as it is shared now. Equal lists are the same list. */
  rowsOfGpu(gpu: number): readonly number[] {
    return this.#withHost(this.#rowsOf(this.#cellOfGpu(gpu)), this.#hostOf[gpu] as number);
  }

  rowOf(kind: PlaceKind, name: string): number | undefined {
    return this.rows.get(kind)?.get(name);
  }

  #cellOfHost(host: number): number {
    return this.#cell(host, -1, -1);
  }

  #cellOfGpu(gpu: number): number {
    const name = this.modeOf(gpu);
    let mode = this.#modes.indexOf(name);
    if (mode < 0) mode = this.#modes.push(name) - 1;
    return this.#cell(this.#hostOf[gpu] as number, this.#fleet.gpuModel[gpu] as number, mode);
  }

  #cell(host: number, model: number, mode: number): number {
    const { poolOf, hostGroups, hostGroupOf } = this.#places;
    const [pool, group] = [poolOf[host] as number, hostGroupOf[host] as number];
    const groups = hostGroups.length + 1;
    const models = this.#fleet.modelNames.length + 1;
    const key = ((pool * groups + group + 1) * models + model + 1) * 64 + mode + 1;
    let cell = this.#cellOf.get(key);
    if (cell === undefined) {
      const ofGpu = model < 0 ? {} : { model, mode: this.#modes[mode] as string };
      cell = this.#cells.push({ pool, group, ...ofGpu }) - 1;
      this.#cellOf.set(key, cell);
    }
    return cell;
  }

  #rowsOf(number: number): readonly number[] {
    let rows = this.#rowsOfCell[number];
    if (rows === undefined) {
      const { pool, group, model, mode } = this.#cells[number] as Cell;
      const { pools, hostGroups } = this.#places;
      if (mode !== undefined && this.rowOf('mode', mode) === undefined) {
        (this.rows.get('mode') as Map<string, number>).set(mode, this.rowCount++);
      }
      const all = [
        this.rowOf('fleet', ''),
        this.rowOf('pool', pools[pool] as string),
        group < 0 ? undefined : this.rowOf('hostGroup', hostGroups[group] as string),
        model === undefined ? undefined : this.rowOf('gpuModel', this.#fleet.modelNames[model] as string),
        mode === undefined ? undefined : this.rowOf('mode', mode),
      ];
      rows = this.#list([...new Set(all.filter((row) => row !== undefined))]);
      this.#rowsOfCell[number] = rows;
    }
    return rows;
  }

  #withHost(rows: readonly number[], host: number): readonly number[] {
    const ofHosts = this.rows.get('host');
    if (ofHosts === undefined || ofHosts.size === 0) return rows;
    return this.#list([...rows, ofHosts.get(this.#fleet.hostNames[host] as string) as number]);
  }

  #list(rows: number[]): readonly number[] {
    const key = rows.join();
    const known = this.#lists.get(key);
    if (known !== undefined) return known;
    this.#lists.set(key, rows);
    return rows;
  }

  /** By part, the cells that it is made of, as a key: equal for parts of the same hosts and GPUs. */
  #membersOf(): (kind: PlaceKind, name: string) => string {
    const { pools, hostGroups } = this.#places;
    const { modelNames } = this.#fleet;
    // A host belongs to a GPU model or a mode if all GPUs of hosts like it do.
    const onlyOf = (host: Cell, pick: (cell: Cell) => string | undefined) => {
      const found = new Set<string | undefined>();
      for (const cell of this.#cells) {
        if (cell.model !== undefined && cell.pool === host.pool && cell.group === host.group)
          found.add(pick(cell));
      }
      return found.size === 1 ? [...found][0] : undefined;
    };
    const byKind: Readonly<Record<PlaceKind, (cell: Cell) => string | undefined>> = {
      fleet: () => '',
      pool: ({ pool }) => pools[pool],
      hostGroup: ({ group }) => hostGroups[group],
      gpuModel: ({ model }) => (model === undefined ? undefined : modelNames[model]),
      mode: ({ mode }) => mode,
      host: () => undefined,
    };
    return (kind, name) => {
      const pick = byKind[kind];
      const isOfGpus = kind === 'gpuModel' || kind === 'mode';
      return this.#cells
        .flatMap((cell, number) => {
          const own = isOfGpus && cell.model === undefined ? onlyOf(cell, pick) : pick(cell);
          return own === name ? [number] : [];
        })
        .join();
    };
  }
}
