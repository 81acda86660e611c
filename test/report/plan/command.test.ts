import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { readPlan } from '../../../sim/report/plan/read-plan.ts';
import { inProcess } from '../../cli/in-process.ts';
import { TemporaryFolder } from '../../cli/temporary-folder.ts';
import { ALL, FOUND } from './fixtures.ts';

const folder = new TemporaryFolder();
/** A folder with a `plan.json`. */
function planned(name: string, content: string): string {
  mkdirSync(folder.at(name));
  folder.write(`${name}/plan.json`, content);
  return folder.at(name);
}
const plain = (value: unknown): Record<string, unknown> => JSON.parse(JSON.stringify(value));

describe('plan.json', () => {
  test.each(Object.entries(ALL))('reads back as it was written: %s', (_, result) => {
    const read = readPlan(plain(result));
    expect(read.ok && read.plan).toEqual(plain(result));
  });

  test('gives infinite amounts back that JSON writes as null', () => {
    const written = plain(FOUND) as { regret: { plans: { under: { amount: number | null }[] }[] } };
    const under = written.regret.plans[1]?.under[1] as { amount: number | null };
    under.amount = null;
    const read = readPlan(written);
    expect(read.ok && read.plan.regret?.plans[1]?.under[1]?.amount).toBe(Number.POSITIVE_INFINITY);
  });

  test('is refused with the place of every part that is missing or something else', () => {
    const optional = new Set(['planned']);
    for (const key of Object.keys(FOUND)) {
      if (optional.has(key)) continue;
      const { [key]: _, ...rest } = plain(FOUND);
      const read = readPlan(rest);
      expect(read.ok ? [] : read.problems.map(({ path }) => path), key).toContainEqual(key);
    }
    const broken = plain(FOUND) as {
      plan: { counts: { count: unknown }[]; objectives: unknown };
      rivals: unknown;
    };
    (broken.plan.counts[1] as { count: unknown }).count = 'many';
    broken.plan.objectives = [{ name: 'x' }];
    broken.rivals = 7;
    const read = readPlan(broken);
    expect(read.ok ? [] : read.problems.map(({ path }) => path).sort()).toEqual([
      'plan.counts[1].count',
      'plan.objectives',
      'rivals',
    ]);
  });
});

describe('slicewise report of a plan', () => {
  test('writes HTML and Markdown of the folder or of its file', async () => {
    const place = planned('plan', JSON.stringify(FOUND));
    for (const given of [place, join(place, 'plan.json')]) {
      const out = folder.at(`out-${given.length}`);
      const run = await inProcess(['report', given, '--out', out]);
      expect(run).toMatchObject({ code: 0, out: `${join(out, 'report.html')}\n${join(out, 'report.md')}\n` });
      expect(readFileSync(join(out, 'report.html'), 'utf8')).toContain('Plan of');
    }
    const alone = folder.at('alone');
    expect((await inProcess(['report', place, '--format', 'md', '--out', alone])).code).toBe(0);
    expect(readdirSync(alone)).toEqual(['report.md']);
  });

  test('refuses other formats and further places at once, and writes nothing', async () => {
    const place = planned('plan2', JSON.stringify(FOUND));
    const out = folder.at('none');
    const run = await inProcess(['report', place, place, '--format', 'html,csv,junit', '--out', out]);
    expect(run.code).toBe(2);
    expect(run.err).toContain('of a plan must be html or md, got csv, junit');
    expect(run.err).toContain('a plan is reported alone, got 2 places');
    expect(() => readdirSync(out)).toThrow();
  });

  test('says what is wrong with a file that is no plan', async () => {
    const cases = [
      ['{', 'is not JSON'],
      ['{"schema":"slicewise/result@1"}', 'is no plan'],
      ['[]', 'is no plan'],
    ] as const;
    for (const [i, [content, message]] of cases.entries()) {
      const run = await inProcess(['report', planned(`bad${i}`, content), '--out', folder.at(`bad-out${i}`)]);
      expect(run.code).toBe(2);
      expect(run.err).toContain(message);
    }
    const run = await inProcess(['report', folder.at('nowhere/plan.json'), '--out', folder.at('bad-out')]);
    expect(run.code).toBe(2);
    expect(run.err).toContain('plan.json');
  });
});
