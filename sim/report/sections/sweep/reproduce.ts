import { type Block, code, details, name, paragraph } from '../../document/blocks.ts';
import type { SweepSection } from './view.ts';

/** What was swept, to the letter. */
export const sweepDesign: SweepSection = {
  id: 'design',
  title: 'The design, and how to have it again',
  build: ({ results: { design, seeds, version, scenario, sweepId, overlays } }): readonly Block[] => [
    {
      kind: 'facts',
      facts: [
        ...design.factors.map(
          (factor) =>
            [
              `${factor.part}: ${factor.path}`,
              [
                name(
                  'range' in factor
                    ? `${factor.range.from}${factor.range.unit} to ${factor.range.to}${factor.range.unit}${factor.range.step === undefined ? '' : ` in steps of ${factor.range.step}${factor.range.unit}`}${factor.range.scale === 'log' ? ', log scale' : ''}`
                    : factor.values.join(', '),
                ),
              ],
            ] as const,
        ),
        ...(design.samples > 1
          ? ([['samples', `${design.samples}, drawn with seed ${design.seed}`]] as const)
          : []),
        ['seeds', seeds.length > 3 ? `${seeds[0]} to ${seeds.at(-1)}` : seeds.join(', ')],
        ...(overlays.length === 0
          ? []
          : ([['laid over the scenario', [name(overlays.join(', '))]]] as const)),
        ['sweep', [code(sweepId)]],
        ['version', [name(version)]],
      ],
    },
    paragraph('The same command with the same version, on any machine, gives the same digest.'),
    ...details('The scenario that is swept, in canonical form', [
      { kind: 'code', label: 'scenario', text: JSON.stringify(scenario, null, 2).slice(0, 60_000) },
    ]),
  ],
};
