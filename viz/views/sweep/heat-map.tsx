import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import { plural } from '../../../sim/report/format.ts';
import type { Colours } from './colours.ts';
import { type Heat, heatCellAt, heatMarks, heatOf, heatRoom } from './heat-scene.ts';
import type { SweepLook } from './look.ts';
import type { Axis, SweepModel } from './model.ts';
import { Canvas, Pointed, SavePicture, useWidth } from './picture.tsx';

type MapLook = NonNullable<SweepLook['map']>;

/** The mean of a metric over two factors, whatever the others say. */
export function HeatMap({
  model,
  look,
  metrics,
  kept,
  selected,
  colours,
  onLook,
  onSelect,
}: {
  readonly model: SweepModel;
  readonly look: MapLook;
  readonly metrics: readonly Axis[];
  readonly kept: Uint8Array;
  readonly selected: readonly number[];
  readonly colours: Colours;
  onLook(what: Readonly<Record<string, string>>): void;
  onSelect(points: readonly number[], isAdded: boolean): void;
}): JSX.Element {
  const [box, width] = useWidth();
  const [pointed, point] = useState(-1);
  const factor = (path: string) => model.factors.find((each) => each.path === path);
  const [across, up, metric] = [factor(look.across), factor(look.up), model.axis(look.metric)];
  const heat = useMemo(
    () =>
      across === undefined || up === undefined || metric === undefined
        ? undefined
        : heatOf(across, up, metric, kept),
    [across, up, metric, kept],
  );
  const isEmpty = heat === undefined || heat.cells.every((cell) => cell === undefined);
  const chosen = useMemo(() => new Set(selected), [selected]);
  const paths = model.factors.map(({ path }) => path);
  return (
    <section aria-labelledby="sweep-map" class="sweep-part">
      <div class="sweep-head">
        <h3 id="sweep-map">Over two factors</h3>
        {heat !== undefined && metric !== undefined && !isEmpty && width > 0 && (
          <SavePicture
            marks={() => heatMarks(heat, heatRoom(heat, width), { ...look, metric }, -1, chosen, colours)}
            width={width}
            height={heatRoom(heat, width).height}
            colours={colours}
            name={['sweep', model.sweep.manifest.name, 'map']}
          />
        )}
      </div>
      <div class="sweep-choices">
        <Choice
          label="Metric"
          value={look.metric}
          options={metrics.map(({ id, label }) => [id, label])}
          onChange={(cell) => onLook({ cell })}
        />
        <Choice
          label="Across"
          value={look.across}
          options={paths.map((path) => [path, path])}
          // Either factor takes the other's place.
          onChange={(path) => onLook({ across: path, up: path === look.up ? look.across : look.up })}
        />
        <Choice
          label="Up"
          value={look.up}
          options={paths.map((path) => [path, path])}
          onChange={(path) => onLook({ up: path, across: path === look.across ? look.up : look.across })}
        />
      </div>
      <div ref={box}>
        {heat === undefined || metric === undefined || isEmpty ? (
          <p>No point that is kept has a value of it.</p>
        ) : (
          width > 0 && (
            <Pictured
              heat={heat}
              look={look}
              metric={metric}
              width={width}
              pointed={pointed}
              chosen={chosen}
              colours={colours}
              point={point}
              onSelect={onSelect}
            />
          )
        )}
      </div>
    </section>
  );
}

function Pictured({
  heat,
  look,
  metric,
  width,
  pointed,
  chosen,
  colours,
  point,
  onSelect,
}: {
  readonly heat: Heat;
  readonly look: MapLook;
  readonly metric: Axis;
  readonly width: number;
  readonly pointed: number;
  readonly chosen: ReadonlySet<number>;
  readonly colours: Colours;
  point(cell: number): void;
  onSelect(points: readonly number[], isAdded: boolean): void;
}): JSX.Element {
  const room = useMemo(() => heatRoom(heat, width), [heat, width]);
  const marks = useMemo(
    () => heatMarks(heat, room, { ...look, metric }, pointed, chosen, colours),
    [heat, room, look, metric, pointed, chosen, colours],
  );
  const columns = heat.columns.length;
  const place =
    pointed < 0
      ? ''
      : `${look.across} ${heat.columns[pointed % columns]}, ${look.up} ${heat.rows[Math.floor(pointed / columns)]}`;
  const cell = heat.cells[pointed];
  const says =
    pointed < 0
      ? ''
      : cell === undefined
        ? `${place}: no point`
        : `${place}: ${metric.label} ${metric.text(cell.mean)}, mean of ${plural(cell.points.length, 'point')}`;
  return (
    <Pointed
      label={`Map of ${metric.label} over ${look.across} and ${look.up}, from ${metric.text(heat.low)} to ${metric.text(heat.high)}. Arrow keys go from cell to cell, Enter selects its points.`}
      says={says}
      width={room.width}
      height={room.height}
      onMove={(x, y) => point(heatCellAt(heat, room, x, y))}
      onLeave={() => point(-1)}
      onPick={(isAdded, at) => {
        const picked = at === undefined ? pointed : heatCellAt(heat, room, ...at);
        onSelect(heat.cells[picked]?.points ?? [], isAdded);
      }}
      onKey={(key) => {
        const next = cellAfter(heat, pointed, key);
        if (next !== undefined) point(next);
        return next !== undefined;
      }}
    >
      <Canvas marks={marks} width={room.width} height={room.height} />
    </Pointed>
  );
}

function cellAfter({ columns, rows }: Heat, cell: number, key: string): number | undefined {
  const steps: Readonly<Record<string, readonly [number, number]>> = {
    ArrowRight: [1, 0],
    ArrowLeft: [-1, 0],
    ArrowUp: [0, 1],
    ArrowDown: [0, -1],
  };
  const step = steps[key];
  if (step === undefined) return undefined;
  if (cell < 0) return 0;
  const column = Math.max(0, Math.min(columns.length - 1, (cell % columns.length) + step[0]));
  const row = Math.max(0, Math.min(rows.length - 1, Math.floor(cell / columns.length) + step[1]));
  return row * columns.length + column;
}

/** One of some, with its name. */
export function Choice({
  label,
  value,
  options,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly options: readonly (readonly [value: string, text: string])[];
  onChange(value: string): void;
}): JSX.Element {
  return (
    <label>
      <span>{label}</span>
      <select value={value} onChange={({ currentTarget }) => onChange(currentTarget.value)}>
        {options.map(([each, text]) => (
          <option key={each} value={each}>
            {text}
          </option>
        ))}
      </select>
    </label>
  );
}
