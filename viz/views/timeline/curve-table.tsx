import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import type { Curve } from '../../replay/curve.ts';
import { type AlertSpan, valueText } from '../../replay/series.ts';
import type { ClockWords } from './clock-words.ts';
import { inSight } from './paths.ts';
import type { Span } from './span.ts';

/** Rows of the table: as many as a page stands. */
const MOST_ROWS = 200;

/** What the curves show, in numbers, and the alerts in words. */
export function CurveTable({
  curves,
  alerts,
  left,
  span,
  words,
}: {
  curves: readonly Curve[];
  alerts: readonly AlertSpan[];
  /** Alerts that the result does not list. */
  left: number;
  span: Span;
  words: ClockWords;
}): JSX.Element {
  const [isOpen, setOpen] = useState(false);
  return (
    <details class="curve-tables" onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>As tables</summary>
      {isOpen && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reached by keyboard.
        <section class="curve-tables-box" tabIndex={0} aria-label="Curves as tables">
          {curves.map((curve) => (
            <OneTable key={curve.name} curve={curve} span={span} words={words} />
          ))}
          {alerts.length > 0 && (
            <table>
              <caption>Alerts{left > 0 ? `: the longest; ${left} more are not listed` : ''}</caption>
              <thead>
                <tr>
                  <th scope="col">from</th>
                  <th scope="col">to</th>
                  <th scope="col">alert</th>
                </tr>
              </thead>
              <tbody>
                {alerts.slice(0, MOST_ROWS).map(({ fromUs, toUs, text }) => (
                  <tr key={`${fromUs} ${toUs} ${text}`}>
                    <td>{words.text(fromUs)}</td>
                    <td>{words.text(toUs)}</td>
                    <td>{text}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )}
        </section>
      )}
    </details>
  );
}

function OneTable({ curve, span, words }: { curve: Curve; span: Span; words: ClockWords }): JSX.Element {
  const [first, last] = inSight(curve, span);
  const step = Math.max(1, Math.ceil((last - first + 1) / MOST_ROWS));
  const rows = Array.from(
    { length: Math.max(0, Math.ceil((last - first + 1) / step)) },
    (_, i) => first + i * step,
  );
  const edge = (i: number) => {
    const at = curve.edges[i] as number;
    return words.isFill ? `${Number(at.toFixed(2))} %` : words.text(at);
  };
  return (
    <table>
      <caption>
        {curve.title}
        {step > 1 ? `: one of ${step} rows` : ''}
      </caption>
      <thead>
        <tr>
          <th scope="col">{words.isFill ? 'requested from' : 'from'}</th>
          <th scope="col">{words.isFill ? 'requested to' : 'to'}</th>
          <th scope="col" class="number">
            mean
          </th>
          <th scope="col" class="number">
            least
          </th>
          <th scope="col" class="number">
            greatest
          </th>
        </tr>
      </thead>
      <tbody>
        {rows.map((i) => (
          <tr key={i}>
            <td>{edge(i)}</td>
            <td>{edge(i + 1)}</td>
            <td class="number">{valueText(curve.mean[i], curve.unit)}</td>
            <td class="number">{valueText(curve.min[i], curve.unit)}</td>
            <td class="number">{valueText(curve.max[i], curve.unit)}</td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
