import fc from 'fast-check';
import { beforeAll, expect, test, vi } from 'vitest';
import { CLOSED_FOR, GPU_CLOSED_FOR } from '../../sim/cluster/closed-for.ts';
import type { Occupant, ReplayState } from '../../sim/observe/replay/index.ts';
import { cutText } from '../../viz/views/fleet/brush.ts';
import { fleetFacts } from '../../viz/views/fleet/facts.ts';
import type { Look } from '../../viz/views/fleet/look.ts';
import { FleetPainter } from '../../viz/views/fleet/painter.ts';
import { PixelPen } from '../../viz/views/fleet/pixel-pen.ts';
import { layPlane } from '../../viz/views/fleet/plane.ts';
import { headerOf, jobOf, stateOf } from './fleet-made.ts';

/** A canvas of numbers: what was painted last at each pixel. Texts leave a mark of what they say at their place. */
class Paper {
  readonly canvas: { readonly width: number; readonly height: number };
  readonly pixels: Uint32Array;
  fillStyle = '';
  font = '';
  textBaseline = '';
  #isTurned = false;
  constructor(width: number, height: number) {
    this.canvas = { width, height };
    this.pixels = new Uint32Array(width * height);
  }
  fillRect(x: number, y: number, width: number, height: number): void {
    this.#fill(x, y, width, height, () => colourOf(this.fillStyle));
  }
  putImageData({ data, width, height }: ImageData, x: number, y: number): void {
    const own = new Uint32Array(data.buffer, 0, width * height);
    this.#fill(x, y, width, height, (column, row) => own[(row - y) * width + column - x] as number);
  }
  /** Upright texts stand in no place of their own here. */
  fillText(text: string, x: number, y: number): void {
    if (this.#isTurned) return;
    this.#fill(Math.round(x), Math.round(y), 1, 1, () => colourOf(`text ${text}`));
  }
  save(): void {
    this.#isTurned = true;
  }
  restore(): void {
    this.#isTurned = false;
  }
  translate(): void {}
  rotate(): void {}
  #fill(x: number, y: number, width: number, height: number, colour: (x: number, y: number) => number): void {
    for (let row = Math.max(0, y); row < Math.min(this.canvas.height, y + height); row++)
      for (let column = Math.max(0, x); column < Math.min(this.canvas.width, x + width); column++)
        this.pixels[row * this.canvas.width + column] = colour(column, row);
  }
}

const numbers = new Map<string, number>();
function colourOf(text: string): number {
  const number = numbers.get(text) ?? numbers.size + 1;
  numbers.set(text, number);
  return number;
}

/** Colours are names; hatchings are a plain colour of their own, in both ways of drawing. */
const look = {
  ...{ paper: 'paper', panel: 'panel', line: 'line', ink: 'ink', soft: 'soft', accent: 'accent' },
  ...{ bad: 'bad', warn: 'warn', free: 'free' },
  fill: (_: string, key: number) => `fill ${key}`,
  inkOn: () => 'ink',
  hatch: (_: unknown, kind: string) => `hatch ${kind}`,
  hatchPixels: (kind: string) => {
    const colour = colourOf(`hatch ${kind}`);
    return { width: 1, height: 1, data: [colour & 255, (colour >> 8) & 255, 0, 255] };
  },
  pixel: colourOf,
} as unknown as Look;

beforeAll(() => {
  vi.stubGlobal(
    'ImageData',
    class {
      readonly data: Uint8ClampedArray;
      readonly width: number;
      readonly height: number;
      constructor(data: Uint8ClampedArray, width: number, height: number) {
        this.data = data;
        this.width = width;
        this.height = height;
      }
    },
  );
  return () => vi.unstubAllGlobals();
});

const HOSTS = Array.from({ length: 14 }, (_, h) => ({
  pool: h % 2,
  gpus: [{ model: 'A', count: h % 3 === 0 ? 8 : 2 }],
}));
const header = headerOf(
  HOSTS,
  HOSTS.flatMap(({ gpus }) => gpus.flatMap(({ count }) => Array.from({ length: count }, () => undefined))),
);
const facts = fleetFacts(header);
const plane = layPlane(facts, 1.5);

interface Change {
  readonly gpu: number;
  readonly what: 'comes' | 'goes' | 'starts' | 'fails' | 'host' | 'gone';
}
const changes = fc.array(
  fc.record<Change>({
    gpu: fc.nat(facts.gpuCount - 1),
    what: fc.constantFrom('comes', 'goes', 'starts', 'fails', 'host', 'gone'),
  }),
  { maxLength: 25 },
);

