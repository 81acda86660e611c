import { type Block, code, details, name, paragraph } from '../document/blocks.ts';
import type { ReportedRun } from '../document/read-result.ts';
import { shellWord } from '../document/shell-word.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

/** Longest scenario that a report carries with it, in characters. */
const MOST_TEXT = 60_000;

/** The command that gives the same result again. */
export const reproduceSection: SectionKind = {
  id: 'reproduce',
  title: 'How to have it again',
  build({ runs, scenarioFiles }) {
    let at = 0;
    return ofEach(runs, (run) => reproduceBlocks(run, scenarioFiles[at++]));
  },
};

function reproduceBlocks({ result }: ReportedRun, file: string | undefined): readonly Block[] {
  const { seeds, version, digest, overlays, inputs } = result;
  const text = scenarioText(result.scenario);
  const place = file ?? 'scenario.json';
  return [
    paragraph([
      'The scenario as it ran, every default and setting in it, is ',
      ...(file === undefined ? ['below: put it into '] : ['in the file beside this report, ']),
      code(place),
      '. With version ',
      name(version),
      ' this gives the digest ',
      code(digest),
      ':',
    ]),
    {
      kind: 'code',
      label: 'Command that gives the same result',
      text: `slicewise run ${shellWord(place)} --seed ${seeds[0]} --replications ${seeds.length}`,
    },
    ...(inputs.length === 0
      ? []
      : [
          paragraph([
            'It reads files by paths relative to where the scenario was: put ',
            code(place),
            ' there, or put these beside it: ',
            ...inputs.flatMap(({ path }, at) => (at === 0 ? [code(path)] : [', ', code(path)])),
            '.',
          ]),
        ]),
    ...(overlays.length === 0
      ? []
      : [
          paragraph(
            'These settings and overlays made it from the scenario of that name; they are in it already:',
          ),
          { kind: 'list' as const, items: overlays.map((each) => [code(each)]) },
        ]),
    ...(text.length > MOST_TEXT
      ? [paragraph('The scenario is too long to be shown here.')]
      : details('The scenario as it ran', [{ kind: 'code', label: 'Scenario as JSON', text }])),
  ];
}

/** As it is written beside the report. */
export function scenarioText(scenario: unknown): string {
  return `${JSON.stringify(scenario, null, 2)}\n`;
}
