import { Command } from 'commander';
import { describe, expect, test } from 'vitest';
import { CATALOG_TOPICS } from '../../cli/commands/catalog/topics.ts';
import { type CatalogOptions, printCatalog, registerCatalog } from '../../cli/commands/catalog.ts';
import { UsageError } from '../../cli/errors.ts';
import { displayWidth } from '../../cli/table.ts';

/** What a catalogue request writes to data and notes, on a page of 100 columns. */
async function catalog(topic?: string, options: CatalogOptions = {}) {
  let out = '';
  let err = '';
  await printCatalog(topic, options, {
    out: (text) => {
      out += text;
    },
    err: (text) => {
      err += text;
    },
    isTty: false,
    columns: 100,
  });
  return { out, err };
}

test('without a topic the topics are listed', async () => {
  expect((await catalog()).out).toMatchInlineSnapshot(`
    "gpus       physical GPUs: memory, speed, watts, sharing modes, prices
    mig        MIG profiles, placements, compute instances and full layouts
    vgpu       NVIDIA vGPU types by GPU: frame buffer, counts, displays, licences
    sriov      virtual functions of AMD and Intel GPUs: counts, memory, schedulers
    modes      sharing modes: isolation, features, options, figures, operations, what each leaves out
    overheads  what sharing costs: defaults of a run and the published figures behind them
    prices     licences, cloud and purchase prices, watts, facility figures
    "
  `);
});

test('mig of one GPU lists profiles and the ways to divide them', async () => {
  const { out, err } = await catalog('mig', { gpu: 'A30' });
  expect(out).toMatchInlineSnapshot(`
    "model                  NVIDIA A30 24GB
    id                     a30-24gb
    slices                 4 compute, 4 memory, placement axis of 4
    engines under MIG      copy 4, nvdec 4, nvenc 0, jpeg 1, ofa 1
    turning MIG on or off  GPU reset
    mode survives reboot   yes
    driver from            460.73.01
    confidence             high

    profile     id  max  slices  mem    MiB  SMs  CE  dec  enc  jpg  ofa  starts   size  confidence
    ----------  --  ---  ------  ---  -----  ---  --  ---  ---  ---  ---  -------  ----  ----------
    1g.6gb      14    4       1    1   5952   14   1    0    0    0    0  0,1,2,3     1  medium
    1g.6gb+me   21    1       1    1   5952   14   1    1    0    1    1  0,1,2,3     1  high
    2g.12gb      5    2       2    2  11968   28   2    2    0    0    0  0,2         2  high
    2g.12gb+me   6    1       2    2  11968   28   2    2    0    1    1  0,2         2  high
    4g.24gb      0    1       4    4  24000   56   4    4    0    1    1  0           4  high

    inside   full sets of compute instances, in slices
    -------  -----------------------------------------
    2g.12gb  2  1+1
    4g.24gb  4  2+2  2+1+1  1+1+1+1
    "
  `);
  expect(err).toContain('note: 2g.12gb+me: needs driver R525 or later\n');
});

test('mig layouts of one GPU are the full ones, and their number is a note', async () => {
  const { out, err } = await catalog('mig', { gpu: 'A30', layouts: true });
  expect(out).toMatchInlineSnapshot(`
    "#  layout                               instances  slices  mem  SMs
    -  -----------------------------------  ---------  ------  ---  ---
    1  4g.24gb@0                                    1       4    4   56
    2  2g.12gb@0 2g.12gb@2                          2       4    4   56
    3  1g.6gb@0 1g.6gb@1 2g.12gb@2                  3       4    4   56
    4  2g.12gb@0 1g.6gb@2 1g.6gb@3                  3       4    4   56
    5  1g.6gb@0 1g.6gb@1 1g.6gb@2 1g.6gb@3          4       4    4   56
    "
  `);
  expect(err).toContain('note: 5 full layouts, 4 distinct mixes of profiles; variants: plain\n');
  const all = await catalog('mig', { gpu: 'A100-40GB', layouts: true, variants: 'plain,double-memory' });
  expect(all.err).toContain('note: 78 full layouts, 38 distinct mixes of profiles');
});