function apply(state: ReplayState, { gpu, what }: Change, number: number): void {
  const host = state.hostOfGpu[gpu] as number;
  const occupants = state.occupants as (readonly Occupant[])[];
  if (what === 'fails')
    state.gpuClosedFor[gpu] = (state.gpuClosedFor[gpu] as number) ^ GPU_CLOSED_FOR.failure;
  else if (what === 'host')
    state.closedFor[host] = (state.closedFor[host] as number) ^ CLOSED_FOR.maintenance;
  else if (what === 'gone') state.closedFor[host] = (state.closedFor[host] as number) ^ CLOSED_FOR.absence;
  else if (what === 'goes') occupants[gpu] = [];
  else {
    const job = jobOf(number, { phase: what === 'starts' ? 'starting' : 'running' }, `tenant ${number % 5}`);
    const milli = 500;
    const own = occupants[gpu] ?? [];
    occupants[gpu] = [...own.slice(-1), { job, slot: undefined, milli }];
  }
}

test('what is kept of a picture and drawn again, also bit by bit, is the picture drawn anew', () => {
  fc.assert(
    fc.property(
      fc.array(changes, { minLength: 1, maxLength: 6 }),
      fc.constantFrom(3, 6, 10, 17, 22, 24, 27, 45),
      fc.record({ x: fc.integer({ min: -200, max: 20 }), y: fc.integer({ min: -100, max: 20 }) }),
      fc.boolean(),
      (moments, k, at, isHurried) => {
        const state = stateOf(header);
        const [kept, anew] = [new Paper(340, 230), new Paper(340, 230)];
        const camera = { ...at, k };
        const keeping = new FleetPainter(facts, plane);
        const paint = (painter: FleetPainter, to: Paper, isAnew: boolean, budgetMs: number) =>
          painter.paint(to as never, state, camera, look, 'tenant', 1, isAnew, budgetMs);
        let isFirst = true;
        let number = 0;
        for (const moment of moments) {
          for (const change of moment) apply(state, change, number++);
          // Without any time there is nothing but a rough picture, and later nothing at all.
          paint(keeping, kept, isFirst, isHurried ? -1 : Number.POSITIVE_INFINITY);
          isFirst = false;
        }
        for (let i = 0; i < 3 && !keeping.isWhole; i++) paint(keeping, kept, false, Number.POSITIVE_INFINITY);
        expect(keeping.isWhole).toBe(true);
        paint(new FleetPainter(facts, plane), anew, true, Number.POSITIVE_INFINITY);
        expect(kept.pixels.findIndex((pixel, i) => pixel !== anew.pixels[i])).toBe(-1);
      },
    ),
    { numRuns: 120 },
  );
});

test('pixels are filled as a canvas fills whole rectangles, at the edges of the box too', () => {
  const rectangle = fc.record({
    x: fc.double({ min: -20, max: 60, noNaN: true }),
    y: fc.double({ min: -20, max: 60, noNaN: true }),
    width: fc.double({ min: 0, max: 70, noNaN: true }),
    height: fc.double({ min: 0, max: 70, noNaN: true }),
    colour: fc.constantFrom('a', 'b', 'c'),
  });
  fc.assert(
    fc.property(fc.array(rectangle, { maxLength: 12 }), (rectangles) => {
      const pen = new PixelPen(look, 1);
      pen.begin(0, 0, 50, 40, 'ground');
      const paper = new Paper(50, 40);
      paper.fillStyle = 'ground';
      paper.fillRect(0, 0, 50, 40);
      for (const { x, y, width, height, colour } of rectangles) {
        pen.rect(x, y, width, height, colour);
        paper.fillStyle = colour;
        const [left, top] = [Math.round(x), Math.round(y)];
        paper.fillRect(
          left,
          top,
          Math.max(1, Math.round(x + width) - left),
          Math.max(1, Math.round(y + height) - top),
        );
      }
      expect([...pen.pixels]).toEqual([...paper.pixels]);
    }),
  );
});

test('of a name that is too long the start is kept, of a numbered one the number', () => {
  expect(cutText('nightly-training', 8)).toBe('nightly…');
  expect(cutText('task-0000184', 8)).toBe('…0000184');
  expect(cutText('task-7', 6)).toBe('task-7');
});
