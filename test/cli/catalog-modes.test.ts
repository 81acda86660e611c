import { describe, expect, test } from 'vitest';
import { type CatalogOptions, printCatalog } from '../../cli/commands/catalog.ts';
import { UsageError } from '../../cli/errors.ts';
import { displayWidth } from '../../cli/table.ts';
import { GPU_MODELS } from '../../sim/hardware/index.ts';
import { isAssumed, SHARING_MODE_NAMES, SHARING_MODES } from '../../sim/sharing/index.ts';

async function modes(options: CatalogOptions = {}, columns = 100) {
  let out = '';
  let err = '';
  const io = {
    out: (text: string) => {
      out += text;
    },
    err: (text: string) => {
      err += text;
    },
    isTty: false,
    columns,
  };
  await printCatalog('modes', options, io);
  return { out, err };
}

/** Cells of the table row of a mode below a heading; columns are two spaces or more apart. */
function cells(out: string, heading: string, mode: string): readonly string[] {
  const after = out.slice(out.indexOf(`${heading}\n`));
  const line = after.split('\n').find((each) => each.startsWith(`${mode} `));
  return line?.split(/ {2,}/) ?? [];
}

describe('catalog modes', () => {
  test('lists every mode in the order of the matrix, with what its code states', async () => {
    const { out } = await modes();
    let last = -1;
    for (const { name, traits, parameters, summary } of SHARING_MODES) {
      const at = out.indexOf(`\n${name} `);
      expect(at).toBeGreaterThan(last);
      last = at;
      expect(cells(out, 'What a tenant gets', name)).toEqual([
        name,
        traits.memoryIsolation,
        traits.memoryReserved ? 'yes' : 'no',
        traits.faultIsolation,
        traits.faultEnds,
        traits.performanceIsolation,
        traits.graphics,
        traits.peerToPeer,
      ]);
      const [, migration, metrics, layout, confidence] = cells(out, 'Operation', name);
      expect([migration, metrics, layout]).toEqual([
        traits.liveMigration,
        traits.hostMetrics,
        traits.layoutChange,
      ]);
      const assumed = parameters.filter(isAssumed).length;
      expect(confidence).toBe(parameters.length === 0 ? '-' : `${assumed} of ${parameters.length} assumed`);
      expect(out.replaceAll(/\s+/g, ' ')).toContain(summary);
    }
    expect(SHARING_MODES.map(({ name }) => name)).toEqual([...SHARING_MODE_NAMES]);
  });

  test('agrees with the capability matrix of the documentation where that is plain', async () => {
    const { out } = await modes();
    // sharing-modes.md, section 1: memory, fault, performance isolation; live migration.
    const documented: Readonly<Record<string, readonly [string, string, string, string]>> = {
      'bare-metal': ['whole', 'whole', 'whole', 'none'],
      passthrough: ['whole', 'whole', 'whole', 'none'],
      vgpu: ['hard', 'soft', 'share', 'live'],
      mig: ['hard', 'hard', 'hard', 'none'],
      'time-slicing': ['none', 'none', 'none', 'none'],
      mps: ['limit', 'none', 'cap', 'none'],
    };
    for (const [mode, [memory, fault, performance, migration]] of Object.entries(documented)) {
      const [, isMemory, , isFault, , isPerformance] = cells(out, 'What a tenant gets', mode);
      expect([mode, isMemory, isFault, isPerformance, cells(out, 'Operation', mode)[1]]).toEqual([
        mode,
        memory,
        fault,
        performance,
        migration,
      ]);
    }
  });

  test.each([80, 100, 140])('fits a page of %i columns, whatever the mode and GPU', async (columns) => {
    const pages = [
      await modes({}, columns),
      await modes({ gpu: 'A30' }, columns),
      ...(await Promise.all(SHARING_MODE_NAMES.map((mode) => modes({ mode }, columns)))),
    ];
    for (const { out } of pages) {
      for (const line of out.split('\n')) expect([displayWidth(line) <= columns, line]).toEqual([true, line]);
      expect(out).not.toContain('…');
    }
  });

  test('one mode in full: figures, options, operations with their times, what is left out', async () => {
    const { out } = await modes({ mode: 'time-slicing' }, 140);
    const mode = SHARING_MODES.find(({ name }) => name === 'time-slicing');
    for (const { id, low, typical, high } of mode?.parameters ?? []) {
      const name = id.slice('time-slicing.'.length);
      expect(out).toMatch(new RegExp(`^${name}(?: \\*)? +${low} +${typical} +${high} `, 'm'));
    }
    expect(out).toContain('replicas (needed)');
    const flat = out.replaceAll(/\s+/g, ' ');
    for (const text of mode?.leavesOut ?? []) expect(flat).toContain(text);
    // Image, weights and context one after another.
    const sum = (end: 'low' | 'typical' | 'high') =>
      ['image-pull', 'weights', 'graph-capture'].reduce(
        (total, name) =>
          total + (mode?.parameters.find(({ id }) => id === `time-slicing.${name}`)?.[end] ?? Number.NaN),
        0,
      );
    expect(out).toMatch(new RegExp(`^start +cold +${sum('low')}, ${sum('typical')}, ${sum('high')} `, 'm'));
  });

  test('a GPU says which modes it can do and why not the others, as the modes themselves say', async () => {
    for (const { id, virtualization } of GPU_MODELS) {
      const { modes: found } = JSON.parse((await modes({ gpu: id, json: true })).out) as {
        modes: { name: string; onGpu: { can: boolean; problems: { message: string }[] } }[];
      };
      expect(found.map(({ name }) => name)).toEqual([...SHARING_MODE_NAMES]);
      const can = new Map(found.map(({ name, onGpu }) => [name, onGpu.can]));
      expect([id, can.get('bare-metal')]).toEqual([id, true]);
      expect([id, can.get('passthrough')]).toEqual([id, virtualization.passthrough]);
      expect([id, can.get('mig')]).toEqual([id, virtualization.mig]);
      expect([id, can.get('time-slicing')]).toEqual([id, virtualization.timeSlicing]);
      expect([id, can.get('mps')]).toEqual([id, virtualization.mps !== 'none']);
      for (const { onGpu } of found) expect(onGpu.problems.length > 0).toBe(!onGpu.can);
    }
    const { out } = await modes({ gpu: 'L40S' });
    expect(cells(out, 'Modes on NVIDIA L40S', 'mig')).toEqual([
      'mig',
      'no',
      'needs a GPU with MIG, got NVIDIA L40S',
    ]);
  });

  test('all fields as JSON, with the licences that tenants consume and the records that figures cite', async () => {
    const record = JSON.parse((await modes({ mode: 'vgpu', json: true })).out);
    expect(record).toMatchObject({ schema: 'slicewise/catalog@1', topic: 'modes' });
    const [vgpu] = record.modes;
    expect(vgpu.licences.map((need: { edition: string }) => need.edition)).toEqual([
      'NVIDIA AI Enterprise',
      'RTX vWS',
      'vApps',
      'vPC',
    ]);
    expect(vgpu.parameters.every((each: { assumed: unknown }) => typeof each.assumed === 'boolean')).toBe(
      true,
    );
    expect(vgpu.options.map(({ key }: { key: string }) => key)).toEqual([
      'sizes',
      'scheduler',
      'slice',
      'series',
    ]);
    expect(Object.values(record.sources)).toContainEqual(expect.stringMatching(/^(.*, )?VG-6(,.*)?: ./));
  });

  test('an unknown mode or GPU is refused with what is known', async () => {
    await expect(modes({ mode: 'mgi' })).rejects.toThrow(UsageError);
    await expect(modes({ mode: 'mgi' })).rejects.toMatchObject({
      problems: [{ path: '--mode', message: expect.stringContaining('time-slicing') }],
    });
    await expect(modes({ gpu: 'A1000000' })).rejects.toThrow(UsageError);
  });
});
