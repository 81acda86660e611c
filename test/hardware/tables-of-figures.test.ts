import { describe, expect, test } from 'vitest';
import {
  citedSources,
  EVIDENCES,
  GVTG_TYPES,
  SRIOV_GPUS,
  SRIOV_RULES,
  SRIOV_SCHEDULERS,
  SRIOV_SOURCES,
} from '../../sim/hardware/index.ts';
import {
  ARTICLE_CLAIMS,
  ARTICLES,
  OVERHEAD_DEFAULTS,
  OVERHEAD_RECORDS,
  OVERHEAD_SOURCES,
  overheadDefault,
} from '../../sim/hardware/overheads/index.ts';
import {
  CLOUD_PRICES,
  FACILITY,
  GPU_POWER,
  HARDWARE_PRICES,
  LICENCE_RULES,
  LICENCES,
  PRICE_SOURCES,
} from '../../sim/hardware/prices/index.ts';

const distinct = (list: readonly { readonly id: string }[]) => new Set(list.map((each) => each.id)).size;

/** Low, typical and high in that order where they are known. */
function isOrdered(range: {
  readonly low: number | null;
  readonly typical: number | null;
  readonly high: number | null;
}) {
  const known = [range.low, range.typical, range.high].filter((value) => value !== null);
  return known.every((value, i) => i === 0 || value >= known[i - 1]!);
}

describe('SR-IOV', () => {
  test('19 GPUs, 7 schedulers, 9 rules and 4 GVT-g types, with distinct ids and known evidence', () => {
    expect([SRIOV_GPUS, SRIOV_SCHEDULERS, SRIOV_RULES].map(distinct)).toEqual([19, 7, 9]);
    expect(GVTG_TYPES).toHaveLength(4);
    for (const each of [...SRIOV_GPUS, ...SRIOV_SCHEDULERS, ...SRIOV_RULES, ...GVTG_TYPES]) {
      expect(EVIDENCES).toContain(each.confidence);
    }
  });

  test('memory sold by number of VFs never adds up to more than the GPU has', () => {
    for (const { id, memoryGib, fbPerVfGibByCount = {}, vfCount } of SRIOV_GPUS) {
      for (const [count, gib] of Object.entries(fbPerVfGibByCount)) {
        expect(Number(count) * gib, id).toBeLessThanOrEqual(memoryGib);
        expect(vfCount.allowed, id).toContain(Number(count));
      }
    }
  });

  test('presets and allowed counts stay below the most VFs', () => {
    for (const { id, vfCount } of SRIOV_GPUS) {
      const most = vfCount.max ?? vfCount.hardwareMax ?? vfCount.frameworkMax;
      for (const count of [...(vfCount.presets ?? []), ...(vfCount.allowed ?? [])]) {
        if (typeof most === 'number') expect(count, id).toBeLessThanOrEqual(most);
      }
    }
  });
});

describe('overheads', () => {
  test('85 records and 17 defaults; ranges are in order, sources known', () => {
    expect(OVERHEAD_RECORDS).toHaveLength(85);
    expect(distinct(OVERHEAD_RECORDS)).toBe(85);
    expect(OVERHEAD_DEFAULTS).toHaveLength(17);
    for (const record of OVERHEAD_RECORDS) {
      expect(isOrdered(record), record.id).toBe(true);
      expect(EVIDENCES).toContain(record.confidence);
      expect(Object.keys(OVERHEAD_SOURCES)).toContain(record.source);
    }
  });

  test('every default is an ordered range or a formula, and rests on records and articles there are', () => {
    const known = new Set([
      ...OVERHEAD_RECORDS.map((record) => record.id),
      ...ARTICLES.map((_, i) => `article-${i}`),
    ]);
    for (const each of OVERHEAD_DEFAULTS) {
      expect(isOrdered(each), each.parameter).toBe(true);
      expect(each.typical === null).toBe(each.formula !== undefined);
      for (const id of each.basedOn) expect(known, each.parameter).toContain(id);
      if (each.mode !== 'bare-metal') expect(each.basedOn.length).toBeGreaterThan(0);
    }
  });

  test('a default is found by mode and parameter, an unknown one lists those of the mode', () => {
    expect(overheadDefault('passthrough', 'efficiency, compute').typical).toBe(0.985);
    expect(() => overheadDefault('hook-library', 'loss')).toThrow(
      'No overhead default "loss" for mode "hook-library": known are "efficiency"',
    );
  });

  test('57 claims of 5 articles, each with a verdict', () => {
    expect(ARTICLES).toHaveLength(5);
    expect(ARTICLE_CLAIMS).toHaveLength(57);
    for (const claim of ARTICLE_CLAIMS) {
      expect(ARTICLES[claim.article]).toBeDefined();
      expect(claim.verdict).not.toBe('');
    }
  });
});

describe('prices', () => {
  test('13 licences, 64 cloud and 22 purchase prices, 19 power rows, 9 facility figures', () => {
    expect([LICENCES, CLOUD_PRICES, HARDWARE_PRICES, GPU_POWER, FACILITY].map((list) => list.length)).toEqual(
      [13, 64, 22, 19, 9],
    );
    expect(distinct(LICENCES)).toBe(13);
  });

  test('a price is positive, and one number or one range', () => {
    for (const row of CLOUD_PRICES) {
      const prices = [row.usdPerHour, row.usdPerHourRange?.[0], row.usdPerHourCommunity].filter(
        (usd) => usd !== undefined,
      );
      expect(prices, `${row.provider} ${row.gpu}`).toHaveLength(1);
      expect(prices[0]).toBeGreaterThan(0);
    }
    for (const row of HARDWARE_PRICES)
      expect((row.usd === undefined) !== (row.usdRange === undefined), row.gpu).toBe(true);
  });

  test('idle watts are below the most', () => {
    for (const { gpu, idleW, maxW } of GPU_POWER) {
      if (idleW !== null && maxW !== null) expect(idleW, gpu).toBeLessThan(maxW);
    }
  });

  test('facility ranges are in order', () => {
    for (const figure of FACILITY) expect(isOrdered(figure), figure.id).toBe(true);
  });

  test('every price and power row cites a listed source', () => {
    for (const { source } of [...CLOUD_PRICES, ...HARDWARE_PRICES, ...GPU_POWER]) {
      expect(citedSources(source, PRICE_SOURCES), source).not.toEqual([]);
    }
    for (const rule of LICENCE_RULES) expect(EVIDENCES).toContain(rule.confidence);
  });
});

test('cited sources are the known keys in a text, in its order and once', () => {
  expect(citedSources('nvaie5; vdm counts, nvaie5', { vdm: 'a', nvaie5: 'b', toString: 'c' })).toEqual([
    'nvaie5',
    'vdm',
  ]);
  expect(citedSources('derived', SRIOV_SOURCES)).toEqual([]);
});
