/** What a host says of its place in the network. */
export interface HostPlace {
  /** Name of its rack; absent: it stands in none that is known, and counts as a rack of its own. */
  readonly rack?: string | undefined;
  /** Name of the NVLink island that all its GPUs belong to, for islands of several hosts; absent: islands are its own. */
  readonly island?: string | undefined;
  /** GPUs of each NVLink island of the host, in the order of their indices; absent: one island. */
  readonly gpusPerIsland?: number | undefined;
  /** Bytes a second that it can exchange with other hosts, in each direction; absent: not known. */
  readonly nicBytesPerSec?: number | undefined;
  /** How many times what the NICs of its rack can send is of what the rack's uplink carries; absent: 1. */
  readonly oversubscription?: number | undefined;
}

/** What of a host matters here. */
interface PlacedHost {
  readonly name: string;
  readonly gpus: readonly { readonly count: number; readonly hasFabric?: boolean | undefined }[];
  readonly numaDomains?: number | undefined;
  readonly place?: HostPlace | undefined;
}

/**
 * Where hosts and GPUs are: racks, NVLink islands and NUMA domains, as numbers. It never changes.
 *
 * What it leaves out: more levels of the network than one rack switch and what joins the racks.
 */
export class Topology {
  /** By host. */
  readonly rackOf: Int32Array;
  readonly rackCount: number;
  /** By rack; a host without a rack has one under its own name. */
  readonly rackNames: readonly string[];
  /** By GPU number of the fleet; -1 without NVLink. Whether that works now says `Fleet.gpuHasFabric`. */
  readonly islandOf: Int32Array;
  readonly islandCount: number;
  /** By GPU number: NUMA domain within its host. The host's GPUs are split evenly, in the order of their indices. */
  readonly domainOf: Int32Array;
  /** By host: 1 where it matters which of its GPUs a job has, as it states several islands or NUMA domains. */
  readonly isDivided: Uint8Array;
  /** Whether some host states its rack. */
  readonly hasRacks: boolean;

  /** @param gpuStart by host: number of its first GPU; one entry more than hosts */
  constructor(hosts: readonly PlacedHost[], gpuStart: Int32Array) {
    const gpuCount = gpuStart[hosts.length] as number;
    const racks = new Map<string, number>();
    const islands = new Map<string, number>();
    const rackNames: string[] = [];
    this.rackOf = new Int32Array(hosts.length);
    this.islandOf = new Int32Array(gpuCount);
    this.domainOf = new Int32Array(gpuCount);
    this.isDivided = new Uint8Array(hosts.length);
    let islandCount = 0;
    let hasRacks = false;
    for (const [h, { name, place, numaDomains, gpus }] of hosts.entries()) {
      // Two tables in one: a host without a rack must not share the number of a rack that has its name.
      const key = place?.rack === undefined ? `host ${name}` : `rack ${place.rack}`;
      if (place?.rack !== undefined) hasRacks = true;
      let rack = racks.get(key);
      if (rack === undefined) {
        rack = rackNames.length;
        racks.set(key, rack);
        rackNames.push(place?.rack ?? name);
      }
      this.rackOf[h] = rack;

      const start = gpuStart[h] as number;
      const count = (gpuStart[h + 1] as number) - start;
      if (place?.island === undefined) {
        const size = place?.gpusPerIsland ?? Math.max(1, count);
        for (let i = 0; i < count; i++) this.islandOf[start + i] = islandCount + Math.floor(i / size);
        islandCount += Math.ceil(count / size);
      } else {
        const known = islands.get(place.island);
        const island = known ?? islandCount++;
        islands.set(place.island, island);
        this.islandOf.fill(island, start, start + count);
      }
      let unjoined = start;
      for (const { count: ofModel, hasFabric } of gpus) {
        if (hasFabric !== true) this.islandOf.fill(-1, unjoined, unjoined + ofModel);
        unjoined += ofModel;
      }
      const domains = numaDomains ?? 1;
      for (let i = 0; i < count; i++) this.domainOf[start + i] = Math.floor((i * domains) / count);
      const hasIslands = (place?.gpusPerIsland ?? count) < count;
      this.isDivided[h] = domains > 1 || hasIslands ? 1 : 0;
    }
    this.rackNames = rackNames;
    this.rackCount = rackNames.length;
    this.islandCount = islandCount;
    this.hasRacks = hasRacks;
  }
}
