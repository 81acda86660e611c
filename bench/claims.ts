import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { CLAIMS } from './claims/index.ts';
import { Lab } from './claims/lab.ts';
import { recordedAnswers, writeFinding } from './claims/record.ts';
import { claimsPage, foundText, verdictOf, verdictText } from './claims/render.ts';

/**
 * Asks the model about the case claims of the source documents: `npm run claims -- [c01 c03 ...]`, all by default.
 *
 * Prints what is found, keeps it in `bench/claims/results/` and writes docs/claims.md; `--page` asks nothing and writes the page alone. Exits 2 when a claim is not known.
 */

const { values: options, positionals } = parseArgs({
  options: { page: { type: 'boolean', default: false } },
  allowPositionals: true,
});
const asked = positionals.map((id) => id.toUpperCase());
const unknown = asked.filter((id) => CLAIMS.every((claim) => claim.id !== id));
if (unknown.length > 0) {
  console.error(`claims: unknown ${unknown.join(', ')}; known are ${CLAIMS.map(({ id }) => id).join(', ')}`);
  process.exit(2);
}
for (const claim of CLAIMS) {
  if (options.page || (asked.length > 0 && !asked.includes(claim.id))) continue;
  const started = performance.now();
  const finding = claim.question(new Lab());
  writeFinding(claim, finding);
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${claim.id} ${claim.words} ${claim.source}: ${verdictOf(finding)} (${seconds} s)`);
  for (const part of finding.parts) {
    console.log(`  ${part.claimed}: ${verdictText(part)}`);
    for (const found of part.found) console.log(`    ${foundText(found)}`);
    for (const { assumption, rows } of part.varied ?? [])
      console.log(
        `    ${assumption}: ${rows.map(({ at, gives }) => `${at}: ${foundText(gives)}`).join('; ')}`,
      );
  }
  for (const each of finding.assumptions) console.log(`  assumed: ${each}`);
  for (const each of finding.leftOut) console.log(`  left out: ${each}`);
}
writeFileSync('docs/claims.md', claimsPage(recordedAnswers(CLAIMS)));
