import { REPORT_SECTIONS } from '../sections/index.ts';
import { name, type ReportDocument, type ReportSection, type Text } from './blocks.ts';
import { withOwnLabels } from './labels.ts';
import type { ReportedRun } from './read-result.ts';

/** The report of one run, or of several side by side. */
export function reportDocument(results: readonly ReportedRun[], files: readonly string[]): ReportDocument {
  const runs = withOwnLabels(results);
  const sections = REPORT_SECTIONS.flatMap(({ id, title, build }): readonly ReportSection[] => {
    const blocks = build({ runs, scenarioFiles: files });
    return blocks.length === 0 ? [] : [{ id, title, blocks }];
  });
  const [first] = runs;
  const title: Text =
    runs.length === 1 && first !== undefined ? [name(first.label)] : `${runs.length} runs side by side`;
  const versions = [...new Set(runs.map(({ result }) => result.version))].join(', ');
  return {
    title,
    subtitle: ['Simulated by Slicewise ', name(versions)],
    sections,
  };
}
