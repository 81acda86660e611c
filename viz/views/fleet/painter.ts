import type { Occupant, ReplayJob, ReplayState } from '../../../sim/observe/replay/index.ts';
import type { Colouring } from '../../state/app-state.ts';
import { Brush, type Pen } from './brush.ts';
import { cardPieces } from './card-pieces.ts';
import { CONDITION_SIGN, type Condition, gpuCondition, hostCondition } from './condition.ts';
import type { FleetFacts } from './facts.ts';
import { fillKey } from './fills.ts';
import type { Hatch, Look } from './look.ts';
import { PIECE, Pieces } from './pieces.ts';
import { PixelPen } from './pixel-pen.ts';
import { HOST_TITLE, type HostGroup, type Plane } from './plane.ts';
import { gpuSignature, hostSignature } from './signature.ts';
import { Tally } from './tally.ts';

/** Where the plane is on the canvas: x and y of its corner, and the length of 1, in pixels of the canvas. */
export interface Camera {
  readonly x: number;
  readonly y: number;
  readonly k: number;
}

/** How much is drawn: tiles of host groups, hosts as bars of what they are taken by, or cards with their slices. */
export type Detail = 'groups' | 'hosts' | 'cards';

/** Smallest host and card that are drawn as such, in CSS pixels. */
const SMALLEST_HOST = 13;
const SMALLEST_CARD = 9;

/** Below this size of a card, in CSS pixels, nothing but signs is written on it. */
const SMALLEST_LABELLED = 20;

export function detailAt({ hostSide }: Plane, cssPerUnit: number): Detail {
  if (cssPerUnit >= SMALLEST_CARD) return 'cards';
  return hostSide * cssPerUnit >= SMALLEST_HOST ? 'hosts' : 'groups';
}

const HATCH_OF: Readonly<Partial<Record<ReplayJob['phase'], Hatch>>> = {
  starting: 'starting',
  saving: 'saving',
  stopping: 'stopping',
  moving: 'moving',
};

/**
 * Draws a fleet on a canvas that keeps its picture: of a moment after another only those hosts, and of large cards those
 * cards, that look otherwise are drawn again. What there is no time for in one call is drawn in the next ones.
 */
export class FleetPainter {
  /** Jobs that were on the move on what was drawn or looked through last. */
  readonly movers = new Set<ReplayJob>();
  /** Hosts that were drawn in the last call, whole or in part. */
  drawn = 0;
  /** Whether the last call drew all that there was to draw: if not, the picture is of several moments. */
  isWhole = true;
  readonly facts: FleetFacts;
  readonly plane: Plane;
  readonly #seen: Int32Array;
  /** By GPU, of large cards. */
  readonly #seenGpu: Int32Array;
  /** By host: what its frame shows. */
  readonly #seenFrame: Int16Array;
  /** By host: it was not drawn, or only roughly, when all was to be drawn. */
  readonly #isDue: Uint8Array;
  /** The group to begin with, so that all have their turn where there is no time for all. */
  #firstGroup = 0;
  #endMs = Number.POSITIVE_INFINITY;
  readonly #pieces = new Pieces();
  readonly #tally = new Tally();
  #state!: ReplayState;
  #look!: Look;
  #camera: Camera = { x: 0, y: 0, k: 1 };
  #colouring: Colouring = 'tenant';
  #ratio = 1;
  #brush!: Brush;
  #pixels!: PixelPen;
  /** One of the two. */
  #pen!: Pen;

  constructor(facts: FleetFacts, plane: Plane) {
    this.facts = facts;
    this.plane = plane;
    this.#seen = new Int32Array(facts.hostCount);
    this.#seenGpu = new Int32Array(facts.gpuCount);
    this.#seenFrame = new Int16Array(facts.hostCount);
    this.#isDue = new Uint8Array(facts.hostCount);
  }

