import type { JSX } from 'preact';
import { useLayoutEffect, useMemo, useRef } from 'preact/hooks';
import { type FieldLines, LineField } from './line-field.ts';

/** Of a frame, what lines may take, ms: the rest is for everything else that follows a drag. */
const BUDGET_MS = 9;
/** Device pixels above which lines are drawn coarser: each is looked at in each frame. */
const MOST_PIXELS = 2e6;

/**
 * Thousands of lines on a canvas, of which some are shown: what changes is added and taken out as far as each frame has
 * room, evenly from everywhere, so that the picture follows a drag at once.
 */
export function LinesLayer({
  lines,
  shown,
  colours,
  alpha,
  width,
  height,
}: {
  readonly lines: FieldLines;
  /** By line, 1 where it is to be seen. */
  readonly shown: Uint8Array;
  /** By level, `0xBBGGRR`. */
  readonly colours: Uint32Array;
  /** Of a line alone. */
  readonly alpha: number;
  readonly width: number;
  readonly height: number;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = Math.min(devicePixelRatio, Math.sqrt(MOST_PIXELS / Math.max(1, width * height)));
  const kept = useMemo(() => {
    const field = new LineField(lines, width, height, scale);
    const image = new ImageData(field.width, field.height);
    return { field, image, pixels: new Uint32Array(image.data.buffer) };
  }, [lines, width, height, scale]);
  useLayoutEffect(() => {
    const ctx = canvas.current?.getContext('2d');
    if (ctx == null) return undefined;
    const { field, image, pixels } = kept;
    field.restart();
    let frame = 0;
    const step = (): void => {
      const endMs = performance.now() + BUDGET_MS;
      const isDone = field.toward(shown, () => performance.now() > endMs);
      field.paint(pixels, colours, alpha);
      ctx.putImageData(image, 0, 0);
      if (!isDone) frame = requestAnimationFrame(step);
    };
    step();
    return () => cancelAnimationFrame(frame);
  }, [kept, shown, colours, alpha]);
  return (
    <canvas
      ref={canvas}
      width={kept.field.width}
      height={kept.field.height}
      style={`width: ${width}px; height: ${height}px`}
    />
  );
}
