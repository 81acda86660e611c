import { type Block, foldedTable, name, type Text, tableOf, words } from '../document/blocks.ts';
import { plainValue } from '../document/plain-value.ts';
import { quantity } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import { coresText, gpusText, memoryText } from '../document/resources.ts';
import { isPart, partsOf, scenarioOf, textOf } from './scenario.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

const MOST_CLASSES = 10;

/** What arrives: tasks, services, sessions, as the scenario states them, and what the input files gave. */
export const workloadSection: SectionKind = {
  id: 'workload',
  title: 'Workload',
  build: ({ runs }) =>
    ofEach(runs, (run) => {
      const { workload, experiment } = scenarioOf(run);
      return [
        { kind: 'facts', facts: [['Experiment', [name(plainValue(experiment))]], ...plainFacts(workload)] },
        ...classTable(workload.synthetic),
        ...serviceTable(workload.services),
        ...sessionTable(workload.sessions),
        ...inputTable(run),
      ];
    }),
};

type Fact = readonly [label: string, text: Text];

const TABLES = new Set(['services', 'sessions']);

function plainFacts(workload: Readonly<Record<string, unknown>>): readonly Fact[] {
  return Object.entries(workload).flatMap(([key, value]): readonly Fact[] => {
    if (TABLES.has(key)) return [];
    if (key !== 'synthetic' || !isPart(value)) return fact(key, value);
    return ['tasks', 'until', 'arrivals'].flatMap((part) => fact(part, value[part]));
  });
}

function fact(label: string, value: unknown): readonly Fact[] {
  const text = plainValue(value);
  return text === '' ? [] : [[label.charAt(0).toUpperCase() + label.slice(1), [name(text)]]];
}

function classTable(synthetic: unknown): readonly Block[] {
  if (!isPart(synthetic)) return [];
  const classes = partsOf(synthetic.classes);
  const weight = (each: Readonly<Record<string, unknown>>) => Number(each.weight ?? 1);
  const total = classes.reduce((sum, each) => sum + weight(each), 0);
  const rows = [...classes]
    .sort((a, b) => weight(b) - weight(a))
    .map((each): readonly Text[] => [
      [name(textOf(each.name))],
      quantity(total > 0 ? weight(each) / total : null, 'fraction'),
      [name(demandText(each))],
      [name(plainValue(each.lifetime))],
    ]);
  return foldedTable(
    tableOf(
      'Classes of tasks, the most frequent first',
      ['class', 'part of arrivals', words('asks for'), words('runs for')],
      rows,
    ),
    MOST_CLASSES,
    'classes',
  );
}

function demandText(each: Readonly<Record<string, unknown>>): string {
  const { cpu, memory, gpus, gpu, slot, models, workers } = each;
  const rest = plainValue({ slot: slotOf(slot), models, workers });
  return [
    coresText(textOf(cpu)),
    memoryText(textOf(memory)),
    gpusText(Number(gpus ?? 0), textOf(gpu)),
    ...(rest === '' ? [] : [rest]),
  ].join(', ');
}

/** One instance, and none of the compute, go without saying. */
function slotOf(slot: unknown): unknown {
  if (!isPart(slot)) return slot;
  const { count, compute, ...rest } = slot;
  return { ...rest, ...(count === 1 ? {} : { count }), ...(compute === '0m' ? {} : { compute }) };
}

function serviceTable(services: unknown): readonly Block[] {
  const rows = partsOf(services).map((each): readonly Text[] => [
    [name(textOf(each.name))],
    quantity(Number(each.replicas ?? 1), ''),
    [name(plainValue(each.traffic))],
    [name(demandText(each))],
    [name(plainValue(each.objective) || 'none')],
  ]);
  return rows.length === 0
    ? []
    : [
        tableOf(
          'Services',
          ['service', 'replicas', words('requests'), words('each replica asks for'), words('objective')],
          rows,
        ),
      ];
}

function sessionTable(sessions: unknown): readonly Block[] {
  const rows = partsOf(sessions).map((each): readonly Text[] => [
    [name(textOf(each.name))],
    quantity(Number(each.users ?? 0), ''),
    [name(demandText(each))],
    [name(plainValue(each.activity))],
    [
      name(
        isPart(each.frames)
          ? plainValue({ target: each.frames.target, deadline: each.frames.deadline })
          : 'not modelled',
      ),
    ],
  ]);
  return rows.length === 0
    ? []
    : [
        tableOf(
          'Sessions of users',
          ['group', 'users', words('each asks for'), words('active'), words('frames')],
          rows,
        ),
      ];
}

function inputTable({ result }: ReportedRun): readonly Block[] {
  const rows = result.inputs.map(({ path, rows: read, kept, skipped }): readonly Text[] => [
    [{ code: path }],
    quantity(read, 'rows'),
    quantity(kept, 'rows'),
    quantity(skipped, 'rows'),
  ]);
  return rows.length === 0 ? [] : [tableOf('Input files', ['file', 'read', 'kept', 'skipped'], rows)];
}