  /**
   * @param ratio pixels of the canvas for each CSS pixel
   * @param isAnew whether nothing of the last picture can stay
   * @param budgetMs time after which nothing more is begun; `isWhole` tells whether it was enough
   */
  paint(
    ctx: CanvasRenderingContext2D,
    state: ReplayState,
    camera: Camera,
    look: Look,
    colouring: Colouring,
    ratio: number,
    isAnew: boolean,
    budgetMs = Number.POSITIVE_INFINITY,
  ): void {
    this.#state = state;
    this.#endMs = performance.now() + budgetMs;
    this.isWhole = true;
    if (isAnew || this.#look !== look) {
      this.#brush = new Brush(ctx, look, ratio);
      this.#pixels = new PixelPen(look, ratio);
    }
    this.#pen = this.#brush;
    this.#look = look;
    this.#camera = camera;
    this.#colouring = colouring;
    this.#ratio = ratio;
    this.movers.clear();
    this.drawn = 0;
    const { width, height } = ctx.canvas;
    if (isAnew) {
      ctx.fillStyle = look.paper;
      ctx.fillRect(0, 0, width, height);
    }
    const detail = detailAt(this.plane, camera.k / ratio);
    const { groups } = this.plane;
    const first = this.#firstGroup;
    for (let i = 0; i < groups.length; i++) {
      const g = (first + i) % groups.length;
      const group = groups[g] as HostGroup;
      const x = camera.x + group.x * camera.k;
      const y = camera.y + group.y * camera.k;
      const right = x + group.width * camera.k;
      const bottom = y + group.height * camera.k;
      if (right < 0 || bottom < 0 || x > width || y > height) continue;
      if (detail === 'groups') this.#tile(group, isAnew);
      else {
        if (isAnew) this.#groupGround(group);
        const wasWhole = this.isWhole;
        this.#hosts(group, detail === 'cards', isAnew, width, height);
        if (wasWhole && !this.isWhole) this.#firstGroup = g;
      }
    }
  }

