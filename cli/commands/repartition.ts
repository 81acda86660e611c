import { readFileSync } from 'node:fs';
import { type Command, Option } from 'commander';
import type { PlacementSet } from '../../sim/hardware/index.ts';
import { planRepartition, type RepartitionProblem } from '../../sim/policies/repartition/index.ts';
import { parseScenarioText } from '../../sim/scenario/index.ts';
import { valueAt } from '../../sim/scenario/path.ts';
import { problemFrom } from '../../sim/scenario/problem.ts';
import { type Problem, UsageError } from '../errors.ts';
import { fileErrorText } from '../file-errors.ts';
import type { CliIo } from '../io.ts';
import { integerOption } from '../options.ts';
import type { RepartitionAnswer } from './repartition/answer.ts';
import { findCardProblems } from './repartition/checks.ts';
import type { CardsDocument } from './repartition/document.ts';
import { problemOf } from './repartition/problem.ts';
import { answerRecord } from './repartition/record.ts';
import { answerText } from './repartition/text.ts';

interface RepartitionOptions {
  readonly states?: number;
  readonly json?: boolean;
}

/** `slicewise repartition FILE`: the cheapest steps from cards as they are to the MIG instances that are wanted. */
export function registerRepartition(program: Command, io: CliIo): void {
  const wrongOptions: Problem[] = [];
  program
    .command('repartition')
    .description(
      'plan how MIG cards with running jobs are cut anew: the cheapest waits, stops, moves and cuts',
    )
    .argument('<file>', 'cards with their instances and jobs, and what is wanted (YAML or JSON)')
    .addOption(
      new Option(
        '--states <n>',
        'most states that the search looks at before a hastier one takes over (default: 40,000 for one card, 20,000 for several)',
      ).argParser(integerOption('--states', 1, 10_000_000, wrongOptions)),
    )
    .option('--json', 'print JSON')
    .addHelpText(
      'after',
      `
The file:
  gpu: A100-40GB
  cards:
    - name: a
      instances:
        - { profile: 3g.20gb, start: 0, job: { name: train, remaining: 2h, preemptible: true,
            checkpoint: { save: 30s, restore: 40s }, migrate: 12s } }
        - { profile: 3g.20gb, start: 4 }
  target: { instances: { 7g.40gb: 1 }, ready: idle }    or cards: { a: { 7g.40gb: 1 } }; idle or standing
  objective: loss-first                                 touches-first, or { gpuMinutesPerTouch: 5 }
  creation: chosen                                      or driver: where the driver puts new instances
What each key means: docs/repartition.md

Example: slicewise repartition cards.yaml --json`,
    )
    .action((path: string, options: RepartitionOptions) => {
      if (wrongOptions.length > 0) throw new UsageError('wrong options', wrongOptions);
      const problem = readProblem(path);
      const outcome = planRepartition(problem, options.states);
      const answer = { problem, outcome, after: layoutsAfter(problem, outcome) };
      io.out(
        options.json === true
          ? `${JSON.stringify(answerRecord(answer), null, 2)}\n`
          : answerText(answer, Math.min(io.columns, 100)),
      );
    });
}

/** @throws {UsageError} with everything that is wrong with the file */
function readProblem(path: string): RepartitionProblem {
  const text = parseScenarioText(readText(path), path, 'cards and a target');
  if (!text.ok) throw new UsageError(`cannot read cards ${path}`, text.problems);
  const { document, at } = text;
  const findings = findCardProblems(document);
  if (findings.length > 0) {
    throw new UsageError(
      `cards ${path} are not valid`,
      findings.map((finding) => problemFrom(finding, valueAt(document, finding.path), at)),
    );
  }
  return problemOf(document as CardsDocument);
}

function readText(path: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path));
  } catch (error) {
    const message = error instanceof TypeError ? 'is not UTF-8 text' : fileErrorText(error);
    throw new UsageError(`cannot read cards ${path}`, [{ path, message }]);
  }
}

function layoutsAfter(
  { cards }: RepartitionProblem,
  outcome: RepartitionAnswer['outcome'],
): readonly PlacementSet[] {
  const layouts = new Map(
    cards.map(({ id, instances }) => [id, instances.reduce((set, each) => set | (1 << each.placement), 0)]),
  );
  for (const { kind, card, placement } of outcome.outcome === 'planned' ? outcome.steps : []) {
    if (card === undefined || placement === undefined) continue;
    const now = layouts.get(card) ?? 0;
    if (kind === 'create') layouts.set(card, now | (1 << placement));
    if (kind === 'delete') layouts.set(card, now & ~(1 << placement));
  }
  return [...layouts.values()];
}
