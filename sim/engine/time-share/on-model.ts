import type { Job } from '../../cluster/changes.ts';
import type { FleetView } from '../../cluster/fleet.ts';
import type { Part } from '../../cluster/part.ts';
import type { ShapeTable, TaskShape } from '../../cluster/request.ts';

/** Jobs as they are asked for when all their workers are to be on one GPU model. */
export class OnModel {
  readonly #shapes: ShapeTable;
  readonly #fleet: FleetView;
  /** By shape, then by model. */
  readonly #known = new Map<TaskShape, TaskShape[]>();

  constructor(shapes: ShapeTable, fleet: FleetView) {
    this.#shapes = shapes;
    this.#fleet = fleet;
  }

  of(job: Job, model: number): Job {
    const shapes = job.shapes.map((shape) => this.#shapeOn(shape, model));
    return { ...job, shape: shapes[0] as TaskShape, shapes };
  }

  #shapeOn(shape: TaskShape, model: number): TaskShape {
    let known = this.#known.get(shape);
    if (known === undefined) {
      known = [];
      this.#known.set(shape, known);
    }
    known[model] ??=
      shape.gpuCount === 0
        ? shape
        : this.#shapes.intern({ ...shape, models: [this.#fleet.modelNames[model] as string] });
    return known[model];
  }
}

/** The GPU model that these parts are on; -1 where they have no GPU. */
export function modelOf(fleet: FleetView, parts: readonly Part[]): number {
  for (const { host, gpus } of parts) {
    const gpu = gpus[0];
    if (gpu !== undefined) return fleet.gpuModel[(fleet.gpuStart[host] as number) + gpu] as number;
  }
  return -1;
}
