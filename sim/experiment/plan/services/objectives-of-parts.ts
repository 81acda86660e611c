import type { ObjectiveDocument } from '../../../scenario/schema/objectives.ts';

const METRICS = 'answered|overdue|throughput|latency\\.\\w+|withinObjective|batch\\.mean';
const LONGEST_NAME = 200;

/**
 * Objectives that speak of a service which became several, of these: what they answer is added up, and of everything else the
 * worst counts, so that an objective that the parts keep is kept by all of its requests together. Reports call it what it was.
 */
export function objectivesOfParts(
  objectives: readonly ObjectiveDocument[],
  sizes: readonly { readonly service: string; readonly name: string }[],
): ObjectiveDocument[] {
  const parts = new Map<string, { readonly name: string }[]>();
  for (const each of sizes) parts.set(each.service, [...(parts.get(each.service) ?? []), each]);
  return objectives.map((objective) => {
    const stated = typeof objective === 'string' ? { expect: objective } : objective;
    let { expect } = stated;
    for (const [service, own] of parts) {
      if (own.length > 1)
        expect = ofParts(
          expect,
          service,
          own.map(({ name }) => name),
        );
    }
    if (expect === stated.expect) return objective;
    const named = stated.expect.length <= LONGEST_NAME ? { name: stated.expect } : {};
    return { ...named, ...stated, expect };
  });
}

function ofParts(expect: string, service: string, names: readonly string[]): string {
  const own = `service\\.${service.replaceAll(/[^A-Za-z0-9_]/g, '\\$&')}`;
  const forms = new RegExp(
    [
      `\\bmetric\\(\\s*["']${own}\\.(?<quoted>${METRICS})["']\\s*\\)`,
      `\\b(?<statistic>mean|p50|p95|p99|max)\\(\\s*${own}\\.(?<of>latency|batch)\\s*\\)`,
      `(?<![\\w."'-])${own}\\.(?<plain>${METRICS})(?![\\w."'-])`,
    ].join('|'),
    'g',
  );
  return expect.replace(forms, (...found) => {
    const { quoted, plain, statistic, of } = found.at(-1) as Record<string, string | undefined>;
    const metric = quoted ?? plain ?? `${of}.${statistic}`;
    return together(
      metric,
      names.map((name) => `metric("service.${name}.${metric}")`),
    );
  });
}

function together(metric: string, parts: readonly string[]): string {
  if (['answered', 'overdue', 'throughput'].includes(metric)) return `(${parts.join(' + ')})`;
  return parts.reduce((worst, part) => `${metric === 'withinObjective' ? 'min' : 'max'}(${worst}, ${part})`);
}
