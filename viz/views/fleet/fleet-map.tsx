import type { JSX } from 'preact';
import { useEffect, useMemo, useRef, useState } from 'preact/hooks';
import { type Run, useApp, useAppState, useMoment } from '../../app/context.ts';
import { useKeys } from '../../app/keys.ts';
import { exportPng, fileName } from '../../draw/export-png.ts';
import { clockText } from '../../draw/words.ts';
import type { Selection } from '../../state/app-state.ts';
import { type Description, describeGpu, describeHost, descriptionText } from './describe.ts';
import { fleetFacts } from './facts.ts';
import { MapController, type Place } from './map-controller.ts';
import type { MapLink } from './map-link.ts';
import type { Step } from './plane.ts';

const STEPS: Readonly<Record<string, Step>> = {
  ArrowLeft: { dx: -1, dy: 0 },
  ArrowRight: { dx: 1, dy: 0 },
  ArrowUp: { dx: 0, dy: -1 },
  ArrowDown: { dx: 0, dy: 1 },
};

/** What is selected on a map that shows another replay than the one that all views do. */
export interface OtherSelection {
  readonly selection: Selection;
  choose(next: Selection, canBeUndone: boolean): void;
}

interface Props {
  readonly run: Run;
  /** Maps with the same one are zoomed and moved together. */
  readonly link?: MapLink;
  /** Absent: what is selected in the page. */
  readonly other?: OtherSelection;
}

