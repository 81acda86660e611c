import { NO_CLAIM } from '../../sim/cluster/claim.ts';
import { Fleet } from '../../sim/cluster/fleet.ts';
import { ShapeTable, type TaskShape } from '../../sim/cluster/request.ts';
import { LiveJob } from '../../sim/engine/live-job.ts';
import { type Field, fieldsOf } from '../../sim/engine/repartition/field.ts';
import type { Micros } from '../../sim/kernel/time.ts';
import { cardSpecOf } from '../../sim/scenario/resolve/card-spec.ts';
import {
  type GpuAsk,
  isRefusal,
  ParameterValues,
  SHARING_PARAMETERS,
  type SlotRequest,
  sharingMode,
} from '../../sim/sharing/index.ts';

const MODEL = 'A30';
const ANY: SlotRequest = { kind: 'part', computeMilli: 0, memoryMib: 1 };

/** Speeds by profile; null: does not run there. */
export type Speeds = Readonly<Record<string, number | null>>;

interface Asked {
  readonly speeds: Speeds;
  readonly slot?: SlotRequest;
  readonly gpus?: number;
  readonly cpuMilli?: number;
}

/** A30 cards with MIG layouts, each on a host of its own unless `hosts` says how many there are on each. */
export class Seats {
  readonly fleet: Fleet;
  readonly field: Field;
  readonly live: LiveJob[] = [];
  readonly #shapes: ShapeTable;

  /** @param plain hosts with one whole card each, at the end of the same pool */
  constructor(layouts: readonly (readonly string[])[], hosts = layouts.map(() => 1), plain = 0) {
    const values = new ParameterValues(SHARING_PARAMETERS, { 'mig.neighbour-slowdown': 0 });
    const spec = cardSpecOf(
      { uplinkBytesPerSec: null },
      { model: MODEL, count: 1, pcieLanes: null, pcieGen: null, nvlink: null, memoryMib: null },
    );
    let card = 0;
    this.fleet = new Fleet([
      ...hosts.map((count, h) => ({
        name: `h${h}`,
        cpuMilli: 8000,
        memoryMib: 2 ** 20,
        gpus: Array.from({ length: count }, () => {
          const config = { mode: 'mig', layout: layouts[card++] ?? [], computeInstances: false } as const;
          return { model: MODEL, count: 1, sharing: { mode: sharingMode('mig'), config, spec, values } };
        }),
      })),
      ...Array.from({ length: plain }, (_, h) => ({
        name: `p${h}`,
        cpuMilli: 8000,
        memoryMib: 2 ** 20,
        gpus: [
          {
            model: MODEL,
            count: 1,
            sharing: {
              mode: sharingMode('bare-metal'),
              config: { mode: 'bare-metal' } as const,
              spec,
              values,
            },
          },
        ],
      })),
    ]);
    this.#shapes = new ShapeTable(this.fleet.modelNames);
    const [field] = fieldsOf(
      this.fleet,
      hosts.map((_, h) => h),
      () => 0,
    );
    this.field = field as Field;
  }

  get gpus(): readonly number[] {
    return this.field.gpus;
  }

  /** A job that waits; it takes any instance on which it has a speed, unless it says more. */
  waiting(asked: Asked, workUs = 100e6, restoreUs: number | null = null): LiveJob {
    const ask = askOf(asked);
    const shape = this.#shapes.intern({
      cpuMilli: asked.cpuMilli ?? 0,
      memoryMib: 0,
      gpuCount: asked.gpus ?? 1,
      gpuMilli: 100,
      models: [],
      ask,
    });
    const number = this.live.length;
    const checkpoint =
      restoreUs === null ? null : { intervalUs: Number.POSITIVE_INFINITY, saveUs: 0, restoreUs };
    const each = new LiveJob(
      number,
      {
        number,
        name: `j${number}`,
        shape,
        shapes: [shape],
        demand: shape.id,
        claim: { ...NO_CLAIM, checkpoint },
        arrivalUs: 0 as Micros,
        durationUs: workUs,
        estimateUs: workUs,
        kind: 'batch',
      },
      { use: ask.use, reference: null, speedByModel: {}, communication: 0, lifecycle: null },
      undefined,
      0,
    );
    this.live.push(each);
    return each;
  }

  /** The same, running on an instance of a GPU; undefined where that is not free or does not do. */
  running(asked: Asked, gpu: number, profile: string, workUs = 100e6, restoreUs: number | null = null) {
    const card = this.fleet.cards[gpu];
    const slot = card?.admit({ ...askOf(asked), slot: { kind: 'profile', profile } });
    if (card === undefined || slot === undefined || isRefusal(slot)) return undefined;
    const each = this.waiting(asked, workUs, restoreUs);
    const host = this.hostOf(gpu);
    const { shape } = each.job;
    const part = { shape, host, gpus: [gpu - (this.fleet.gpuStart[host] as number)], grant: [slot] };
    this.fleet.placeAs(shape, host, part.gpus, part.grant);
    each.parts = [part];
    each.phase = 'running';
    each.speed = asked.speeds[profile] as number;
    return each;
  }

  hostOf(gpu: number): number {
    return [...this.fleet.gpuStart].findLastIndex((start) => start <= gpu && start < this.fleet.gpuCount);
  }

  /** Free instances: GPU number and profile name. */
  free(): { readonly gpu: number; readonly profile: string }[] {
    return this.gpus.flatMap((gpu) => {
      const layout = this.fleet.cards[gpu]?.layout;
      if (layout === undefined) return [];
      const { geometry, standing, used } = layout;
      return geometry.placements.flatMap(({ index, profile }) =>
        (((standing ?? 0) & ~used) >> index) & 1 ? [{ gpu, profile: profile.name }] : [],
      );
    });
  }
}

const asks = new Map<string, GpuAsk>();

function askOf({ speeds, slot = ANY }: Asked): GpuAsk {
  const key = JSON.stringify([speeds, slot]);
  let ask = asks.get(key);
  if (ask === undefined) {
    ask = {
      slot,
      count: 1,
      use: {
        workload: 'training',
        busy: 1,
        compute: 1,
        bandwidth: 0,
        memoryMib: 0,
        linkBytesPerSec: 0,
        processes: 1,
        syncCallsPerSec: 0,
        speedByProfile: { '1g.6gb+me': null, '2g.12gb+me': null, ...speeds },
      },
    };
    asks.set(key, ask);
  }
  return ask;
}

export function speedsOn({ job }: { readonly job: { readonly shape: TaskShape } }): Speeds {
  return job.shape.ask?.use.speedByProfile ?? {};
}
