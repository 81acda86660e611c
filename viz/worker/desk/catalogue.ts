import { parseScenarioText } from '../../../sim/scenario/index.ts';
import { isMapping, valueAt } from '../../../sim/scenario/path.ts';
import { modesOf, type Topic, topicOf } from './topic.ts';

/** A scenario that comes with the product. */
export interface CatalogueEntry {
  /** What `slicewise run` finds it by: `openb-like`, `claims/c01`. */
  readonly name: string;
  readonly topic: Topic;
  /** First sentence of its description, and the rest. */
  readonly title: string;
  readonly more: string;
  /** GPUs in words, such as `8 × H100-SXM5-80GB`; empty where a file says them. */
  readonly fleet: string;
  readonly modes: readonly string[];
  readonly isFill: boolean;
  /** What it runs for in simulated time, as it says it; empty where it ends with its jobs. */
  readonly horizon: string;
  readonly replications: number;
  /** Files that it reads, and that have to be given. */
  readonly files: readonly string[];
}

/** @param texts YAML by name */
export function catalogueEntries(texts: ReadonlyMap<string, string>): readonly CatalogueEntry[] {
  return [...texts].flatMap(([name, text]) => {
    const parsed = parseScenarioText(text);
    return parsed.ok ? [entryOf(name, parsed.document)] : [];
  });
}

function entryOf(name: string, document: unknown): CatalogueEntry {
  const description = String(valueAt(document, ['description']) ?? '');
  const [title, more] = firstSentence(description);
  const experiment = valueAt(document, ['experiment']);
  const isFill = isMapping(experiment) && experiment.kind === 'fill';
  const horizon = isMapping(experiment) && typeof experiment.horizon === 'string' ? experiment.horizon : '';
  const files = [
    ['fleet', 'trace', 'nodes'],
    ['workload', 'trace', 'jobs'],
    ['workload', 'trace', 'pods'],
    ['workload', 'trace', 'throughputs'],
    ['workload', 'typical'],
  ].flatMap((path) => {
    const file = valueAt(document, path);
    return typeof file === 'string' ? [file] : [];
  });
  return {
    ...{ name, topic: topicOf(name, document), title, more, fleet: fleetText(document) },
    ...{ modes: [...new Set(modesOf(document))], isFill, horizon, files },
    replications: Number(valueAt(document, ['replications']) ?? 1),
  };
}

/** A full stop ends it where a blank and a capital follow. */
function firstSentence(text: string): readonly [first: string, rest: string] {
  const match = /^(.*?[.!?])\s+(?=[A-Z"(])(.*)$/s.exec(text.trim());
  return match === null ? [text.trim(), ''] : [match[1] as string, match[2] as string];
}

/** Models in words, at most so many. */
const MOST_MODELS = 3;

function fleetText(document: unknown): string {
  const hosts = valueAt(document, ['fleet', 'hosts']);
  if (!Array.isArray(hosts)) return '';
  const counts = new Map<string, number>();
  for (const host of hosts as readonly unknown[]) {
    if (!isMapping(host)) continue;
    const gpus: readonly unknown[] = Array.isArray(host.gpus) ? host.gpus : [host.gpus];
    for (const gpu of gpus) {
      if (!isMapping(gpu)) continue;
      const model = isMapping(gpu.model) ? String(gpu.model.name ?? 'own model') : String(gpu.model);
      const count = Number(host.count ?? 1) * Number(gpu.count ?? 1);
      counts.set(model, (counts.get(model) ?? 0) + count);
    }
  }
  const models = [...counts].sort(([, a], [, b]) => b - a);
  const shown = models.slice(0, MOST_MODELS).map(([model, count]) => `${count} × ${model}`);
  const rest = models.slice(MOST_MODELS).reduce((sum, [, count]) => sum + count, 0);
  return [...shown, ...(rest === 0 ? [] : [`${rest} of ${models.length - MOST_MODELS} other models`])].join(
    ', ',
  );
}
