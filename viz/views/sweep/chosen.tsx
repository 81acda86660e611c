import type { JSX } from 'preact';
import { plural } from '../../../sim/report/format.ts';
import { useApp } from '../../app/context.ts';
import { download, fileName } from '../../draw/export-png.ts';
import { CopyLine } from '../start/copy-line.tsx';
import type { Axis, SweepModel } from './model.ts';
import { commandOf } from './words.ts';

/** Points of which the command is shown. */
const SHOWN = 3;

/** The points that are selected, and how to run each of them. */
export function Chosen({
  model,
  axes,
  selected,
  onClear,
}: {
  readonly model: SweepModel;
  readonly axes: readonly Axis[];
  readonly selected: readonly number[];
  onClear(): void;
}): JSX.Element {
  const app = useApp();
  const { manifest } = model.sweep;
  const copyAll = (): void => {
    const text = selected.map((p) => `${commandOf(model, p)}\n`).join('');
    void navigator.clipboard
      .writeText(text)
      .then(() => app.say(`${plural(selected.length, 'command')} copied`))
      .catch(() => app.say('The browser does not let the page copy', 'problem'));
  };
  const saveScenario = (): void =>
    download(
      new Blob([`${JSON.stringify(manifest.scenario, null, 2)}\n`], { type: 'application/json' }),
      `${fileName(manifest.name)}.json`,
    );
  const factors = axes.filter(({ places }) => places !== undefined);
  const metrics = axes.filter(({ places }) => places === undefined);
  return (
    <section aria-labelledby="sweep-chosen" class="sweep-part">
      <div class="sweep-head">
        <h3 id="sweep-chosen" aria-live="polite">
          {selected.length === 0 ? 'No point is selected' : `${plural(selected.length, 'point')} selected`}
        </h3>
        {selected.length > 0 && (
          <span class="sweep-save">
            {selected.length > 1 && (
              <button type="button" onClick={copyAll}>
                Copy all commands
              </button>
            )}
            <button type="button" onClick={saveScenario}>
              Save the scenario
            </button>
            <button type="button" onClick={onClear}>
              Select none
            </button>
          </span>
        )}
      </div>
      {selected.length === 0 ? (
        <p class="soft sweep-note">
          Click a line, a cell, a dot or a row to select points in all of them; with Shift, besides others.
        </p>
      ) : (
        <>
          {selected.slice(0, SHOWN).map((p) => (
            <div class="sweep-point" key={p}>
              <p>
                <b>Point {model.points[p]?.point}:</b>{' '}
                {factors.map((axis) => `${axis.label} ${axis.textOf(p)}`).join(', ')}.{' '}
                {metrics.map((axis) => `${axis.label} ${axis.textOf(p)}`).join('; ')}.
              </p>
              <CopyLine
                text={commandOf(model, p)}
                what={`the command that runs point ${model.points[p]?.point}`}
              />
            </div>
          ))}
          <p class="soft sweep-note">
            {selected.length > SHOWN ? `… and ${plural(selected.length - SHOWN, 'other point')}. ` : ''}
            Where <code>{manifest.name}</code> is no scenario of the catalogue, put the path of its file in
            its place, or save it here. The same version gives the same runs
            {manifest.traces.length > 0 ? ', in the folder where its traces are' : ''}.
          </p>
        </>
      )}
    </section>
  );
}
