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
export const NO_MODE = 'fraction';

/**
 * The parts of a fleet, each with a row of its own: the fleet, its pools, host groups, GPU models, sharing modes and, on
 * request, hosts. Parts of the same hosts and GPUs share a row where no GPU will change its mode, so that a fleet of one
 * kind costs no more than one row.
 */
export class Places {
  /** By kind: rows by name, in order of first host. */
  readonly rows: ReadonlyMap<PlaceKind, ReadonlyMap<string, number>>;
  rowCount = 0;
  readonly #fleet: FleetView;
  readonly #places: HostPlaces;
  readonly #hostOf: Int32Array;
  readonly #isMovable: boolean;
  /** Rows of each combination of places. */
  readonly #known = new Map<string, readonly number[]>();
  readonly #rowsOfHost: (readonly number[])[] = [];
  readonly #shared: ReadonlyMap<string, number>;

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
    const names = new Map(PLACE_KINDS.map((kind) => [kind, new Map<string, number>()]));
    this.rows = names;
    this.#shared = changesModes ? new Map() : this.#membersOf();
    const rowsOfMembers = new Map<number, number>();
    const add = (kind: PlaceKind, name: string) => {
      const of = names.get(kind) as Map<string, number>;
      if (of.has(name)) return;
      const members = this.#shared.get(`${kind}/${name}`);
      const known = members === undefined ? undefined : rowsOfMembers.get(members);
      const row = known ?? this.rowCount++;
      if (members !== undefined) rowsOfMembers.set(members, row);
      of.set(name, row);
    };
    add('fleet', '');
    for (const pool of places.pools) add('pool', pool);
    for (const group of places.hostGroups) add('hostGroup', group);
    for (const model of fleet.modelNames) add('gpuModel', model);
    for (let g = 0; g < fleet.gpuCount; g++) add('mode', this.modeOf(g));
    if (perHost) for (const host of fleet.hostNames) add('host', host);
    for (let h = 0; h < fleet.hostCount; h++) this.#rowsOfHost.push(this.#rowsFor(h, undefined, undefined));
  }

  /** Rows that may still be made: a GPU can come to any mode. */
  get spareRows(): number {
    return this.#isMovable ? 32 : 0;
  }

  modeOf(gpu: number): string {
    return this.#fleet.sharing[gpu]?.mode.name ?? NO_MODE;
  }

  /** Rows of what belongs to a host as a whole. */
  rowsOfHost(host: number): readonly number[] {
    return this.#rowsOfHost[host] as readonly number[];
  }

  /** Rows of a GPU as it is shared now: one list for all GPUs that are in the same parts. */
  rowsOfGpu(gpu: number): readonly number[] {
    const model = this.#fleet.modelNames[this.#fleet.gpuModel[gpu] as number] as string;
    return this.#rowsFor(this.#hostOf[gpu] as number, model, this.modeOf(gpu));
  }

  rowOf(kind: PlaceKind, name: string): number | undefined {
    return this.rows.get(kind)?.get(name);
  }

  #rowsFor(host: number, model: string | undefined, mode: string | undefined): readonly number[] {
    const { pools, poolOf, hostGroups, hostGroupOf } = this.#places;
    const pool = pools[poolOf[host] as number] as string;
    const group = hostGroups[hostGroupOf[host] as number];
    const name = this.#fleet.hostNames[host] as string;
    const ownRow = this.rowOf('host', name);
    const key = JSON.stringify([pool, group, model, mode, ownRow]);
    let rows = this.#known.get(key);
    if (rows === undefined) {
      if (mode !== undefined && this.rowOf('mode', mode) === undefined) {
        (this.rows.get('mode') as Map<string, number>).set(mode, this.rowCount++);
      }
      const all = [
        this.rowOf('fleet', ''),
        this.rowOf('pool', pool),
        group === undefined ? undefined : this.rowOf('hostGroup', group),
        model === undefined ? undefined : this.rowOf('gpuModel', model),
        mode === undefined ? undefined : this.rowOf('mode', mode),
        ownRow,
      ];
      rows = [...new Set(all.filter((row) => row !== undefined))];
      this.#known.set(key, rows);
    }
    return rows;
  }

  /** By part, the number of its set of members: equal for parts of the same hosts and GPUs. */
  #membersOf(): ReadonlyMap<string, number> {
    const fleet = this.#fleet;
    const { pools, poolOf, hostGroups, hostGroupOf } = this.#places;
    // Members are compared by two independent sums of scrambled numbers and their count.
    const sums = new Map<string, [number, number, number]>();
    const add = (part: string, member: number) => {
      const sum = sums.get(part) ?? [0, 0, 0];
      sum[0] += 1;
      sum[1] = (sum[1] + Math.imul(member + 1, 2654435761)) | 0;
      sum[2] = (sum[2] + Math.imul((member + 1) ^ ((member + 1) >>> 15), 2246822519)) | 0;
      sums.set(part, sum);
    };
    for (let h = 0; h < fleet.hostCount; h++) {
      const hostParts = ['fleet/', `pool/${pools[poolOf[h] as number]}`, `host/${fleet.hostNames[h]}`];
      const group = hostGroups[hostGroupOf[h] as number];
      if (group !== undefined) hostParts.push(`hostGroup/${group}`);
      // A host without GPU is a member, too.
      for (const part of hostParts) add(part, fleet.gpuCount + h);
      const seen = new Set<string>();
      for (let g = fleet.gpuStart[h] as number; g < (fleet.gpuStart[h + 1] as number); g++) {
        const own = [`gpuModel/${fleet.modelNames[fleet.gpuModel[g] as number]}`, `mode/${this.modeOf(g)}`];
        for (const part of [...hostParts, ...own]) add(part, g);
        for (const part of own) seen.add(part);
      }
      // Hosts whose GPUs are all of one kind belong to that kind as a whole.
      const perKind = (kind: string) => [...seen].filter((part) => part.startsWith(kind));
      for (const kind of ['gpuModel/', 'mode/']) {
        const only = perKind(kind);
        if (only.length === 1) add(only[0] as string, fleet.gpuCount + h);
      }
    }
    const numbers = new Map<string, number>();
    return new Map(
      [...sums].map(([part, sum]) => {
        const key = sum.join(',');
        if (!numbers.has(key)) numbers.set(key, numbers.size);
        return [part, numbers.get(key) as number];
      }),
    );
  }
}