  /** Hosts of a group that are in the window, by their rows and columns. */
  #hosts(group: HostGroup, hasCards: boolean, isAnew: boolean, width: number, height: number): void {
    const { plane } = this;
    const { x, y, k } = this.#camera;
    const { hosts, columns, hostWidth, hostHeight } = group;
    const first = hosts[0] as number;
    const [left, top] = [plane.hostX[first] as number, plane.hostY[first] as number];
    const second = hosts[1] as number;
    const stepX = columns > 1 && hosts.length > 1 ? (plane.hostX[second] as number) - left : hostWidth;
    const below = hosts[columns];
    const stepY = below === undefined ? hostHeight : (plane.hostY[below] as number) - top;
    const fromColumn = Math.max(0, Math.floor((-x / k - left) / stepX));
    const toColumn = Math.min(columns - 1, Math.floor(((width - x) / k - left) / stepX));
    const fromRow = Math.max(0, Math.floor((-y / k - top) / stepY));
    const toRow = Math.floor(((height - y) / k - top) / stepY);
    const hasText = hasCards && k >= SMALLEST_LABELLED * this.#ratio;
    for (let row = fromRow; row <= toRow; row++) {
      // Hosts side by side that are to be drawn are put on the canvas together.
      let from = -1;
      for (let column = fromColumn; column <= toColumn + 1; column++) {
        const host = column > toColumn ? undefined : hosts[row * columns + column];
        const isToDraw = host !== undefined && this.#isToDraw(host, isAnew);
        if (isToDraw && hasText) this.#largeHost(host, group, isAnew);
        if (isToDraw && from < 0) from = column;
        if (!isToDraw && from >= 0) {
          if (!hasText)
            this.#smallHosts(hosts.slice(row * columns + from, row * columns + column), group, hasCards);
          from = -1;
        }
        if (host === undefined) break;
      }
    }
  }

  /** Whether a host looks otherwise than when it was drawn; notes that it is drawn, or due where there is no time. */
  #isToDraw(host: number, isAnew: boolean): boolean {
    const signature = hostSignature(this.facts, this.#state, host, this.#colouring);
    this.#collectMovers(host);
    if (isAnew) {
      this.#seen[host] = signature;
      return true;
    }
    if (this.#isDue[host] === 0 && this.#seen[host] === signature) return false;
    if (!this.#hasTime()) return false;
    this.#seen[host] = signature;
    return true;
  }

  #hasTime(): boolean {
    if (this.isWhole && performance.now() > this.#endMs) this.isWhole = false;
    return this.isWhole;
  }

  /** Hosts side by side with cards too small to be written on, or as bars. */
  #smallHosts(hosts: readonly number[], group: HostGroup, hasCards: boolean): void {
    const { k } = this.#camera;
    const [first, last] = [hosts[0] as number, hosts.at(-1) as number];
    const left = this.#camera.x + (this.plane.hostX[first] as number) * k;
    const right = this.#camera.x + ((this.plane.hostX[last] as number) + group.hostWidth) * k;
    const top = this.#camera.y + (this.plane.hostY[first] as number) * k;
    this.#pixels.begin(left, top, right - left, group.hostHeight * k, this.#look.panel);
    this.#pen = this.#pixels;
    for (const host of hosts) {
      this.#isDue[host] = 0;
      this.drawn += 1;
      this.#host(host, group, hasCards);
    }
    this.#pen = this.#brush;
    this.#pixels.end(this.#brush.ctx, this.#brush);
  }

  /** A host with large cards: of one that was drawn before, the cards that changed; roughly, where there is no time. */
  #largeHost(host: number, group: HostGroup, isAnew: boolean): void {
    if (isAnew && !this.#hasTime()) {
      this.#smallHosts([host], group, false);
      this.#isDue[host] = 1;
      return;
    }
    this.drawn += 1;
    const frame = this.#state.closedFor[host] as number;
    const end = this.facts.gpuStart[host + 1] as number;
    const first = this.facts.gpuStart[host] as number;
    const isAll = isAnew || this.#isDue[host] === 1 || this.#seenFrame[host] !== frame || first === end;
    this.#isDue[host] = 0;
    this.#seenFrame[host] = frame;
    if (isAll) this.#host(host, group, true);
    const condition = hostCondition(frame);
    for (let gpu = first; gpu < end; gpu++) {
      const signature = gpuSignature(this.#state, gpu, this.#colouring);
      if (!isAll && this.#seenGpu[gpu] !== signature) this.#card(gpu, condition);
      this.#seenGpu[gpu] = signature;
    }
  }

  #collectMovers(host: number): void {
    const { facts, movers } = this;
    const end = facts.gpuStart[host + 1] as number;
    for (let gpu = facts.gpuStart[host] as number; gpu < end; gpu++) {
      const own = this.#state.occupants[gpu] as readonly Occupant[];
      for (let i = 0; i < own.length; i++) {
        const { job } = own[i] as Occupant;
        if (job.to !== undefined) movers.add(job);
      }
    }
  }

  #groupGround({ x, y, width, height, title, name }: HostGroup): void {
    const { k } = this.#camera;
    const [left, top] = [this.#camera.x + x * k, this.#camera.y + y * k];
    this.#brush.rect(left, top, width * k, height * k, this.#look.panel);
    this.#brush.text(
      name,
      left + 4 * this.#ratio,
      top + (title * k) / 2,
      width * k,
      Math.min(title * k, 22 * this.#ratio),
      this.#look.ink,
    );
  }

  /** A group as one tile: what it is taken by as a bar, what failed or is closed at its end. */
  #tile(group: HostGroup, isAnew: boolean): void {
    const look = this.#look;
    const tally = this.#tally;
    let signature = 0;
    for (const host of group.hosts) {
      signature = Math.imul(signature, 31) ^ hostSignature(this.facts, this.#state, host, this.#colouring);
      this.#collectMovers(host);
    }
    const first = group.hosts[0] as number;
    if (!isAnew && this.#seen[first] === signature) return;
    this.#seen[first] = signature;
    this.drawn += 1;
    tally.clear();
    for (const host of group.hosts) tally.addHost(this.facts, this.#state, host, this.#colouring);
    const { x, y, k } = this.#camera;
    const [left, top, width, height] = [x + group.x * k, y + group.y * k, group.width * k, group.height * k];
    this.#brush.rect(left, top, width, height, look.panel);
    const pad = Math.min(3 * this.#ratio, 0.1 * width);
    const strip = Math.min(group.title * k, 22 * this.#ratio);
    this.#bar(left + pad, top + strip, width - 2 * pad, height - strip - pad);
    this.#brush.text(group.name, left + pad, top + strip / 2, width - 2 * pad, strip, look.ink);
    const taken = tally.gpus === 0 ? 0 : tally.takenMilli / (1000 * tally.gpus);
    const share = `${Math.round(100 * taken)} %`;
    const isWide = width > 200 * this.#ratio;
    const failed = tally.failedGpus > 0 ? `, ${tally.failedGpus} failed` : '';
    const words = isWide ? `${share} of ${tally.gpus} GPUs taken${failed}` : `${share}${failed}`;
    const size = Math.min(18 * this.#ratio, height - strip - pad);
    if (size < 11 * this.#ratio || width < 60 * this.#ratio) return;
    const middle = top + strip + (height - strip - pad) / 2;
    const length = Math.min(width - 2 * pad, words.length * 7.5 * this.#ratio);
    this.#brush.rect(left + pad, middle - size / 2, length, size, look.paper);
    this.#brush.text(words, left + pad + 2 * this.#ratio, middle, length, size, look.ink);
  }

  #host(host: number, group: HostGroup, hasCards: boolean): void {
    const { facts, plane } = this;
    const look = this.#look;
    const { x, y, k } = this.#camera;
    const left = x + (plane.hostX[host] as number) * k;
    const top = y + (plane.hostY[host] as number) * k;
    const [width, height] = [group.hostWidth * k, group.hostHeight * k];
    const condition = hostCondition(this.#state.closedFor[host] as number);
    this.#pen.rect(left, top, width, height, look.panel);
    this.#pen.rect(
      left,
      top,
      width,
      height,
      condition === 'open' ? look.line : this.#conditionColour(condition),
    );
    const edge = Math.max(1, Math.round((condition === 'open' ? 0.02 : 0.05) * k));
    this.#pen.rect(left + edge, top + edge, width - 2 * edge, height - 2 * edge, look.paper);
    const strip = HOST_TITLE * k;
    if (!hasCards) {
      this.#tally.clear();
      this.#tally.addHost(facts, this.#state, host, this.#colouring);
      this.#bar(left + edge, top + edge, width - 2 * edge, height - 2 * edge);
      this.#mark(condition, left, top, width, height);
      return;
    }
    const first = facts.gpuStart[host] as number;
    const end = facts.gpuStart[host + 1] as number;
    if (first === end)
      this.#processors(host, left + edge, top + strip, width - 2 * edge, height - strip - edge);
    for (let gpu = first; gpu < end; gpu++) this.#card(gpu, condition);
    const sign = CONDITION_SIGN[condition];
    const name = facts.hostNames[host] as string;
    const size = Math.min(strip, 20 * this.#ratio);
    this.#pen.text(
      sign === '' ? name : `${sign} ${name}`,
      left + 2 * edge,
      top + strip / 2 + edge / 2,
      width - 4 * edge,
      size,
      look.ink,
    );
  }

  /** A host without GPUs: how much of its processors is taken. */
  #processors(host: number, x: number, y: number, width: number, height: number): void {
    const all = this.#state.hosts[host]?.cpuMilli ?? 0;
    const taken = all > 0 ? 1 - (this.#state.cpuFreeMilli[host] as number) / all : 0;
    this.#pen.rect(x, y, width, height, this.#look.free);
    this.#pen.rect(x, y, width * taken, height, this.#look.soft);
  }

  #card(gpu: number, ofHost: Condition): void {
    const { facts, plane } = this;
    const state = this.#state;
    const look = this.#look;
    const ratio = this.#ratio;
    const pieces = this.#pieces;
    const { x, y, k } = this.#camera;
    const left = x + (plane.gpuX[gpu] as number) * k;
    const top = y + (plane.gpuY[gpu] as number) * k;
    const own = state.occupants[gpu] as readonly Occupant[];
    const condition = ofHost === 'open' ? gpuCondition(state.gpuClosedFor[gpu] as number) : ofHost;
    if (condition === 'absent') {
      this.#pen.rect(left, top, k, k, look.paper);
      this.#pen.frame(left, top, k, k, look.soft, 1);
      return;
    }
    cardPieces(facts, state, gpu, pieces);
    // The ground shows where no part is: memory or compute that nobody can have.
    this.#pen.rect(left, top, k, k, look.line);
    const gap = k >= 40 * ratio ? ratio : k >= 16 * ratio ? 0.5 * ratio : 0;
    for (let i = 0; i < pieces.count; i++) {
      const kind = pieces.kind[i];
      const px = left + (pieces.x[i] as number) * k + gap;
      const py = top + (pieces.y[i] as number) * k + gap;
      const width = Math.max(1, (pieces.width[i] as number) * k - 2 * gap);
      const height = Math.max(1, (pieces.height[i] as number) * k - 2 * gap);
      const isHeld = pieces.isHeld[i] === 1;
      if (kind === PIECE.instance) {
        this.#pen.frame(px - gap, py - gap, width + 2 * gap, height + 2 * gap, look.ink, Math.max(1, ratio));
        continue;
      }
      const occupant = own[pieces.occupant[i] as number];
      if (occupant === undefined) {
        this.#pen.rect(px, py, width, height, look.free);
        if (isHeld) this.#pen.hatched('held', px, py, width, height);
        this.#label(pieces.label[i] ?? '', '', px, py, width, height, look.soft);
        continue;
      }
      const fill = look.fill(this.#colouring, fillKey(this.#colouring, state, gpu, occupant));
      this.#pen.rect(px, py, width, height, fill);
      const hatch = HATCH_OF[occupant.job.phase];
      if (hatch !== undefined) this.#pen.hatched(hatch, px, py, width, height);
      if (hatch === undefined)
        this.#label(occupant.job.name, pieces.label[i] ?? '', px, py, width, height, look.inkOn(fill));
    }
    const card = state.cards[gpu];
    const isChanging = card !== undefined && (card.held !== 0 || card.isCutHeld);
    this.#mark(condition === 'open' && isChanging ? 'changing' : condition, left, top, k, k);
  }

  /** Draws what is the matter over a place: a hatching for failures, a frame and a sign for all. */
  #mark(condition: Condition, x: number, y: number, width: number, height: number): void {
    if (condition === 'open') return;
    const colour = this.#conditionColour(condition);
    if (condition === 'failed') this.#pen.hatched('failed', x, y, width, height);
    this.#pen.frame(x, y, width, height, colour, Math.max(1, Math.min(2 * this.#ratio, 0.08 * height)));
    const size = Math.min(18 * this.#ratio, 0.6 * height);
    if (size < 8 * this.#ratio) return;
    this.#pen.rect(x + width - size, y, size, size, colour);
    this.#pen.text(
      CONDITION_SIGN[condition],
      x + width - 0.75 * size,
      y + size / 2,
      size,
      size,
      this.#look.inkOn(colour),
    );
  }

  #conditionColour(condition: Condition): string {
    if (condition === 'failed' || condition === 'unreachable' || condition === 'unlicensed')
      return this.#look.bad;
    return condition === 'absent' || condition === 'standby' ? this.#look.soft : this.#look.warn;
  }

  /** What the tally holds as a bar from left to right; failed and closed GPUs at its right end. */
  #bar(x: number, y: number, width: number, height: number): void {
    const { milli, keys, gpus, failedGpus, closedGpus } = this.#tally;
    this.#pen.rect(x, y, width, height, this.#look.free);
    if (gpus === 0) return;
    const unit = width / (1000 * gpus);
    let at = x;
    for (let key = 0; key < keys; key++) {
      const part = (milli[key] as number) * unit;
      if (part === 0) continue;
      this.#pen.rect(at, y, part, height, this.#look.fill(this.#colouring, key));
      at += part;
    }
    const failed = (width * failedGpus) / gpus;
    if (failed > 0) this.#pen.hatched('failed', x + width - failed, y, failed, height);
    const closed = (width * closedGpus) / gpus;
    if (closed > 0) this.#pen.hatched('held', x + width - failed - closed, y, closed, height);
  }

  /** One or two lines in a slice, where there is room for them. */
  #label(name: string, part: string, x: number, y: number, width: number, height: number, ink: string): void {
    const ratio = this.#ratio;
    if (height > 1.5 * width && width < 7 * ratio * Math.min(name.length, 24)) {
      if (width >= 10 * ratio) this.#pen.upright(name, x, y, width, height, Math.min(width, 17 * ratio), ink);
      return;
    }
    if (width < 26 * ratio || height < 11 * ratio) return;
    const size = Math.min(17 * ratio, height / (height > 26 * ratio ? 2.2 : 1));
    const hasBoth = part !== '' && height >= 26 * ratio;
    const middle = y + height / 2;
    this.#pen.text(name, x + 2 * ratio, hasBoth ? middle - 0.5 * size : middle, width - 4 * ratio, size, ink);
    if (hasBoth) this.#pen.text(part, x + 2 * ratio, middle + 0.5 * size, width - 4 * ratio, 0.9 * size, ink);
  }
}
