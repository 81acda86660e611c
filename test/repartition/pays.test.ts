import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { normalizeScenario, replicate } from '../../sim/index.ts';

// biome-ignore lint/suspicious/noExplicitAny: a document as written
type Written = any;

function runOf(document: Written) {
  const result = normalizeScenario(document);
  if (!result.ok)
    throw new Error(result.problems.map(({ path, message }) => `${path}: ${message}`).join('; '));
  const readings = new Map(replicate(result.scenario, {}, result.scenario.seed).readings);
  return (name: string) => readings.get(name)?.value ?? Number.NaN;
}

const catalogued = (name: string): Written => parse(readFileSync(`scenarios/catalog/${name}.yaml`, 'utf8'));

/** The same fleet with so many of its hosts fixed at each number of functions. */
function fixed(document: Written, hostsBy: Readonly<Record<number, number>>): Written {
  const [group] = document.fleet.hosts;
  const hosts = Object.entries(hostsBy).flatMap(([vfs, count]) =>
    count === 0
      ? []
      : [{ ...group, name: `farm-${vfs}`, count, sharing: { ...group.sharing, vfs: Number(vfs) } }],
  );
  const { repartition: _, ...rest } = document;
  return { ...rest, fleet: { hosts } };
}

describe('sriov-follow-demand', () => {
  test('waits less than with every fixed split of its cards', () => {
    const document = catalogued('sriov-follow-demand');
    const follows = runOf(document);
    const waits: Record<string, number> = {};
    // All splits that let finals run and without halves, which suit neither; of those with halves the best.
    for (const [whole, halves] of [
      [1, 0],
      [2, 0],
      [3, 0],
      [4, 0],
      [2, 1],
    ] as const) {
      const run = runOf(fixed(document, { 1: whole, 2: halves, 4: 4 - whole - halves }));
      expect(run('jobs.rejected')).toBe(0);
      waits[`${whole} ${halves}`] = run('wait.mean');
    }
    for (const [split, wait] of Object.entries(waits)) {
      expect(2 * follows('wait.mean'), split).toBeLessThan(wait);
    }
    expect(follows('repartition.stopped') + follows('repartition.moved')).toBe(0);
    expect(follows('jobs.rejected')).toBe(0);
  });
});
