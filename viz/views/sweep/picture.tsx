import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { download, exportPng, fileName } from '../../draw/export-png.ts';
import type { Colours } from './colours.ts';
import { type LineMark, type Mark, paint, svgOf } from './scene.ts';

/** Marks on a canvas as large as the box, sharp on any screen. */
export function Canvas({
  marks,
  width,
  height,
}: {
  readonly marks: readonly Mark[];
  readonly width: number;
  readonly height: number;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  useLayoutEffect(() => {
    const own = canvas.current;
    const ctx = own?.getContext('2d');
    if (own == null || ctx == null) return;
    const scale = devicePixelRatio;
    own.width = Math.round(width * scale);
    own.height = Math.round(height * scale);
    ctx.scale(scale, scale);
    paint(ctx, marks);
  }, [marks, width, height]);
  return <canvas ref={canvas} style={`width: ${width}px; height: ${height}px`} />;
}

/** Lines painted in the first frame; what a frame has room for is then found out. */
const FIRST_LINES = 400;
const LEAST_LINES = 100;
/** A frame that takes longer had too many, ms. */
const LONG_FRAME_MS = 24;

/** Many lines, some in each frame and evenly from all of them: while they change, the picture follows at once. */
export function LinesCanvas({
  marks,
  width,
  height,
}: {
  readonly marks: readonly LineMark[];
  readonly width: number;
  readonly height: number;
}): JSX.Element {
  const canvas = useRef<HTMLCanvasElement>(null);
  const perFrame = useRef(FIRST_LINES);
  /** When a picture that is not whole yet was begun. */
  const begunMs = useRef<number | undefined>(undefined);
  useLayoutEffect(() => {
    const own = canvas.current;
    const ctx = own?.getContext('2d');
    if (own == null || ctx == null) return undefined;
    const scale = devicePixelRatio;
    own.width = Math.round(width * scale);
    own.height = Math.round(height * scale);
    ctx.scale(scale, scale);
    const lines = mixed(marks);
    // A drag begins a picture in each frame: how long the one before took is known when the next begins.
    const startMs = performance.now();
    if (begunMs.current !== undefined && startMs - begunMs.current > LONG_FRAME_MS)
      perFrame.current = Math.max(LEAST_LINES, perFrame.current / 2);
    begunMs.current = startMs;
    let next = 0;
    let lastMs: number | undefined;
    let frame = 0;
    const step = (nowMs?: number): void => {
      if (nowMs !== undefined && lastMs !== undefined)
        perFrame.current =
          nowMs - lastMs > LONG_FRAME_MS
            ? Math.max(LEAST_LINES, perFrame.current / 2)
            : Math.min(1e5, perFrame.current * 1.3);
      lastMs = nowMs;
      const end = Math.min(lines.length, next + Math.round(perFrame.current));
      const now = new Map<LineMark, (readonly number[])[]>();
      for (; next < end; next++) {
        const [mark, path] = lines[next] as (typeof lines)[number];
        const paths = now.get(mark) ?? [];
        paths.push(path);
        now.set(mark, paths);
      }
      paint(
        ctx,
        [...now].map(([mark, paths]) => ({ ...mark, paths })),
      );
      if (next < lines.length) frame = requestAnimationFrame(step);
      else begunMs.current = undefined;
    };
    step();
    return () => cancelAnimationFrame(frame);
  }, [marks, width, height]);
  return <canvas ref={canvas} style={`width: ${width}px; height: ${height}px`} />;
}

/** All lines, in an order in which the first of them are from everywhere. */
function mixed(marks: readonly LineMark[]): readonly (readonly [LineMark, readonly number[]])[] {
  const all = marks.flatMap((mark) => mark.paths.map((path) => [mark, path] as const));
  // A step that has no divisor in common with the count comes by all of them.
  const stride = 7919;
  if (all.length % stride === 0) return all;
  return all.map((_, i) => all[(i * stride) % all.length] as (typeof all)[number]);
}

/** The width of an element, as it changes. */
export function useWidth() {
  const box = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(0);
  useEffect(() => {
    const own = box.current;
    if (own === null) return undefined;
    const watch = new ResizeObserver(() => setWidth(own.clientWidth));
    watch.observe(own);
    return () => watch.disconnect();
  }, []);
  return [box, width] as const;
}

/** Buttons that keep a picture. */
export function SavePicture({
  marks,
  width,
  height,
  colours,
  name,
}: {
  /** From the bottom up. */
  readonly marks: () => readonly Mark[];
  readonly width: number;
  readonly height: number;
  readonly colours: Colours;
  readonly name: readonly string[];
}): JSX.Element {
  const saveSvg = (): void =>
    download(
      new Blob([svgOf(marks(), width, height, colours.paper)], { type: 'image/svg+xml' }),
      `${fileName(...name)}.svg`,
    );
  const savePng = (): void => {
    void exportPng(`${fileName(...name)}.png`, width, height, (ctx, scale) => {
      ctx.scale(scale, scale);
      paint(ctx, [{ kind: 'rect', x: 0, y: 0, w: width, h: height, fill: colours.paper }, ...marks()]);
    });
  };
  return (
    <span class="sweep-save">
      <button type="button" title="Saves the chart as a picture" onClick={saveSvg}>
        Save SVG
      </button>
      <button type="button" title="Saves the chart as a picture, twice as large" onClick={savePng}>
        Save PNG
      </button>
    </span>
  );
}

/** A picture that takes the focus, and a line below that says what is pointed at. */
export function Pointed({
  label,
  says,
  width,
  height,
  onMove,
  onPick,
  onKey,
  onLeave,
  children,
}: {
  /** What it is, and which keys do what. */
  readonly label: string;
  readonly says: string;
  readonly width: number;
  readonly height: number;
  onMove(x: number, y: number): void;
  /** Without a place: what the keys lead to. */
  onPick(isAdded: boolean, place?: readonly [x: number, y: number]): void;
  /** @returns whether the key meant something */
  onKey(key: string): boolean;
  onLeave(): void;
  readonly children: ComponentChildren;
}): JSX.Element {
  return (
    <>
      <div
        class="sweep-picture"
        role="application"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a picture that is walked with the arrow keys has to take the focus
        tabIndex={0}
        aria-label={label}
        style={`width: ${width}px; height: ${height}px`}
        onPointerMove={({ offsetX, offsetY }) => onMove(offsetX, offsetY)}
        onPointerLeave={onLeave}
        onBlur={onLeave}
        onClick={({ offsetX, offsetY, ctrlKey, metaKey, shiftKey }) =>
          onPick(ctrlKey || metaKey || shiftKey, [offsetX, offsetY])
        }
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const isPick = event.key === 'Enter' || event.key === ' ';
          if (isPick) onPick(event.shiftKey);
          if (isPick || onKey(event.key)) event.preventDefault();
        }}
      >
        {children}
      </div>
      <p class="sweep-says" aria-live="polite">
        {says}
      </p>
    </>
  );
}
