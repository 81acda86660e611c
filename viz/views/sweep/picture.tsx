import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useLayoutEffect, useRef, useState } from 'preact/hooks';
import { download, exportPng, fileName } from '../../draw/export-png.ts';
import type { Colours } from './colours.ts';
import { type Mark, paint, svgOf } from './scene.ts';

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

/** The height of the window, as it changes, pixels. */
export function useWindowHeight(): number {
  const [height, setHeight] = useState(innerHeight);
  useEffect(() => {
    const see = () => setHeight(innerHeight);
    addEventListener('resize', see);
    return () => removeEventListener('resize', see);
  }, []);
  return height;
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
