import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { AxisBrush } from './axis-brush.tsx';
import type { Colours } from './colours.ts';
import { LinesLayer } from './lines-layer.tsx';
import type { Axis, Ranges, SweepModel } from './model.ts';
import {
  alphasOf,
  axisMarks,
  lineAt,
  lineMarks,
  linesOver,
  parallelRoom,
  pointedMark,
  selectedMarks,
} from './parallel-scene.ts';
import { Canvas, SavePicture, useWidth, useWindowHeight } from './picture.tsx';
import type { Mark } from './scene.ts';
import { pointText } from './words.ts';

/** A line for each point over all factors and metrics; ranges on the axes keep some of them. */
export function Parallel({
  model,
  axes,
  colourBy,
  kept,
  ranges,
  selected,
  colours,
  onRange,
  onSelect,
}: {
  readonly model: SweepModel;
  readonly axes: readonly Axis[];
  readonly colourBy: Axis | undefined;
  readonly kept: Uint8Array;
  readonly ranges: Ranges;
  readonly selected: readonly number[];
  readonly colours: Colours;
  onRange(axis: Axis, range: readonly [number, number] | undefined, isSettled: boolean): void;
  onSelect(points: readonly number[], isAdded: boolean): void;
}): JSX.Element {
  const [box, boxWidth] = useWidth();
  const [over, setOver] = useState<number>();
  const windowHeight = useWindowHeight();
  const room = useMemo(() => parallelRoom(axes, boxWidth, windowHeight), [axes, boxWidth, windowHeight]);
  const lines = useMemo(() => linesOver(room, colourBy, model.points.length), [room, colourBy, model]);
  // Under those that are kept lie all, in one colour: painted once, they stand still while a range is dragged.
  const ground = useMemo(() => ({ ...lines, levels: new Uint8Array(lines.count) }), [lines]);
  const all = useMemo(() => new Uint8Array(lines.count).fill(1), [lines]);
  const alpha = useMemo(() => alphasOf(kept), [kept]);
  const groundAlpha = alphasOf(all).away;
  const isAllKept = useMemo(() => kept.every((each) => each === 1), [kept]);
  const chosen = useMemo(() => selectedMarks(lines, selected, colours), [lines, selected, colours]);
  const marked = useMemo(
    (): readonly Mark[] => [
      ...chosen,
      ...(over === undefined ? [] : [pointedMark(lines, over, colours)]),
      ...axisMarks(room, colourBy, colours),
    ],
    [room, lines, over, chosen, colourBy, colours],
  );
  const { width, height } = room;
  return (
    <section aria-labelledby="sweep-parallel" class="sweep-part">
      <div class="sweep-head">
        <h3 id="sweep-parallel">All factors and metrics</h3>
        <p class="soft sweep-over">
          {over === undefined
            ? 'A line for each point. Drag along an axis to keep a range of it, or move its ends with the arrow keys; Delete takes the range away.'
            : pointText(model, over, axes)}
        </p>
        {boxWidth > 0 && (
          <SavePicture
            marks={() => [
              ...lineMarks(lines, kept, colours),
              ...chosen,
              ...axisMarks(room, colourBy, colours),
            ]}
            width={width}
            height={height}
            colours={colours}
            name={['sweep', model.sweep.manifest.name, 'parallel']}
          />
        )}
      </div>
      <div ref={box} class="sweep-scroll">
        {boxWidth > 0 && (
          // biome-ignore lint/a11y/noStaticElementInteractions: the table selects points by keyboard
          // biome-ignore lint/a11y/useKeyWithClickEvents: the table selects points by keyboard
          <div
            class="sweep-picture"
            style={`width: ${width}px; height: ${height}px`}
            onPointerMove={({ offsetX, offsetY, currentTarget, target }) => {
              if (target !== currentTarget.lastElementChild && target instanceof HTMLCanvasElement)
                setOver(lineAt(room, lines, kept, offsetX, offsetY));
              else setOver(undefined);
            }}
            onPointerLeave={() => setOver(undefined)}
            onClick={({ offsetX, offsetY, target, shiftKey, ctrlKey, metaKey }) => {
              if (!(target instanceof HTMLCanvasElement)) return;
              const at = lineAt(room, lines, kept, offsetX, offsetY);
              if (at !== undefined) onSelect([at], shiftKey || ctrlKey || metaKey);
            }}
          >
            {!isAllKept && (
              <LinesLayer
                lines={ground}
                shown={all}
                colours={colours.pixels.away}
                alpha={groundAlpha}
                width={width}
                height={height}
              />
            )}
            <LinesLayer
              lines={lines}
              shown={kept}
              colours={colours.pixels.levels}
              alpha={alpha.kept}
              width={width}
              height={height}
            />
            <Canvas marks={marked} width={width} height={height} />
            {axes.map((axis, a) => (
              <AxisBrush
                key={axis.id}
                axis={axis}
                room={room}
                x={room.x(a)}
                range={ranges.get(axis.id)}
                onRange={(range, isSettled) => onRange(axis, range, isSettled)}
              />
            ))}
          </div>
        )}
      </div>
    </section>
  );
}
