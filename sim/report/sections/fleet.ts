import { type Block, foldedTable, name, type Text, tableOf, words } from '../document/blocks.ts';
import { plainValue } from '../document/plain-value.ts';
import { metricText, quantity } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import { coresText, memoryText } from '../document/resources.ts';
import { policyRows } from '../policy.ts';
import { isPart, partsOf, scenarioOf, textOf } from './scenario.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

const MOST_ENTRIES = 20;

/** The machines, how their GPUs are shared, and the rules by which they are given away. */
export const fleetSection: SectionKind = {
  id: 'fleet',
  title: 'Fleet and policy',
  build: ({ runs }) => ofEach(runs, (run) => [...hostTable(run), ...modelTable(run), ...policyFacts(run)]),
};

function hostTable(run: ReportedRun): readonly Block[] {
  const { fleet } = scenarioOf(run);
  const rows = partsOf(fleet.hosts).map((host): readonly Text[] => [
    [name(textOf(host.name))],
    quantity(Number(host.count ?? 1), ''),
    coresText(textOf(host.cpu)),
    memoryText(textOf(host.memory)),
    [name(gpusOf(host.gpus))],
    [name(sharingText(host.sharing))],
  ]);
  if (rows.length === 0) return Object.keys(fleet).length === 0 ? [] : traceFleet(fleet);
  const columns = [
    'hosts',
    'number',
    'CPU of each',
    'memory of each',
    words('GPUs of each'),
    words('shared by'),
  ];
  return foldedTable(tableOf('Hosts of the fleet', columns, rows), MOST_ENTRIES, 'entries');
}

/** A fleet that a file lists. */
function traceFleet(fleet: Readonly<Record<string, unknown>>): readonly Block[] {
  return [
    {
      kind: 'facts',
      facts: Object.entries(fleet).flatMap(([key, value]) => {
        const text = plainValue(value);
        return text === '' ? [] : [[key.charAt(0).toUpperCase() + key.slice(1), [name(text)]] as const];
      }),
    },
  ];
}

function modelTable({ groups }: ReportedRun): readonly Block[] {
  const models = Object.entries(groups.gpuModel ?? {});
  if (models.length === 0) return [];
  const has = (metric: string) => models.some(([, metrics]) => metrics[metric]?.value != null);
  const shown = (
    [
      ['GPUs', 'gpu.capacityMilli'],
      ['allocated, mean', 'gpu.allocated.mean'],
      ['peak', 'gpu.allocated.peak'],
      ['allocated at the end', 'gpu.allocated.end'],
    ] as const
  ).filter(([, metric]) => has(metric) && !(metric.endsWith('.end') && has('gpu.allocated.mean')));
  return foldedTable(
    tableOf(
      'GPUs by model',
      ['GPU model', ...shown.map(([title]) => title)],
      models.map(([model, metrics]) => [
        [name(model)],
        ...shown.map(([, metric]) => metricText(metrics[metric])),
      ]),
    ),
    MOST_ENTRIES,
    'models',
  );
}

function policyFacts(run: ReportedRun): readonly Block[] {
  const { policy } = scenarioOf(run);
  // The words of the terminal; a policy of another version is shown as it stands.
  if (typeof policy.placement === 'string' && isPart(run.result.scenario)) {
    try {
      const facts = policyRows(run.result.scenario as unknown as Parameters<typeof policyRows>[0]).flatMap(
        (block) =>
          typeof block === 'object' && 'start' in block
            ? [[block.start.trim() === '' ? 'Also' : block.start.trim(), [name(block.text)]] as const]
            : [],
      );
      return [{ kind: 'facts', facts }];
    } catch {
      // Below.
    }
  }
  return [{ kind: 'facts', facts: [['Policy', [name(plainValue(policy))]]] }];
}

function gpusOf(gpus: unknown): string {
  const list = Array.isArray(gpus) ? partsOf(gpus) : isPart(gpus) ? [gpus] : [];
  return list.length === 0
    ? 'none'
    : list.map((each) => `${textOf(each.count)} × ${textOf(each.model)}`).join(', ');
}

function sharingText(sharing: unknown): string {
  if (!isPart(sharing)) return 'fractions of a GPU';
  return plainValue(sharing);
}