test('one GPU shows its fields, prices and, asked for, its sources', async () => {
  const { out, err } = await catalog('gpus', { gpu: 'V100M32', sources: true });
  expect(out).toMatchInlineSnapshot(`
    "name                  NVIDIA V100 SXM2 32GB
    id                    v100-sxm2-32gb
    architecture          Volta, 2018
    form factor           SXM2, 1 per board
    memory                32 GB HBM2, 900 GB/s
    memory visible (MiB)  32768
    compute               80 SM
    FP32 TFLOPS           15.7
    FP16 TFLOPS, dense    125
    TDP (W)               300
    idle (W)              35
    idle from             Cloud Carbon Footprint b7a049c (min/max watts) (V100, min)
    PCIe                  gen 3 x16
    fabric, both ways     300 GB/s NVLink2
    passthrough           yes
    MPS                   full
    MIG                   -
    vGPU table            v100-sxm2-32
    SR-IOV                no
    SR-IOV table          -
    confidence            high

    provider  sku            region     GPUs   USD/h  USD/GPU h  as of       source
    --------  -------------  ---------  ----  ------  ---------  ----------  -----------
    AWS       p3dn.24xlarge  us-east-1     8  31.212     3.9015  2026-07-20  awsPrices
    Azure     ND40rs_v2      eastus        8  22.032      2.754  2026-06-18  azurePrices

    Sources
    [lightning] Lightning fabric throughput.py (quotes vendor datasheets by URL), 7f0c343
    [llmClusterSimulator] github zhebrak/llm-cluster-simulator 1db1341 gpu.ts (secondary)
    [azurePrices] Azure on-demand, karpenter generated price table 2026-06-18
    [awsPrices] AWS us-east-1 on-demand, karpenter generated price table 2026-07-20
    "
  `);
  expect(err).toBe('note: V100M32: V100 with 32 GB in the Alibaba traces, form factor not given: SXM2\n');
});

test('vGPU types of a small board', async () => {
  const { out } = await catalog('vgpu', { gpu: 'RTX PRO 4500' });
  expect(out).toMatchInlineSnapshot(`
    "RTX PRO 4500 Blackwell Server Edition (rtx-pro-4500-bse)
    type      backing          FB MiB  guest MiB  max  mixed  heads  fps  CUDA  licence       confidence
    --------  ---------------  ------  ---------  ---  -----  -----  ---  ----  ------------  ----------
    DC-1-16C  mig               16384          ?    2      ?      ?    ?     ?  NVIDIA AI     inferred
                                                                                Enterprise
    DC-1-16Q  mig               16384          ?    2      ?      ?    ?     ?  RTX vWS       inferred
    DC-2-8C   mig-time-sliced    8192          ?    4      ?      ?    ?     ?  NVIDIA AI     inferred
                                                                                Enterprise
    DC-2-8Q   mig-time-sliced    8192          ?    4      ?      ?    ?     ?  RTX vWS       inferred
    DC-2-32C  mig               32768          ?    1      ?      ?    ?     ?  NVIDIA AI     inferred
                                                                                Enterprise
    DC-2-32Q  mig               32768          ?    1      ?      ?    ?     ?  RTX vWS       inferred
    "
  `);
});

test('one SR-IOV record', async () => {
  expect((await catalog('sriov', { gpu: 'V710' })).out).toMatchInlineSnapshot(`
    "name                       Radeon Pro V710 (Azure NVads V710 v5)
    id                         v710
    GPU catalogue              radeon-pro-v710
    memory (GiB per GPU)       28
    GPUs per board             1
    board TDP (W)              158
    VFs                        1/2/3/6
    VFs, hardware limit        12
    frame buffer (GiB per VF)  24 with 1, 12 with 2, 8 with 3, 4 with 6
    live migration             no
    licence                    none
    source                     azV710
    confidence                 documented
    "
  `);
});

test('overheads of one mode', async () => {
  expect((await catalog('overheads', { mode: 'hook' })).out).toMatchInlineSnapshot(`
    "Defaults of a run
    mode          parameter     low  typical  high  confidence  based on
    ------------  ----------  -----  -------  ----  ----------  --------
    hook-library  efficiency  0.979     0.99     1  derived     SW-1

    Published figures
    id    what (unit)                                            low  typical   high  confidence  source
    ----  ----------------------------------------------------  ----  -------  -----  ----------  ------
    SW-1  hook library (HAMi class): kernel throughput; loss       0        0  0.021  measured    bench
          (ratio)
    SW-2  hook library (HAMi class): noisy neighbour; victim       ?    0.137      ?  measured    bench
          slowdown (ratio)
    SW-3  hook library (HAMi class): compute cap; accuracy of   0.88        ?      1  measured    bench
          the share (ratio)
    SW-4  hook library: one benchmark value; attention             ?        ?      ?  unverified  bench
          throughput (TFLOPS)
    "
  `);
});

