import type { JSX } from 'preact';
import { useMemo, useState } from 'preact/hooks';
import type { Criterion } from '../../../sim/experiment/compare/pareto.ts';
import { metricWords } from '../../../sim/report/document/metric-words.ts';
import { count, plural } from '../../../sim/report/format.ts';
import type { Colours } from './colours.ts';
import { Choice } from './heat-map.tsx';
import { type Axis, betterOf, type SweepModel } from './model.ts';
import { partOf } from './parallel-scene.ts';
import { Canvas, Pointed, SavePicture, useWidth } from './picture.tsx';
import { dotAt, tradeOffMarks, tradeOffOf, tradeOffRoom } from './trade-off-scene.ts';
import { pointText } from './words.ts';

const MOST_FRONT_COLUMNS = 3;

/** Two metrics against each other, with the points that no other beats in both. */
export function TradeOff({
  model,
  criteria,
  colourBy,
  kept,
  selected,
  colours,
  onLook,
  onSelect,
}: {
  readonly model: SweepModel;
  readonly criteria: readonly [x: Criterion, y: Criterion];
  readonly colourBy: Axis | undefined;
  readonly kept: Uint8Array;
  readonly selected: readonly number[];
  readonly colours: Colours;
  onLook(what: Readonly<Record<string, string>>): void;
  onSelect(points: readonly number[], isAdded: boolean): void;
}): JSX.Element {
  const [box, width] = useWidth();
  const [pointed, point] = useState<number>();
  const [x, y] = criteria;
  const key = `${x.metric}:${x.better} ${y.metric}:${y.better}`;
  const tradeOff = useMemo(() => tradeOffOf(model, criteria, kept), [model, key, kept]);
  const room = useMemo(
    () => (tradeOff === undefined || width === 0 ? undefined : tradeOffRoom(tradeOff, width)),
    [tradeOff, width],
  );
  const colourOf = (p: number) => colours.level(partOf(colourBy, p));
  const draw = (at: number | undefined) =>
    tradeOff === undefined || room === undefined
      ? []
      : tradeOffMarks(model, tradeOff, room, colourOf, selected, at, colours);
  const marks = useMemo(() => draw(pointed), [tradeOff, room, colourBy, selected, pointed, colours]);
  const order = useMemo(
    () =>
      tradeOff?.points.toSorted(
        (a, b) => (tradeOff.axes[0].at[a] as number) - (tradeOff.axes[0].at[b] as number) || a - b,
      ) ?? [],
    [tradeOff],
  );
  const isThere = tradeOff !== undefined && room !== undefined && tradeOff.points.length > 0;
  const nowAt = pointed === undefined ? -1 : order.indexOf(pointed);
  const shown = tradeOff?.axes ?? [];
  return (
    <section aria-labelledby="sweep-trade-off" class="sweep-part">
      <div class="sweep-head">
        <h3 id="sweep-trade-off">Trade-off</h3>
        {isThere && (
          <SavePicture
            marks={() => draw(undefined)}
            width={room.width}
            height={room.height}
            colours={colours}
            name={['sweep', model.sweep.manifest.name, 'trade-off']}
          />
        )}
      </div>
      <div class="sweep-choices">
        {criteria.map((criterion, i) => (
          <CriterionChoice
            key={i === 0 ? 'x' : 'y'}
            label={i === 0 ? 'Across' : 'Up'}
            criterion={criterion}
            metrics={model.metrics}
            onChange={({ metric, better }) => onLook({ [i === 0 ? 'x' : 'y']: `${metric}:${better}` })}
          />
        ))}
      </div>
      <div ref={box}>
        {!isThere ? (
          <p>No point that is kept has all of its runs and both values.</p>
        ) : (
          <Pointed
            label={`Scatter of ${tradeOff.axes[0].label} and ${tradeOff.axes[1].label}, ${plural(tradeOff.points.length, 'point')}, ${tradeOff.front.length} on the Pareto front. Arrow keys go from point to point, Page keys along the front, Enter selects.`}
            says={
              pointed === undefined
                ? ''
                : `${tradeOff.front.includes(pointed) ? 'On the front. ' : ''}${pointText(model, pointed, [...shown, ...model.factorAxes.slice(0, MOST_FRONT_COLUMNS)])}`
            }
            width={room.width}
            height={room.height}
            onMove={(px, py) => point(dotAt(tradeOff, room, px, py))}
            onLeave={() => point(undefined)}
            onPick={(isAdded, at) => {
              const picked = at === undefined ? pointed : dotAt(tradeOff, room, ...at);
              onSelect(picked === undefined ? [] : [picked], isAdded);
            }}
            onKey={(name) => {
              const step = { ArrowRight: 1, ArrowUp: 1, ArrowLeft: -1, ArrowDown: -1 }[name];
              const onFront = { PageDown: 1, PageUp: -1 }[name];
              if (step !== undefined)
                point(order[Math.max(0, Math.min(order.length - 1, nowAt + step))] ?? order[0]);
              else if (onFront !== undefined) {
                const at = pointed === undefined ? -1 : tradeOff.front.indexOf(pointed);
                point(tradeOff.front[Math.max(0, Math.min(tradeOff.front.length - 1, at + onFront))]);
              } else return false;
              return true;
            }}
          >
            <Canvas marks={marks} width={room.width} height={room.height} />
          </Pointed>
        )}
      </div>
      {isThere && (
        <p class="soft sweep-note">
          Diamonds are the front: {plural(tradeOff.front.length, 'point')} of {count(tradeOff.points.length)}{' '}
          that no other is better than in both, by means.{' '}
          <button type="button" onClick={() => onSelect(tradeOff.front, false)}>
            Select the front
          </button>
        </p>
      )}
    </section>
  );
}

function CriterionChoice({
  label,
  criterion,
  metrics,
  onChange,
}: {
  readonly label: string;
  readonly criterion: Criterion;
  readonly metrics: readonly string[];
  onChange(criterion: Criterion): void;
}): JSX.Element {
  const { metric, better } = criterion;
  return (
    <span class="sweep-criterion">
      <Choice
        label={label}
        value={metric}
        options={metrics.map((each) => [each, metricWords(each)])}
        onChange={(each) => onChange({ metric: each, better: betterOf(each) })}
      />
      <Choice
        label={`${label}, better`}
        value={better}
        options={[
          ['lower', 'lower'],
          ['higher', 'higher'],
        ]}
        onChange={(each) => onChange({ metric, better: each as Criterion['better'] })}
      />
    </span>
  );
}
