import type { Comparison, ObjectiveResult } from '../experiment/compare/index.ts';
import { printable } from './format.ts';
import { outcomeText, VERDICT_WORD } from './objectives.ts';
import { wellFormed } from './well-formed.ts';

/** Where something stands in a file; lines and columns from 1. */
export interface SourcePlace {
  /** Relative to the folder of the repository, with `/`. */
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/** Where an objective of a variant stands, and the variant itself where a scenario states it (`whatIf`). */
interface ObjectivePlaces {
  readonly objective: SourcePlace;
  readonly variant?: SourcePlace;
}

/** Undefined where an objective is of no file. */
export type PlaceOf = (variant: string, result: ObjectiveResult) => ObjectivePlaces | undefined;

/** By which messages link to the place of the variant. */
const VARIANT_ID = 1;
const SCHEMA = 'https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json';

/**
 * Objectives that did not pass as a SARIF 2.1.0 log: one rule for each objective, one result for each variant that fails
 * it, at the line of the scenario that states it; with the variant of a scenario as a related location, which the message links to.
 *
 * @see OASIS, Static Analysis Results Interchange Format (SARIF) Version 2.1.0, sections 3.13 to 3.30
 */
export function sarifLog({ version, variants, isStrict }: Comparison, placeOf: PlaceOf): string {
  const rules = new Map<string, { readonly id: string; readonly result: ObjectiveResult }>();
  const ruleOf = (result: ObjectiveResult) => {
    const key = JSON.stringify([result.name, result.expect]);
    const known = rules.get(key) ?? { id: `objective-${rules.size + 1}`, result };
    rules.set(key, known);
    return known.id;
  };
  const results = variants.flatMap((variant) =>
    variant.objectives.flatMap((result) => {
      const ruleId = ruleOf(result);
      if (result.verdict === 'pass') return [];
      const places = placeOf(variant.name, result);
      const name = plain(variant.name);
      const who = places?.variant === undefined ? name : `[${name}](${VARIANT_ID})`;
      return [
        {
          ruleId,
          ruleIndex: Number(ruleId.slice('objective-'.length)) - 1,
          level: result.verdict === 'undecided' && !isStrict ? 'warning' : 'error',
          message: {
            text: `${who}: ${plain(`${result.name}: ${VERDICT_WORD[result.verdict]}: ${outcomeText(result)}`)}`,
          },
          ...(places === undefined ? {} : { locations: [location(places.objective)] }),
          ...(places?.variant === undefined
            ? {}
            : {
                relatedLocations: [
                  {
                    id: VARIANT_ID,
                    ...location(places.variant),
                    message: { text: `variant ${name}` },
                  },
                ],
              }),
          // The same objective of the same variant is the same alert, whatever the numbers.
          partialFingerprints: { objective: plain(`${variant.name}/${result.name}`) },
        },
      ];
    }),
  );
  const log = {
    $schema: SCHEMA,
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'slicewise',
            version,
            informationUri: 'https://www.npmjs.com/package/slicewise',
            rules: [...rules.values()].map(({ id, result }) => ({
              id,
              name: id,
              shortDescription: { text: plain(result.name) },
              fullDescription: {
                text: plain(result.why === '' ? result.expect : `${result.expect}: ${result.why}`),
              },
              help: { text: 'See docs/objectives.md.' },
              defaultConfiguration: { level: 'error' },
            })),
          },
        },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  };
  return `${JSON.stringify(log, null, 2)}\n`;
}

function location({ file, line, column }: SourcePlace) {
  const uri = wellFormed(file).split('/').map(encodeURIComponent).join('/');
  return {
    physicalLocation: {
      artifactLocation: { uri },
      region: { startLine: line, startColumn: column },
    },
  };
}

/** Messages of SARIF give `{0}` and `[text](1)` a meaning: braces and brackets are set apart. */
function plain(text: string): string {
  return printable(wellFormed(text))
    .replaceAll('{', '{{')
    .replaceAll('}', '}}')
    .replaceAll(/[\\[\]]/g, (mark) => `\\${mark}`);
}

/** Objectives that did not pass as commands of GitHub Actions, which shows them beside the line. */
export function githubAnnotations({ variants, isStrict }: Comparison, placeOf: PlaceOf): string {
  const lines = variants.flatMap((variant) =>
    variant.objectives.flatMap((result) => {
      if (result.verdict === 'pass') return [];
      const level = result.verdict === 'undecided' && !isStrict ? 'warning' : 'error';
      const place = placeOf(variant.name, result)?.objective;
      const at =
        place === undefined
          ? []
          : [`file=${property(place.file)}`, `line=${place.line}`, `col=${place.column}`];
      const title = `title=${property(`${variant.name}: ${result.name}`.slice(0, 200))}`;
      return [
        `::${level} ${[...at, title].join(',')}::${data(`${VERDICT_WORD[result.verdict]}: ${outcomeText(result)}`)}\n`,
      ];
    }),
  );
  return lines.join('');
}

/** @see https://github.com/actions/toolkit/blob/main/packages/core/src/command.ts */
const data = (text: string) => printable(wellFormed(text)).replaceAll('%', '%25');
const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
