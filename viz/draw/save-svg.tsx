import type { JSX, RefObject } from 'preact';
import { fileName } from './export-png.ts';
import { exportSvg } from './export-svg.ts';

/** Saves the chart within an element of the page as a picture. */
export function SaveSvg({
  within,
  chart,
  name,
}: {
  within: RefObject<Element | null>;
  /** Which of the drawings in it: a CSS selector. */
  chart: string;
  /** Of the file, in parts. */
  name: readonly string[];
}): JSX.Element {
  const save = (): void => {
    const svg = within.current?.querySelector<SVGSVGElement>(chart);
    if (svg != null) exportSvg(svg, `${fileName(...name)}.svg`);
  };
  return (
    <button type="button" title="Saves the chart as a picture" onClick={save}>
      Save SVG
    </button>
  );
}
