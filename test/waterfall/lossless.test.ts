import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  isRefusal,
  losslessTwin,
  losslessValue,
  openCard,
  Residents,
  SHARING_MODES,
  type SharedGpu,
  sharingMode,
} from '../../sim/sharing/index.ts';
import { asksFor } from '../contract/arbitraries.ts';
import { EXAMPLES } from '../contract/examples.ts';
import { VALUES } from '../contract/residents.ts';

/** Figures that say how something is divided or where jobs stand: no loss of the mode. */
const NO_LOSS: readonly string[] = [
  'time-slicing.slice',
  'hook.cap-accuracy',
  'gvt-g.idle-credit',
  'edge-pool.gpu-memory',
  ...['mig', 'mig-vgpu', 'time-slicing'].flatMap((mode) =>
    ['training', 'inference-saturated', 'inference-latency'].map(
      (workload) => `${mode}.${workload}-position`,
    ),
  ),
];

describe('What modes cost', () => {
  test('each figure of a mode either is a loss with a lossless value, or says something else', () => {
    for (const { id, unit } of SHARING_MODES.flatMap(({ parameters }) => parameters)) {
      const isOther = unit.startsWith('seconds') || NO_LOSS.includes(id);
      // Round trips are lengths of time and a loss all the same.
      const isLoss = losslessValue(id) !== undefined;
      expect(isLoss || isOther, id).toBe(true);
      expect(isLoss && NO_LOSS.includes(id), id).toBe(false);
    }
  });

  test('without loss residents together are not slower, and speeds rest on the residents alone', () => {
    const cases = fc
      .constantFrom(...EXAMPLES)
      .chain((example) =>
        fc.tuple(
          fc.constant(example),
          fc.array(fc.tuple(asksFor(example), fc.boolean()), { minLength: 1, maxLength: 8 }),
        ),
      );
    let slower = 0;
    fc.assert(
      fc.property(cases, ([{ config, card }, joins]) => {
        const shared: SharedGpu = { mode: sharingMode(config.mode), config, spec: card, values: VALUES };
        const own = openCard(shared);
        const residents = new Residents();
        for (const [ask, isActive] of joins) {
          const slot = own.admit(ask);
          if (isRefusal(slot) || ask.count > 1) continue;
          own.place(slot);
          residents.join(slot, ask.use, isActive);
        }
        const speeds = new Float64Array(16);
        const others = new Float64Array(16);
        own.speeds(residents, speeds);
        // A card without these tenants, of the same mode, says the same: so a twin may stand for all cards like it.
        openCard(shared).speeds(residents, others);
        for (let s = 0; s < residents.count; s++) expect(others[s]).toBe(speeds[s]);
        const twin = losslessTwin(shared);
        if (twin === undefined) return;
        twin.speeds(residents, others);
        let together = 0;
        let lossless = 0;
        for (let s = 0; s < residents.count; s++) {
          if (residents.active[s] !== 1) expect(others[s]).toBe(0);
          together += speeds[s]!;
          lossless += others[s]!;
          if (others[s]! > speeds[s]!) slower += 1;
        }
        // Each by itself may be a little slower: what its neighbours gain by losing nothing, they can take of what they share.
        expect(lossless).toBeGreaterThanOrEqual(together * (1 - 1e-9));
      }),
      { numRuns: 1500 },
    );
    expect(slower).toBeGreaterThan(200);
  });

  test('a card that loses nothing has no twin', () => {
    for (const { config, card } of EXAMPLES) {
      if (config.mode !== 'bare-metal') continue;
      expect(
        losslessTwin({ mode: sharingMode('bare-metal'), config, spec: card, values: VALUES }),
      ).toBeUndefined();
    }
  });
});
