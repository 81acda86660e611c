import fc from 'fast-check';
import { expect, test } from 'vitest';
import { type FieldLines, LineField } from '../../viz/views/sweep/line-field.ts';

const [WIDTH, HEIGHT] = [40, 30];
const never = () => false;
const COLOURS = Uint32Array.from({ length: 24 }, (_, level) => 0x010000 + level);

function pixelsOf(field: LineField, alpha = 0.2): Uint32Array {
  const pixels = new Uint32Array(field.width * field.height).fill(7);
  field.paint(pixels, COLOURS, alpha);
  return pixels;
}

/** Heights beyond the picture and missing values are as common as others. */
const height = fc.oneof(
  fc.double({ min: -20, max: HEIGHT + 20, noNaN: true }),
  fc.constantFrom(Number.NaN, 0, HEIGHT, 4.5),
);
const fieldLines = fc
  .array(fc.tuple(height, height, height, fc.nat(23)), { minLength: 1, maxLength: 12 })
  .map(
    (lines): FieldLines => ({
      count: lines.length,
      xs: [2, 9, 38],
      ys: Float32Array.from(lines.flatMap((line) => line.slice(0, 3))),
      levels: Uint8Array.from(lines, ([, , , level]) => level),
    }),
  );
const asked = (lines: FieldLines, bits: number) =>
  Uint8Array.from({ length: lines.count }, (_, p) => (bits >> p) & 1);

test('whatever was added and taken out before, the picture is that of the lines that are asked for', () => {
  fc.assert(
    fc.property(
      fieldLines,
      fc.array(fc.nat(4095), { minLength: 1, maxLength: 5 }),
      fc.constantFrom(1, 1.5, 2),
      (lines, changes, scale) => {
        const field = new LineField(lines, WIDTH, HEIGHT, scale);
        for (const bits of changes) {
          field.restart();
          expect(field.toward(asked(lines, bits), never)).toBe(true);
        }
        const fresh = new LineField(lines, WIDTH, HEIGHT, scale);
        fresh.toward(asked(lines, changes.at(-1) as number), never);
        expect(pixelsOf(field)).toEqual(pixelsOf(fresh));
      },
    ),
    { numRuns: 40 },
  );
});

test('a field that has no time comes to the same picture in steps, also where it is asked for others meanwhile', () => {
  const count = 700;
  const lines: FieldLines = {
    count,
    xs: [0, 20, 40],
    ys: Float32Array.from({ length: 3 * count }, (_, i) => (i * 7.3) % HEIGHT),
    levels: Uint8Array.from({ length: count }, (_, p) => p % 24),
  };
  const odd = Uint8Array.from({ length: count }, (_, p) => p % 2);
  const third = Uint8Array.from({ length: count }, (_, p) => Number(p % 3 === 0));
  const field = new LineField(lines, WIDTH, HEIGHT, 1);
  expect(field.toward(odd, () => true)).toBe(false);
  field.restart();
  let steps = 1;
  while (!field.toward(third, () => true)) steps += 1;
  expect(steps).toBeGreaterThan(2);
  const fresh = new LineField(lines, WIDTH, HEIGHT, 1);
  fresh.toward(third, never);
  expect(pixelsOf(field)).toEqual(pixelsOf(fresh));
});

test('a line gives each pixel next to it as much as it is near, and where lines meet the mean of their colours', () => {
  const share = (y0: number, y1: number, x: number, row: number): number =>
    Math.max(0, 1 - Math.abs(y0 + ((x + 0.5) / WIDTH) * (y1 - y0) - (row + 0.5)));
  const opacity = (parts: number, alpha: number) => 255 * (1 - (1 - alpha) ** parts);
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: HEIGHT, noNaN: true }),
      fc.double({ min: 0, max: HEIGHT, noNaN: true }),
      fc.nat(23),
      (from, to, level) => {
        const lines: FieldLines = {
          count: 2,
          xs: [0, WIDTH],
          ys: Float32Array.of(from, to, from, to),
          levels: Uint8Array.of(level, 1),
        };
        const field = new LineField(lines, WIDTH, HEIGHT, 1);
        for (const shown of [Uint8Array.of(1, 0), Uint8Array.of(1, 1)]) {
          field.restart();
          field.toward(shown, never);
          const pixels = pixelsOf(field, 0.5);
          const many = shown[0] === shown[1] ? 2 : 1;
          const wrong: unknown[] = [];
          for (let x = 0; x < WIDTH; x++)
            for (let row = 0; row < HEIGHT; row++) {
              const pixel = pixels[row * WIDTH + x] as number;
              const wanted = opacity(many * share(from, to, x, row), 0.5);
              const isRight =
                Math.abs((pixel >>> 24) - wanted) < 2 &&
                (wanted <= 8 || (pixel & 0xff) === (many === 1 ? level : Math.round((level + 1) / 2)));
              if (!isRight) wrong.push([x, row, pixel, wanted]);
            }
          expect(wrong).toEqual([]);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test('a steep line has no gaps', () => {
  const lines: FieldLines = { count: 1, xs: [10, 14], ys: Float32Array.of(28, 2), levels: Uint8Array.of(3) };
  const field = new LineField(lines, WIDTH, HEIGHT, 1);
  field.toward(Uint8Array.of(1), never);
  const pixels = pixelsOf(field, 0.9);
  for (let row = 2; row < 28; row++) {
    const inRow = pixels.slice(row * WIDTH, (row + 1) * WIDTH).filter((each) => each !== 0);
    expect(inRow.length).toBeGreaterThan(0);
    expect(Math.max(...inRow.map((each) => each >>> 24))).toBeGreaterThan(140);
  }
});
