import { type D3ZoomEvent, select, type ZoomTransform, zoom, zoomIdentity } from 'd3';
import type { Player } from '../../replay/player.ts';
import type { Colouring, Selection } from '../../state/app-state.ts';
import type { FleetFacts } from './facts.ts';
import type { PlaneWindow, Standing } from './linked-window.ts';
import { Look } from './look.ts';
import { Overlay } from './overlay.ts';
import { type Camera, type Detail, detailAt, FleetPainter } from './painter.ts';
import { gpuAt, groupAt, hostAt, layPlane, nextPlace, type Plane, type Step } from './plane.ts';

/** Longest side of a card, in CSS pixels. */
const LARGEST_CARD = 700;
const MARGIN = 8;
/** Pixels of a canvas, of which there are two: 4 bytes each. A screen that has more gets coarser ones. */
const MOST_PIXELS = 16e6;
/** Size of the page's letters for which the painter's measures are meant, CSS pixels. */
const USUAL_LETTERS = 15;
/** Time of a frame for what changed, and for all of the picture, ms: half of a frame is left for the rest of the page. */
const CHANGES_MS = 7;
const PICTURE_MS = 20;

/** What is at a point of the window. */
export type Place =
  | { readonly kind: 'gpu'; readonly gpu: number }
  | { readonly kind: 'host'; readonly host: number }
  | { readonly kind: 'group'; readonly group: number };

/** The map on its two canvases: the fleet below, what is selected and moving above. Draws at most once a frame. */
export class MapController {
  readonly facts: FleetFacts;
  readonly #base: HTMLCanvasElement;
  readonly #above: HTMLCanvasElement;
  readonly #player: Player;
  readonly #zoom = zoom<HTMLCanvasElement, unknown>();
  #plane: Plane;
  #painter: FleetPainter;
  #overlay: Overlay;
  #look = new Look();
  #transform: ZoomTransform = zoomIdentity;
  #width = 1;
  #height = 1;
  #ratio = 1;
  /** How much larger than usual the page's letters are, and with them what is written on the map. */
  #letters = 1;
  #frame = 0;
  #isAnew = true;
  #isFitted = false;
  /** It is being led by another map, or laid out anew: nobody is to follow that. */
  #isLed = false;
  /** Told when somebody zoomed or moved this map. */
  onMoved: (() => void) | undefined;
  #colouring: Colouring = 'tenant';
  #selection: Selection = { kind: 'none' };
  #hovered = -1;
  /** Whether something above the map is another than when it was drawn, and whether it depends on the moment. */
  #aboveChanges = true;
  #wasChanging = false;
  readonly #forget: (() => void)[] = [];

