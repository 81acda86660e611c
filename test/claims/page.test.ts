import { existsSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { CLAIMS } from '../../bench/claims/index.ts';
import { Lab } from '../../bench/claims/lab.ts';
import { kept, readFinding, recordedAnswers } from '../../bench/claims/record.ts';
import { claimsPage } from '../../bench/claims/render.ts';
import { catalogNames } from '../../cli/load-scenario.ts';

const PAGE = 'docs/claims.md';
const REQUIREMENTS = '../shared/requirements.md';

test('docs/claims.md is what the recorded answers give', () => {
  expect(claimsPage(recordedAnswers(CLAIMS))).toBe(readFileSync(PAGE, 'utf8'));
});

test.skipIf(!existsSync(REQUIREMENTS))('every case claim of the sources is asked, in their figures', () => {
  const rows = readFileSync(REQUIREMENTS, 'utf8').match(/^\| C\d\d \|.*$/gm) ?? [];
  expect(CLAIMS.map(({ id }) => id)).toEqual(rows.map((row) => row.slice(2, 5)));
  for (const [at, { words }] of CLAIMS.entries()) {
    const figures = (text: string) => text.match(/\d+(?:[.,]\d+)?/g) ?? [];
    const [, , claimed = ''] = rows[at]?.split('|') ?? [];
    expect(
      figures(words).filter((each) => each !== '1'),
      words,
    ).toEqual(figures(claimed.replace(/\bx(\d)/g, '$1')).filter((each) => each !== '1'));
  }
});

describe.each(CLAIMS.map((claim) => [claim.id, claim] as const))('%s', (_, claim) => {
  test('has an answer for each of its parts, with a condition where it holds only under one', () => {
    const finding = readFinding(claim);
    expect(finding?.parts.length).toBeGreaterThan(0);
    expect(finding?.assumptions.length).toBeGreaterThan(0);
    for (const { claimed, verdict, condition, found } of finding?.parts ?? []) {
      expect(condition !== undefined, claimed).toBe(verdict === 'only if');
      if (verdict !== 'not modelled') expect(found.length, claimed).toBeGreaterThan(0);
      for (const { value, ci95 = [], what } of found) {
        expect(value, what).not.toBeNaN();
        expect(value, what).not.toBeNull();
        if (ci95.length === 2) expect(ci95[0], what).toBeLessThanOrEqual(ci95[1] ?? Number.NaN);
      }
    }
  });

  test('is asked with scenarios that anybody can run by name', () => {
    expect(catalogNames()).toEqual(expect.arrayContaining([...claim.scenarios]));
  });

  test.runIf(claim.isQuick)('gets the recorded answer when it is asked again', () => {
    expect(kept(claim.question(new Lab()))).toEqual(readFinding(claim));
  });
});
