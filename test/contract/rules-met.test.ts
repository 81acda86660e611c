import fc from 'fast-check';
import { expect, test } from 'vitest';
import { isRefusal, REFUSAL_RULES, type RefusalRule } from '../../sim/sharing/index.ts';
import { asksFor } from './arbitraries.ts';
import { EXAMPLES, figures, openExample } from './examples.ts';

/** Rules that no card can come to, each with the reason. */
const OUT_OF_REACH: Partial<Record<RefusalRule, string>> = {
  'mig-needs-idle-card': 'a card in MIG mode has no clients before its first instance',
  'mig-max-instances': 'in every layout of every GPU overlap or engines refuse first',
  'cut-anew': 'cards are cut anew by runs alone (test/sharing/card-cut.test.ts)',
  'vgpu-fixed-share-mixed': 'a problem of the options, found before there is a card',
};

test('the examples run into every rule that can refuse, and every example takes and refuses', () => {
  const values = figures();
  const met = new Set<RefusalRule>();
  for (const example of EXAMPLES) {
    let taken = 0;
    let refused = 0;
    for (const asks of fc.sample(fc.array(asksFor(example), { minLength: 20, maxLength: 60 }), {
      seed: 7,
      numRuns: 60,
    })) {
      const card = openExample(example, values);
      for (const ask of asks) {
        const answer = card.admit(ask);
        if (isRefusal(answer)) {
          met.add(answer.refused);
          refused += 1;
        } else {
          card.place(answer);
          taken += 1;
        }
      }
    }
    expect(taken, `${example.title}: taken`).toBeGreaterThan(50);
    expect(refused, `${example.title}: refused`).toBeGreaterThan(50);
  }
  const rules = Object.keys(REFUSAL_RULES) as RefusalRule[];
  expect(rules.filter((rule) => !met.has(rule) && !(rule in OUT_OF_REACH))).toEqual([]);
  expect(rules.filter((rule) => met.has(rule) && rule in OUT_OF_REACH)).toEqual([]);
});
