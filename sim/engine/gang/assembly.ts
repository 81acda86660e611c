import type { Job } from '../../cluster/changes.ts';
import type { Fleet } from '../../cluster/fleet.ts';
import type { Layout } from '../../cluster/layout.ts';
import type { Part } from '../../cluster/part.ts';
import type { TaskShape } from '../../cluster/request.ts';
import type { Placer } from '../../policies/placement/placer.ts';
import { takeOff } from '../parts.ts';
import { mostPerHost, type Scope } from './scopes.ts';
import { gpuRooms, workersOn } from './worker-room.ts';

/** Workers of one job that are being put on hosts one by one, and what the rules of its layout leave to the others. */
export class Assembly {
  readonly fleet: Fleet;
  readonly placer: Placer;
  readonly job: Job;
  readonly layout: Layout;
  /** Whether classes that keep apart from each other count. */
  readonly #heedsNeighbours: boolean;
  /** By worker. */
  readonly #parts: (Part | undefined)[];
  /** By host: own workers. */
  readonly #own = new Map<number, number>();
  /** Racks with an own worker, where each has another. */
  readonly #racks = new Set<number>();

  constructor(fleet: Fleet, placer: Placer, job: Job, layout: Layout, heedsNeighbours: boolean) {
    this.fleet = fleet;
    this.placer = placer;
    this.job = job;
    this.layout = layout;
    this.#heedsNeighbours = heedsNeighbours;
    this.#parts = job.shapes.map(() => undefined);
  }

  /** How many more workers the rules let a host have, whatever room there is. */
  allowance(host: number): number {
    const { layout, job } = this;
    const own = this.#own.get(host) ?? 0;
    if (layout.spread === 'racks' && this.#racks.has(this.fleet.topology.rackOf[host] as number)) return 0;
    let most = mostPerHost(layout) - own;
    const { kin } = job;
    if (kin === undefined) return most;
    const { neighbours } = this.fleet;
    if (this.#heedsNeighbours && !neighbours.getAlong(kin, host, own)) return 0;
    if (layout.maxOfClassPerHost !== Number.POSITIVE_INFINITY) {
      most = Math.min(most, layout.maxOfClassPerHost - neighbours.countOf(kin.label, host));
    }
    return Math.max(0, most);
  }

  /** How many equal workers a host can have now, at most `most`. */
  roomOn(host: number, shape: TaskShape, island: number, most: number): number {
    return workersOn(this.fleet, host, shape, Math.min(most, this.allowance(host)), island, 'now');
  }

  /** Puts a worker on a host; the GPUs are free. */
  put(worker: number, host: number, gpus: readonly number[]): void {
    const { fleet, job } = this;
    const shape = job.shapes[worker] as TaskShape;
    const { kin } = job;
    this.#parts[worker] = { shape, host, gpus, grant: fleet.place(shape, host, gpus), kin };
    if (kin !== undefined) fleet.neighbours.join(kin, host);
    this.#own.set(host, (this.#own.get(host) ?? 0) + 1);
    if (this.layout.spread === 'racks') this.#racks.add(fleet.topology.rackOf[host] as number);
  }

  /** Takes a worker off again. */
  takeAway(worker: number): void {
    const part = this.#parts[worker] as Part;
    takeOff(this.fleet, [part]);
    this.#parts[worker] = undefined;
    this.#own.set(part.host, (this.#own.get(part.host) as number) - 1);
    this.#racks.delete(this.fleet.topology.rackOf[part.host] as number);
  }

  takeAllAway(): void {
    for (let worker = this.#parts.length - 1; worker >= 0; worker--) {
      if (this.#parts[worker] !== undefined) this.takeAway(worker);
    }
  }

  /** What the workers have; all of them have been put somewhere. */
  get parts(): readonly Part[] {
    return this.#parts as readonly Part[];
  }

  /** Puts the workers where the policy wants them, each beside those before it; false, and none, where one finds no room. */
  putByPolicy({ hosts, island }: Scope): boolean {
    const inScope = new Set(hosts);
    for (let worker = 0; worker < this.job.shapes.length; worker++) {
      const shape = this.job.shapes[worker] as TaskShape;
      const decision = this.placer.decide(
        shape,
        (host) =>
          inScope.has(host) &&
          this.allowance(host) > 0 &&
          (island < 0 || workersOn(this.fleet, host, shape, 1, island, 'now') > 0),
      );
      if (decision === undefined) {
        this.takeAllAway();
        return false;
      }
      const { host, gpus } = decision;
      this.put(worker, host, island < 0 ? gpus : this.#fullestOf(host, shape, island));
    }
    return true;
  }

  /**
   * Puts equal workers on as few hosts as the policy's order of hosts allows, on each the most that it can have: this
   * finds room wherever there is some. False, and none, where there is none.
   */
  putExactly({ hosts, island }: Scope): boolean {
    const { shapes } = this.job;
    const shape = shapes[0] as TaskShape;
    const left = new Set(hosts);
    let worker = 0;
    while (worker < shapes.length) {
      const decision = this.placer.decide(
        shape,
        (host) => left.has(host) && this.roomOn(host, shape, island, 1) > 0,
      );
      if (decision === undefined) break;
      const { host } = decision;
      left.delete(host);
      const count = this.roomOn(host, shape, island, shapes.length - worker);
      for (let n = count; n > 0; n--) {
        this.put(worker, host, roomiest(gpuRooms(this.fleet, host, shape, n, island, 'now'), shape));
        worker += 1;
      }
    }
    if (worker === shapes.length) return true;
    this.takeAllAway();
    return false;
  }

  /** The GPUs of an island with the least left that have room, the first of equals. */
  #fullestOf(host: number, shape: TaskShape, island: number): readonly number[] {
    const start = this.fleet.gpuStart[host] as number;
    const rooms = gpuRooms(this.fleet, host, shape, 1, island, 'now');
    const able = [...rooms.keys()].filter((i) => (rooms[i] as number) > 0);
    const left = (i: number) => this.fleet.gpuFreeMilli[start + i] as number;
    able.sort((a, b) => left(a) - left(b) || a - b);
    return able.slice(0, shape.gpuCount).sort((a, b) => a - b);
  }
}

/** The GPUs with room for the most workers, the first of equals: then the others get theirs, too. */
function roomiest(rooms: readonly number[], { gpuCount }: TaskShape): readonly number[] {
  const order = [...rooms.keys()].sort((a, b) => (rooms[b] as number) - (rooms[a] as number) || a - b);
  return order.slice(0, gpuCount).sort((a, b) => a - b);
}