  constructor(facts: FleetFacts, player: Player, base: HTMLCanvasElement, above: HTMLCanvasElement) {
    this.facts = facts;
    this.#player = player;
    this.#base = base;
    this.#above = above;
    this.#plane = layPlane(facts, 1.6);
    this.#painter = new FleetPainter(facts, this.#plane);
    this.#overlay = new Overlay(facts, this.#plane);
    this.#zoom.on('zoom', (event: D3ZoomEvent<HTMLCanvasElement, unknown>) => {
      this.#transform = event.transform;
      if (event.sourceEvent !== null) this.#isFitted = false;
      this.drawAnew();
      if (!this.#isLed) this.onMoved?.();
    });
    select(above).call(this.#zoom).on('dblclick.zoom', null);
    this.#forget.push(player.listen(() => this.draw()));
    const themes = new MutationObserver(() => this.#takeLook());
    themes.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    const system = matchMedia('(prefers-color-scheme: dark)');
    const onSystem = () => this.#takeLook();
    system.addEventListener('change', onSystem);
    const sizes = new ResizeObserver(() => this.#resize());
    sizes.observe(above);
    this.#forget.push(
      () => themes.disconnect(),
      () => system.removeEventListener('change', onSystem),
      () => sizes.disconnect(),
      () => cancelAnimationFrame(this.#frame),
      () => void select(above).on('.zoom', null),
    );
    this.#resize();
  }

  close(): void {
    for (const forget of this.#forget) forget();
  }

  get detail(): Detail {
    return detailAt(this.#plane, this.#transform.k / this.#letters);
  }

  get isFitted(): boolean {
    return this.#isFitted;
  }

  /** What is shown of which plane. */
  get window(): PlaneWindow & Standing {
    const { x, y, k } = this.#transform;
    const [width, height] = this.size;
    return { plane: this.#plane, width, height, fittedK: this.#fitted().k, x, y, k };
  }

  /** Stands as another map wants it, at once. */
  follow({ x, y, k }: Standing, isFitted: boolean): void {
    const [least, most] = this.#zoom.scaleExtent();
    const scale = Math.min(most, Math.max(least, k));
    // About the middle, where it cannot be zoomed so far.
    const [halfX, halfY] = [this.#width / 2, this.#height / 2];
    const to = zoomIdentity
      .translate(halfX - ((halfX - x) / k) * scale, halfY - ((halfY - y) / k) * scale)
      .scale(scale);
    this.#isFitted = isFitted;
    this.#lead(() => select(this.#above).call(this.#zoom.transform, to));
  }

  show(colouring: Colouring, selection: Selection): void {
    if (colouring !== this.#colouring) this.#isAnew = true;
    this.#colouring = colouring;
    this.#selection = selection;
    this.#aboveChanges = true;
    this.draw();
  }

  hover(gpu: number): void {
    if (gpu === this.#hovered) return;
    this.#hovered = gpu;
    this.#aboveChanges = true;
    this.draw();
  }

  draw(): void {
    if (this.#frame === 0) this.#frame = requestAnimationFrame(() => this.#paint());
  }

  drawAnew(): void {
    this.#isAnew = true;
    this.draw();
  }

  /** @param x from the left edge of the map, CSS pixels */
  at(x: number, y: number): Place | undefined {
    const [px, py] = this.#transform.invert([x, y]);
    const { detail } = this;
    if (detail === 'groups') {
      const group = groupAt(this.#plane, px, py);
      return group < 0 ? undefined : { kind: 'group', group };
    }
    const gpu = detail === 'cards' ? gpuAt(this.facts, this.#plane, px, py) : -1;
    if (gpu >= 0) return { kind: 'gpu', gpu };
    const host = hostAt(this.#plane, px, py);
    return host < 0 ? undefined : { kind: 'host', host };
  }

  groupName(group: number): string {
    return this.#plane.groups[group]?.name ?? '';
  }

  /** The first host of a group. */
  firstHost(group: number): number | undefined {
    return this.#plane.groups[group]?.hosts[0];
  }

  /** The GPU or host next to one in a direction. */
  nextGpu(from: number, step: Step): number | undefined {
    return nextPlace(this.#plane.gpuX, this.#plane.gpuY, from, step);
  }

  nextHost(from: number, step: Step): number | undefined {
    return nextPlace(this.#plane.hostX, this.#plane.hostY, from, step);
  }

  /** Where a place is in the window, CSS pixels. */
  boxOf(place: Place): {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } {
    const { x, y, width, height } = this.#worldOf(place);
    const { k } = this.#transform;
    return {
      x: this.#transform.applyX(x),
      y: this.#transform.applyY(y),
      width: width * k,
      height: height * k,
    };
  }

  /**
   * Moves the window so that a place is in it, without zooming where it can be seen.
   *
   * @param isLed whether maps that follow this one are to stay where they are
   */
  reveal(place: Place, isLed = false): void {
    const { x, y, width, height } = this.boxOf(place);
    const isIn = x >= 0 && y >= 0 && x + width <= this.#width && y + height <= this.#height;
    if (isIn) return;
    const world = this.#worldOf(place);
    this.#isFitted = false;
    const [toX, toY] = [world.x + world.width / 2, world.y + world.height / 2];
    const move = () => select(this.#above).call(this.#zoom.translateTo, toX, toY);
    if (isLed) this.#lead(move);
    else move();
  }

  /** Zooms in on a place. */
  open(place: Place): void {
    const { x, y, width, height } = this.#worldOf(place);
    const room = place.kind === 'group' ? 0.95 : 0.6;
    const scale = Math.min((room * this.#width) / width, (room * this.#height) / height, LARGEST_CARD);
    this.#isFitted = false;
    this.#go(
      zoomIdentity
        .translate(this.#width / 2 - (x + width / 2) * scale, this.#height / 2 - (y + height / 2) * scale)
        .scale(scale),
    );
  }

  zoomBy(factor: number): void {
    this.#isFitted = false;
    select(this.#above).call(this.#zoom.scaleBy, factor);
  }

  fit(): void {
    this.#isFitted = true;
    this.#go(this.#fitted());
  }

  /** Draws what is in the window elsewhere, such as for a file. */
  drawOn(ctx: CanvasRenderingContext2D, scale: number): void {
    const camera = this.#camera(scale);
    const painter = new FleetPainter(this.facts, this.#plane);
    const { state } = this.#player;
    const ratio = scale * this.#letters;
    painter.paint(ctx, state, camera, this.#look, this.#colouring, ratio, true);
    const over = document.createElement('canvas');
    over.width = ctx.canvas.width;
    over.height = ctx.canvas.height;
    const overCtx = over.getContext('2d');
    if (overCtx === null) return;
    this.#overlay.paint(overCtx, state, camera, this.#look, ratio, this.#selection, -1, painter.movers);
    ctx.drawImage(over, 0, 0);
  }

  get size(): readonly [width: number, height: number] {
    return [this.#width, this.#height];
  }

  #worldOf(place: Place): {
    readonly x: number;
    readonly y: number;
    readonly width: number;
    readonly height: number;
  } {
    const plane = this.#plane;
    if (place.kind === 'gpu')
      return { x: plane.gpuX[place.gpu] ?? 0, y: plane.gpuY[place.gpu] ?? 0, width: 1, height: 1 };
    const number = place.kind === 'group' ? place.group : plane.groupOfHost[place.host];
    const group = plane.groups[number ?? -1];
    if (group === undefined) return { x: 0, y: 0, width: plane.width, height: plane.height };
    if (place.kind === 'group') return group;
    return {
      x: plane.hostX[place.host] ?? 0,
      y: plane.hostY[place.host] ?? 0,
      width: group.hostWidth,
      height: group.hostHeight,
    };
  }

  /** Moves without telling anybody. */
  #lead(move: () => void): void {
    this.#isLed = true;
    move();
    this.#isLed = false;
  }

  #go(to: ZoomTransform): void {
    const canvas = select(this.#above);
    if (matchMedia('(prefers-reduced-motion: reduce)').matches) canvas.call(this.#zoom.transform, to);
    else canvas.transition().duration(250).call(this.#zoom.transform, to);
  }

  #fitted(): ZoomTransform {
    const { width, height } = this.#plane;
    const k = Math.min(
      (this.#width - 2 * MARGIN) / width,
      (this.#height - 2 * MARGIN) / height,
      LARGEST_CARD,
    );
    return zoomIdentity
      .translate((this.#width - k * width) / 2, (this.#height - k * height) / 2)
      .scale(Math.max(k, 1e-3));
  }

  #resize(): void {
    const { clientWidth, clientHeight } = this.#above;
    if (clientWidth === 0 || clientHeight === 0) return;
    const isFirst = this.#width === 1;
    this.#width = clientWidth;
    this.#height = clientHeight;
    this.#ratio = Math.min(3, devicePixelRatio, Math.sqrt(MOST_PIXELS / (clientWidth * clientHeight)));
    const { fontSize } = getComputedStyle(document.documentElement);
    this.#letters = Math.max(1, Number.parseFloat(fontSize) / USUAL_LETTERS || 1);
    for (const canvas of [this.#base, this.#above]) {
      canvas.width = Math.round(clientWidth * this.#ratio);
      canvas.height = Math.round(clientHeight * this.#ratio);
    }
    if (isFirst || this.#isFitted) {
      this.#plane = layPlane(this.facts, clientWidth / clientHeight);
      this.#painter = new FleetPainter(this.facts, this.#plane);
      this.#overlay = new Overlay(this.facts, this.#plane);
    }
    const fitted = this.#fitted();
    this.#zoom.scaleExtent([fitted.k / 3, Math.max(LARGEST_CARD, fitted.k)]);
    this.#zoom.extent([
      [0, 0],
      [clientWidth, clientHeight],
    ]);
    this.#zoom.translateExtent([
      [-this.#plane.width, -this.#plane.height],
      [2 * this.#plane.width, 2 * this.#plane.height],
    ]);
    if (isFirst || this.#isFitted) {
      this.#isFitted = true;
      this.#lead(() => select(this.#above).call(this.#zoom.transform, fitted));
    }
    this.drawAnew();
  }

  #takeLook(): void {
    this.#look = new Look();
    this.drawAnew();
  }

  #camera(ratio: number): Camera {
    const { x, y, k } = this.#transform;
    return { x: x * ratio, y: y * ratio, k: k * ratio };
  }

  #paint(): void {
    this.#frame = 0;
    const base = this.#base.getContext('2d', { alpha: false });
    const above = this.#above.getContext('2d');
    if (base === null || above === null) return;
    const { state } = this.#player;
    const camera = this.#camera(this.#ratio);
    const isAnew = this.#isAnew;
    const budgetMs = isAnew ? PICTURE_MS : CHANGES_MS;
    const ratio = this.#ratio * this.#letters;
    this.#painter.paint(base, state, camera, this.#look, this.#colouring, ratio, isAnew, budgetMs);
    this.#isAnew = false;
    // The rest follows, also when time stands still.
    if (!this.#painter.isWhole) this.draw();
    const { movers } = this.#painter;
    // A canvas that nobody touches costs nothing: most moments change nothing above the map.
    const changes = movers.size > 0 || this.#selection.kind === 'job';
    const isStill = !isAnew && !changes && !this.#aboveChanges && !this.#wasChanging;
    this.#aboveChanges = false;
    this.#wasChanging = changes;
    if (isStill) return;
    this.#overlay.paint(above, state, camera, this.#look, ratio, this.#selection, this.#hovered, movers);
  }
}