test('prices of one GPU, also of one that only the price tables know', async () => {
  expect((await catalog('prices', { gpu: 'A10' })).out).toMatchInlineSnapshot(`
    "Cloud, on demand
    provider  instance        GPU   share  USD/h  as of       confidence  source
    --------  --------------  ---  ------  -----  ----------  ----------  ------
    Azure     NV6ads A10 v5   A10  0.1667  0.454  2026-06-18  documented  az
    Azure     NV12ads A10 v5  A10  0.3333  0.908  2026-06-18  documented  az
    Azure     NV18ads A10 v5  A10     0.5    1.6  2026-06-18  documented  az
    Azure     NV36ads A10 v5  A10       1    3.2  2026-06-18  documented  az
    Azure     NV72ads A10 v5  A10       2   6.52  2026-06-18  documented  az

    Power
    GPU  idle W  max W  confidence  source
    ---  ------  -----  ----------  ------
    A10      30    150  documented  pwr
    "
  `);
  expect((await catalog('prices', { gpu: 'A10G' })).out).toContain('g5.xlarge');
});

describe.each(CATALOG_TOPICS.map((topic) => topic.name))('%s', (name) => {
  test('fits a page of 100 columns and says how many sources there are', async () => {
    const { out, err } = await catalog(name);
    for (const line of out.split('\n')) expect(displayWidth(line), line).toBeLessThanOrEqual(100);
    expect(out).toContain('confidence');
    expect(err).toMatch(/note: \d+ sources?; --sources lists, --json prints all fields\n$/);
  });

  test('lists every source it counts', async () => {
    const { out, err } = await catalog(name, { sources: true });
    const listed = out.slice(out.indexOf('\nSources\n')).match(/^\[\w+\] /gm) ?? [];
    expect(listed.length).toBeGreaterThan(1);
    expect(err).not.toContain('--sources lists');
  });

  test('gives all records as JSON and nothing else to the data stream', async () => {
    const { out, err } = await catalog(name, { json: true });
    const answer = JSON.parse(out);
    expect(answer).toMatchObject({ schema: 'slicewise/catalog@1', topic: name });
    expect(Object.keys(answer.sources).length).toBeGreaterThan(1);
    expect(err).toBe('');
  });

  test('refuses options that mean nothing to it, all at once', async () => {
    const topic = CATALOG_TOPICS.find((each) => each.name === name)!;
    const given = { gpu: 'T4', layouts: true, variants: 'all', mode: 'mig' };
    const unfit = Object.keys(given).filter((option) => !topic.options.includes(option as never));
    const error = await catalog(name, given).catch((caught: unknown) => caught);
    expect(error).toBeInstanceOf(UsageError);
    expect((error as UsageError).problems.map((problem) => problem.path)).toEqual(
      unfit.map((option) => `--${option}`),
    );
  });
});

describe('wrong input', () => {
  test.each([
    ['gpus', { gpu: 'A10G' }, /Unknown GPU "A10G": nearest known names are a10,/],
    ['gpus', { gpu: 'A100' }, /Ambiguous GPU "A100": say which of a100-pcie-40gb/],
    ['mig', { gpu: 'T4' }, /T4 has no MIG; accepted: a30-24gb/],
    ['mig', { layouts: true }, /needs --gpu NAME/],
    ['mig', { gpu: 'A30', variants: 'all' }, /needs --layouts/],
    ['mig', { gpu: 'A30', layouts: true, variants: 'plain,big' }, /unknown variant; accepted: all, plain/],
    ['vgpu', { gpu: 'RTX 3090' }, /carries no NVIDIA vGPU/],
    ['sriov', { gpu: 'T4' }, /not in the SR-IOV table/],
    ['overheads', { mode: 'magic' }, /no such mode; accepted: bare-metal/],
    ['prices', { gpu: 'Voodoo2' }, /no price or power figure; accepted: T4/],
  ] as [string, CatalogOptions, RegExp][])(
    '%s %o names the option and what is accepted',
    async (topic, options, text) => {
      const error = await catalog(topic, options).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(UsageError);
      expect((error as UsageError).problems[0]!.message).toMatch(text);
      expect((error as UsageError).problems[0]!.path).toMatch(/^--(gpu|layouts|variants|mode)$/);
    },
  );

  test('an unknown topic is refused with the nearest one', async () => {
    const error = await catalog('gpu').catch((caught: unknown) => caught);
    expect((error as UsageError).problems).toEqual([
      {
        path: 'topic',
        value: 'gpu',
        message: 'unknown topic; accepted: gpus, mig, vgpu, sriov, modes, overheads, prices',
        hint: 'did you mean "gpus"?',
      },
    ]);
  });
});

test('the command is registered with its options and runs', async () => {
  let out = '';
  const program = new Command().exitOverride();
  registerCatalog(program, {
    out: (text) => {
      out += text;
    },
    err: () => {},
    isTty: false,
    columns: 100,
  });
  await program.parseAsync(['catalog', 'gpus', '--gpu', 'T4', '--json'], { from: 'user' });
  expect(JSON.parse(out)).toMatchObject({ topic: 'gpus', notes: [], gpus: [{ id: 't4' }] });
});
