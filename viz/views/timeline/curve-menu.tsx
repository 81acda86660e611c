import type { JSX } from 'preact';
import { seriesTitle } from '../../replay/series.ts';

/** Which curves are shown: a few of those that there are. */
export function CurveMenu({
  names,
  titleOf,
  chosen,
  most,
  choose,
}: {
  names: readonly string[];
  titleOf(name: string): string | undefined;
  chosen: readonly string[];
  most: number;
  choose(names: readonly string[]): void;
}): JSX.Element {
  return (
    <details class="curve-menu">
      <summary>Curves</summary>
      <div class="curve-menu-box">
        <fieldset>
          <legend>At most {most} at a time</legend>
          {names.map((name) => {
            const isOn = chosen.includes(name);
            return (
              <label key={name}>
                <input
                  type="checkbox"
                  checked={isOn}
                  disabled={!isOn && chosen.length >= most}
                  onChange={() => choose(isOn ? chosen.filter((each) => each !== name) : [...chosen, name])}
                />{' '}
                {titleOf(name) ?? seriesTitle(name)}
              </label>
            );
          })}
        </fieldset>
      </div>
    </details>
  );
}
