import type { HeldPart, Occupant, ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import type { Selection } from '../../state/app-state.ts';
import type { FleetFacts } from './facts.ts';
import type { Look } from './look.ts';
import type { Camera } from './painter.ts';
import type { Plane } from './plane.ts';

/** A job in the system by its number; undefined where it is not. */
export function jobByNumber(state: ReplayState, number: number): ReplayJob | undefined {
  const { jobs } = state;
  for (let slot = 0; slot < jobs.length; slot++) if (jobs[slot]?.number === number) return jobs[slot];
  return undefined;
}

/** Draws what lies over the map: what is selected and pointed at, and where jobs move to. */
export class Overlay {
  readonly #facts: FleetFacts;
  readonly #plane: Plane;
  #ctx!: CanvasRenderingContext2D;
  #camera: Camera = { x: 0, y: 0, k: 1 };
  #look!: Look;

  constructor(facts: FleetFacts, plane: Plane) {
    this.#facts = facts;
    this.#plane = plane;
  }

  paint(
    ctx: CanvasRenderingContext2D,
    state: ReplayState,
    camera: Camera,
    look: Look,
    ratio: number,
    selection: Selection,
    hovered: number,
    movers: ReadonlySet<ReplayJob>,
  ): void {
    this.#ctx = ctx;
    this.#camera = camera;
    this.#look = look;
    ctx.clearRect(0, 0, ctx.canvas.width, ctx.canvas.height);
    for (const job of movers) this.#move(state, job, ratio);
    if (hovered >= 0) this.#around(hovered, look.soft, 1.5 * ratio, false);
    if (selection.kind === 'gpu' && selection.gpu < this.#facts.gpuCount)
      this.#around(selection.gpu, look.accent, 3 * ratio, false);
    if (selection.kind === 'host' && selection.host < this.#facts.hostCount)
      this.#aroundHost(selection.host, 3 * ratio);
    if (selection.kind !== 'job') return;
    const job = jobByNumber(state, selection.number);
    if (job === undefined) return;
    this.#places(state, job.parts, job, ratio);
    if (job.to !== undefined) this.#places(state, job.to, job, ratio);
  }

  /** Frames the GPUs of a job, and by dashes the other GPUs of those that share them with it. */
  #places(state: ReplayState, parts: readonly HeldPart[], job: ReplayJob, ratio: number): void {
    for (const { host, gpus } of parts) {
      for (const index of gpus) {
        const gpu = (this.#facts.gpuStart[host] as number) + index;
        for (const other of state.occupants[gpu] as readonly Occupant[]) {
          if (other.job === job) continue;
          for (const part of other.job.parts)
            for (const each of part.gpus) {
              const theirs = (this.#facts.gpuStart[part.host] as number) + each;
              if (theirs !== gpu) this.#around(theirs, this.#look.accent, 1.5 * ratio, true);
            }
        }
        this.#around(gpu, this.#look.accent, 4 * ratio, false);
      }
      if (gpus.length === 0) this.#aroundHost(host, 4 * ratio);
    }
  }

  /** Lines from where a job is to where it goes, with an arrow head. */
  #move(state: ReplayState, job: ReplayJob, ratio: number): void {
    const to = job.to ?? [];
    for (const [i, part] of job.parts.entries()) {
      const next = to[i] ?? to[0];
      if (next !== undefined) this.#arrow(this.#centre(state, part), this.#centre(state, next), ratio);
    }
  }

  #centre(state: ReplayState, { host, gpus }: HeldPart): readonly [x: number, y: number] {
    const { x, y, k } = this.#camera;
    const index = gpus[0];
    if (index === undefined)
      return [
        x + ((this.#plane.hostX[host] as number) + 0.5) * k,
        y + ((this.#plane.hostY[host] as number) + 0.5) * k,
      ];
    const gpu = (state.gpuStart[host] as number) + index;
    return [
      x + ((this.#plane.gpuX[gpu] as number) + 0.5) * k,
      y + ((this.#plane.gpuY[gpu] as number) + 0.5) * k,
    ];
  }

  #arrow(from: readonly [number, number], to: readonly [number, number], ratio: number): void {
    const ctx = this.#ctx;
    const [dx, dy] = [to[0] - from[0], to[1] - from[1]];
    const length = Math.hypot(dx, dy);
    const head = 8 * ratio;
    ctx.setLineDash(NO_DASH);
    for (const pass of [0, 1]) {
      ctx.lineWidth = (pass === 0 ? 5 : 2) * ratio;
      ctx.strokeStyle = pass === 0 ? this.#look.paper : this.#look.ink;
      ctx.beginPath();
      if (length < 2) ctx.arc(from[0], from[1], head, 0, 2 * Math.PI);
      else {
        const [ux, uy] = [dx / length, dy / length];
        ctx.moveTo(from[0], from[1]);
        ctx.lineTo(to[0], to[1]);
        ctx.moveTo(to[0] - head * (ux + 0.5 * uy), to[1] - head * (uy - 0.5 * ux));
        ctx.lineTo(to[0], to[1]);
        ctx.lineTo(to[0] - head * (ux - 0.5 * uy), to[1] - head * (uy + 0.5 * ux));
      }
      ctx.stroke();
    }
  }

  #around(gpu: number, colour: string, thick: number, isDashed: boolean): void {
    const { x, y, k } = this.#camera;
    const left = x + (this.#plane.gpuX[gpu] as number) * k;
    const top = y + (this.#plane.gpuY[gpu] as number) * k;
    this.#outline(left, top, k, k, colour, thick, isDashed);
  }

  #aroundHost(host: number, thick: number): void {
    const { x, y, k } = this.#camera;
    const group = this.#plane.groups[this.#plane.groupOfHost[host] as number];
    if (group === undefined) return;
    const left = x + (this.#plane.hostX[host] as number) * k;
    const top = y + (this.#plane.hostY[host] as number) * k;
    this.#outline(left, top, group.hostWidth * k, group.hostHeight * k, this.#look.accent, thick, false);
  }

  #outline(
    x: number,
    y: number,
    width: number,
    height: number,
    colour: string,
    thick: number,
    isDashed: boolean,
  ): void {
    const ctx = this.#ctx;
    ctx.setLineDash(isDashed ? DASH : NO_DASH);
    // A line of the page's colour beside it, so that it shows on any fill.
    ctx.lineWidth = thick + 2;
    ctx.strokeStyle = this.#look.paper;
    ctx.strokeRect(x - thick / 2, y - thick / 2, width + thick, height + thick);
    ctx.lineWidth = thick;
    ctx.strokeStyle = colour;
    ctx.strokeRect(x - thick / 2, y - thick / 2, width + thick, height + thick);
  }
}

const NO_DASH: number[] = [];
const DASH: number[] = [6, 4];