/** The fleet as a map of cards, to zoom and to select on, by pointer and by keyboard. */
export function FleetMap({ run, link, other }: Props): JSX.Element {
  const app = useApp();
  const { player } = run;
  const facts = useMemo(() => fleetFacts(player.file.outline.header), [player]);
  const colouring = useAppState((state) => state.colouring);
  const ownSelection = useAppState((state) => state.selection);
  const selection = other?.selection ?? ownSelection;
  const base = useRef<HTMLCanvasElement>(null);
  const above = useRef<HTMLCanvasElement>(null);
  const map = useRef<MapController | undefined>(undefined);
  const [tip, setTip] = useState<{ readonly place: Place; readonly isByKey: boolean } | undefined>(undefined);
  useEffect(() => {
    if (base.current === null || above.current === null) return undefined;
    const controller = new MapController(facts, player, base.current, above.current);
    map.current = controller;
    controller.show(app.store.state.colouring, selection);
    if (link !== undefined) controller.onMoved = () => link.moved(controller);
    const leave = link?.join(controller);
    return () => {
      leave?.();
      controller.close();
      map.current = undefined;
    };
  }, [facts, player, link]);
  useEffect(() => {
    const controller = map.current;
    if (controller === undefined) return;
    controller.show(colouring, selection);
    // Of two maps that show the same selection, the first leads.
    const isLed = other !== undefined;
    if (selection.kind === 'gpu' && selection.gpu < facts.gpuCount) controller.reveal(selection, isLed);
    if (selection.kind === 'host' && selection.host < facts.hostCount) controller.reveal(selection, isLed);
  }, [colouring, selection, facts]);

  const choose = (next: Selection, canBeUndone: boolean): void => {
    if (other !== undefined) {
      other.choose(next, canBeUndone);
      return;
    }
    const recipe = (draft: { selection: Selection }) => {
      draft.selection = next;
    };
    if (canBeUndone) app.store.change('selection', recipe);
    else app.store.set(recipe);
  };
  const point = (event: { clientX: number; clientY: number }): Place | undefined => {
    const box = above.current?.getBoundingClientRect();
    return box === undefined ? undefined : map.current?.at(event.clientX - box.left, event.clientY - box.top);
  };
  const onPointerMove = (event: PointerEvent): void => {
    if (event.buttons !== 0) return;
    const place = point(event);
    map.current?.hover(place?.kind === 'gpu' ? place.gpu : -1);
    if (place === undefined) setTip(undefined);
    else if (tip === undefined || tip.isByKey || !isSame(tip.place, place)) setTip({ place, isByKey: false });
  };
  const onClick = (event: MouseEvent): void => {
    const place = point(event);
    if (place === undefined) return;
    if (place.kind === 'group') map.current?.open(place);
    else choose(place, true);
  };
  // The map does these by itself while it has the focus.
  useKeys('On the fleet map, when it has the focus', [
    { keys: ['ArrowLeft', 'ArrowRight', 'ArrowUp', 'ArrowDown'], does: 'Select the next GPU' },
    { keys: ['Shift+ArrowRight'], does: 'Select the next host, with any arrow' },
    { keys: ['Enter'], does: 'Zoom to what is selected' },
    { keys: ['Escape'], does: 'From the GPU to its host, from the host to nothing' },
    { keys: ['+', '-'], does: 'Zoom in or out' },
    { keys: ['0'], does: 'Show all of the fleet' },
  ]);
  const onKeyDown = (event: KeyboardEvent): void => {
    const controller = map.current;
    if (controller === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
    const step = STEPS[event.key];
    if (step !== undefined) {
      const next = stepFrom(controller, selection, step, event.shiftKey || controller.detail !== 'cards');
      if (next !== undefined) {
        choose(next, false);
        setTip({ place: next, isByKey: true });
      }
    } else if (event.key === '+' || event.key === '=') controller.zoomBy(1.5);
    else if (event.key === '-') controller.zoomBy(1 / 1.5);
    else if (event.key === '0') controller.fit();
    else if (event.key === 'Enter' && (selection.kind === 'gpu' || selection.kind === 'host')) {
      const first = facts.gpuStart[selection.kind === 'host' ? selection.host : -1];
      controller.open(selection);
      // From the host on to what is in it.
      if (selection.kind === 'host' && first !== undefined && facts.hostOfGpu[first] === selection.host)
        choose({ kind: 'gpu', gpu: first }, true);
    } else if (event.key === 'Escape') {
      setTip(undefined);
      if (selection.kind === 'gpu') choose({ kind: 'host', host: facts.hostOfGpu[selection.gpu] ?? 0 }, true);
      else choose({ kind: 'none' }, true);
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const save = async (): Promise<void> => {
    const controller = map.current;
    if (controller === undefined) return;
    const [width, height] = controller.size;
    const name = `${fileName('fleet', run.name.replace(/\.\w+$/, ''), clockText(player.atUs))}.png`;
    const isDone = await exportPng(name, width, height, (ctx, scale) => controller.drawOn(ctx, scale));
    app.say(
      isDone ? `The map is saved as ${name}` : 'The picture is too large: make the window smaller',
      isDone ? 'note' : 'problem',
    );
  };
  return (
    <div class="fleet-map">
      <div class="fleet-tools">
        <button
          type="button"
          aria-label="Zoom in"
          title="Zoom in (+)"
          onClick={() => map.current?.zoomBy(1.5)}
        >
          +
        </button>
        <button
          type="button"
          aria-label="Zoom out"
          title="Zoom out (-)"
          onClick={() => map.current?.zoomBy(1 / 1.5)}
        >
          −
        </button>
        <button type="button" title="Show all of the fleet (0)" onClick={() => map.current?.fit()}>
          Fit
        </button>
        <button
          type="button"
          title="Save what is shown as a PNG picture, twice as large"
          onClick={() => void save()}
        >
          Save PNG
        </button>
      </div>
      <div
        class="fleet-window"
        role="application"
        aria-roledescription="map"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a map that is walked with the arrow keys has to take the focus
        tabIndex={0}
        aria-label={`Fleet: ${facts.hostCount} hosts, ${facts.gpuCount} GPUs. Arrow keys go from GPU to GPU, with Shift from host to host; Enter zooms in, Escape goes out; plus, minus and 0 zoom. A table of the hosts follows.`}
        onKeyDown={onKeyDown}
        onFocus={() => {
          if (selection.kind === 'gpu' || selection.kind === 'host')
            setTip({ place: selection, isByKey: true });
        }}
        onBlur={() => setTip(undefined)}
      >
        <canvas ref={base} />
        <canvas
          ref={above}
          onPointerMove={onPointerMove}
          onPointerLeave={() => {
            map.current?.hover(-1);
            if (tip?.isByKey === false) setTip(undefined);
          }}
          onClick={onClick}
          onDblClick={(event) => {
            const place = point(event);
            if (place !== undefined) map.current?.open(place);
          }}
        />
        {tip !== undefined && map.current !== undefined && (
          <Tip run={run} map={map.current} place={tip.place} isByKey={tip.isByKey} />
        )}
      </div>
    </div>
  );
}

/** What is said of the place that is pointed at, beside it. Read out where it was reached by the keyboard. */
function Tip({
  run,
  map,
  place,
  isByKey,
}: {
  readonly run: Run;
  readonly map: MapController;
  readonly place: Place;
  readonly isByKey: boolean;
}): JSX.Element {
  useMoment(run.player, 2);
  const { state } = run.player;
  const { facts } = map;
  const said: Description =
    place.kind === 'gpu'
      ? describeGpu(facts, state, place.gpu)
      : place.kind === 'host'
        ? describeHost(facts, state, place.host)
        : { title: map.groupName(place.group), facts: ['click to zoom in'], residents: [], more: 0 };
  const box = map.boxOf(place);
  const [width, height] = map.size;
  const isRight = box.x + box.width / 2 > width / 2;
  const isLow = box.y + box.height / 2 > height / 2;
  const clamp = (value: number, most: number) => Math.max(4, Math.min(value, most - 4));
  const style = {
    [isRight ? 'right' : 'left']:
      `${clamp(isRight ? width - box.x + 6 : box.x + box.width + 6, width - 150)}px`,
    [isLow ? 'bottom' : 'top']: `${clamp(isLow ? height - box.y - box.height : box.y, height - 60)}px`,
  };
  return (
    <>
      <div class="fleet-tip" style={style} aria-hidden="true">
        <strong>{said.title}</strong>
        {said.facts.map((line) => (
          <div key={line}>{line}</div>
        ))}
        {said.residents.length > 0 && (
          <ul>
            {said.residents.map((line, i) => (
              <li key={`${i} ${line}`}>{line}</li>
            ))}
            {said.more > 0 && <li class="soft">and {said.more} more</li>}
          </ul>
        )}
      </div>
      <div class="sr-only" aria-live="polite">
        {isByKey ? descriptionText(said) : ''}
      </div>
    </>
  );
}

function isSame(one: Place, other: Place): boolean {
  if (one.kind === 'gpu') return other.kind === 'gpu' && one.gpu === other.gpu;
  if (one.kind === 'host') return other.kind === 'host' && one.host === other.host;
  return other.kind === 'group' && one.group === other.group;
}

/** Where the arrow keys lead from what is selected: the first GPU or host where nothing is. */
function stepFrom(
  map: MapController,
  selection: Selection,
  step: Step,
  isByHost: boolean,
):
  | { readonly kind: 'gpu'; readonly gpu: number }
  | { readonly kind: 'host'; readonly host: number }
  | undefined {
  const { facts } = map;
  if (isByHost || selection.kind === 'host' || facts.gpuCount === 0) {
    const from =
      selection.kind === 'host'
        ? selection.host
        : selection.kind === 'gpu'
          ? facts.hostOfGpu[selection.gpu]
          : undefined;
    const host = from === undefined ? 0 : map.nextHost(from, step);
    return host === undefined ? undefined : { kind: 'host', host };
  }
  const gpu = selection.kind === 'gpu' ? map.nextGpu(selection.gpu, step) : 0;
  return gpu === undefined ? undefined : { kind: 'gpu', gpu };
}
