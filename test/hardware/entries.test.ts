import { existsSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const HARDWARE = new URL('../../sim/hardware/', import.meta.url);

/** Every module that loading an entry runs, by its path below sim/hardware; imports of types alone are left out. */
function loadedBy(entry: string): Set<string> {
  const seen = new Set<string>();
  const visit = (url: URL): void => {
    if (seen.has(url.href)) return;
    seen.add(url.href);
    expect(existsSync(url), url.pathname).toBe(true);
    for (const [, from] of readFileSync(url, 'utf8').matchAll(
      /^(?:import|export)(?! type)[^;]*? from '(\.[^']+)';/gms,
    )) {
      visit(new URL(from!, url));
    }
  };
  visit(new URL(entry, HARDWARE));
  return new Set([...seen].map((href) => href.slice(HARDWARE.href.length)));
}

test('the hardware index loads GPUs, MIG and SR-IOV but none of the large tables that few runs need', () => {
  const loaded = loadedBy('index.ts');
  expect([...loaded]).toEqual(
    expect.arrayContaining(['data/gpus.ts', 'data/mig-models.ts', 'data/sriov.ts']),
  );
  for (const table of ['vgpu-gpus', 'overhead-records', 'article-claims', 'cloud-prices', 'licences']) {
    expect([...loaded]).not.toContain(`data/${table}.ts`);
  }
});

test('each sub-entry loads its own table', () => {
  expect([...loadedBy('vgpu/index.ts')]).toContain('data/vgpu-gpus.ts');
  expect([...loadedBy('overheads/index.ts')]).toContain('data/overhead-records.ts');
  expect([...loadedBy('prices/index.ts')]).toContain('data/cloud-prices.ts');
});
