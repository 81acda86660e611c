import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { AxisBrush } from './axis-brush.tsx';
import type { Colours } from './colours.ts';
import type { Axis, Ranges, SweepModel } from './model.ts';
import {
  awayMarks,
  axisMarks,
  keptMarks,
  lineAt,
  parallelRoom,
  pathsOf,
  selectedMarks,
} from './parallel-scene.ts';
import { Canvas, LinesCanvas, SavePicture, useWidth } from './picture.tsx';
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
  const room = useMemo(() => parallelRoom(axes, boxWidth), [axes, boxWidth]);
  const paths = useMemo(() => pathsOf(room, colourBy, model.points.length), [room, colourBy, model]);
  const away = useMemo(() => awayMarks(paths, kept, colours), [paths, kept, colours]);
  const lines = useMemo(() => keptMarks(paths, kept, colourBy, colours), [paths, kept, colourBy, colours]);
  const chosen = useMemo(() => selectedMarks(paths, selected, colours), [paths, selected, colours]);
  const marked = useMemo((): ReturnType<typeof axisMarks> => {
    const path = over === undefined ? undefined : paths[over];
    return [
      ...chosen,
      ...(path === undefined
        ? []
        : [{ kind: 'lines', paths: [path], stroke: colours.ink, width: 2.5 } as const]),
      ...axisMarks(room, colourBy, colours),
    ];
  }, [room, paths, over, chosen, colourBy, colours]);
  const { width, height } = room;
  return (
    <section aria-labelledby="sweep-parallel" class="sweep-part">
      <div class="sweep-head">
        <h3 id="sweep-parallel">All factors and metrics</h3>
        {boxWidth > 0 && (
          <SavePicture
            marks={() => [...away, ...lines, ...chosen, ...axisMarks(room, colourBy, colours)]}
            width={width}
            height={height}
            colours={colours}
            name={['sweep', model.sweep.manifest.name, 'parallel']}
          />
        )}
      </div>
      <p class="soft sweep-note">
        A line for each point. Drag along an axis to keep a range of it, or move its ends with the arrow keys;
        Delete takes the range away.
      </p>
      <div ref={box} class="sweep-scroll">
        {boxWidth > 0 && (
          // biome-ignore lint/a11y/noStaticElementInteractions: the table selects points by keyboard
          // biome-ignore lint/a11y/useKeyWithClickEvents: the table selects points by keyboard
          <div
            class="sweep-picture"
            style={`width: ${width}px; height: ${height}px`}
            onPointerMove={({ offsetX, offsetY, currentTarget, target }) => {
              if (target !== currentTarget.lastElementChild && target instanceof HTMLCanvasElement)
                setOver(lineAt(room, paths, kept, offsetX, offsetY));
              else setOver(undefined);
            }}
            onPointerLeave={() => setOver(undefined)}
            onClick={({ offsetX, offsetY, target, shiftKey, ctrlKey, metaKey }) => {
              if (!(target instanceof HTMLCanvasElement)) return;
              const at = lineAt(room, paths, kept, offsetX, offsetY);
              if (at !== undefined) onSelect([at], shiftKey || ctrlKey || metaKey);
            }}
          >
            <LinesCanvas marks={away} width={width} height={height} />
            <LinesCanvas marks={lines} width={width} height={height} />
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
      <p class="sweep-says">{over === undefined ? '' : pointText(model, over, axes)}</p>
    </section>
  );
}
