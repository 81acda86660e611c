import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import type { Claim, Finding } from './claim.ts';
import type { Answer } from './render.ts';

const fileOf = ({ id }: Pick<Claim, 'id'>) => `bench/claims/results/${id.toLowerCase()}.json`;

/** Digits that are kept: the last ones of a mean of doubles say nothing. */
const KEPT_DIGITS = 10;

/** As in biome.json. */
const LINE_WIDTH = 110;

/** As it is kept in a file: plain data, numbers to ten digits. */
export function kept(finding: Finding): Finding {
  return JSON.parse(
    JSON.stringify(finding, (_, value) =>
      typeof value === 'number' && !Number.isInteger(value) ? Number(value.toPrecision(KEPT_DIGITS)) : value,
    ),
  );
}

export function writeFinding(claim: Claim, finding: Finding): void {
  writeFileSync(fileOf(claim), `${joinedLists(JSON.stringify(kept(finding), null, 2))}\n`);
}

/** Lists of numbers or words on one line where they fit, as the formatter of this repository has them. */
function joinedLists(json: string): string {
  return json.replace(
    /^(.*)\[\n([^[\]{}]*?)\n\s*\](,?)$/gm,
    (all, start: string, items: string, comma: string) => {
      const line = `${start}[${items.trim().replace(/,\n\s*/g, ', ')}]${comma}`;
      return line.length <= LINE_WIDTH ? line : all;
    },
  );
}

/** Undefined where the claim was never asked. */
export function readFinding(claim: Claim): Finding | undefined {
  const file = fileOf(claim);
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : undefined;
}

/** The claims that were asked, in order, with what was found. */
export function recordedAnswers(claims: readonly Claim[]): readonly Answer[] {
  return claims.flatMap((claim) => {
    const finding = readFinding(claim);
    return finding === undefined ? [] : [{ claim, finding }];
  });
}
