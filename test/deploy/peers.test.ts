import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import { devicePlugin } from '../../scenarios/exporters/device-plugin.ts';
import type { Exporter } from '../../scenarios/exporters/index.ts';
import { migParted } from '../../scenarios/exporters/mig-parted.ts';
import { gresConf, slurmNodes } from '../../scenarios/exporters/slurm.ts';
import { vgpuConfig } from '../../scenarios/exporters/vgpu-config.ts';
import type { Scenario } from '../../sim/index.ts';
import { hostName } from '../../sim/scenario/index.ts';
import { fleets, groupsOf, HOSTILE_NAMES, type PlainGroup, SETTINGS, scenarioOf } from './fleets.ts';

/**
 * The parsers of the programs that take the files. SLICEWISE_PEERS names a folder with programs check-mig, check-vgpu and
 * check-dp: each a Go main that reads YAML from stdin by `sigs.k8s.io/yaml` into `Spec` of mig-parted's api/spec/v1, of
 * vgpu-device-manager's, or `Config` of k8s-device-plugin's api/config/v1, writes what it read as YAML, and ends with 1 on
 * an error.
 */
const PEERS = process.env.SLICEWISE_PEERS ?? '';

/** What a peer read. @throws {Error} with its words where it refuses */
function readBy(program: string, text: string): unknown {
  const run = spawnSync(join(PEERS, program), { input: text, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(`${program}: ${run.stderr}`);
  return parse(run.stdout);
}

function textOf(exporter: Exporter, scenario: Scenario): string {
  const written = exporter.write(scenario, SETTINGS);
  if (!written.ok) throw new Error(JSON.stringify(written.problems));
  return written.text;
}

function dataOf(exporter: Exporter, scenario: Scenario): unknown {
  const written = exporter.write(scenario, SETTINGS);
  return written.ok ? written.data : undefined;
}

const hasPeer = (program: string) => existsSync(join(PEERS, program)) && PEERS !== '';
const runs = { numRuns: 40 };

describe('the parsers of NVIDIA read what was meant', () => {
  test.skipIf(!hasPeer('check-mig'))('mig-parted reads every configuration (SLICEWISE_PEERS)', () => {
    const read = (scenario: Scenario): void => {
      expect(readBy('check-mig', textOf(migParted, scenario))).toEqual(dataOf(migParted, scenario));
    };
    fc.assert(
      fc.property(fleets('mig', 'demand', 'instances'), (groups) => read(scenarioOf(groups))),
      runs,
    );
    for (const name of HOSTILE_NAMES) {
      const sharing = { mode: 'mig' as const, layout: ['1g.10gb+me', '1g.20gb', '3g.40gb'] };
      read(scenarioOf([{ name, count: 2, gpus: 2, model: 'H100-SXM5-80GB', sharing }]));
    }
  });

  test.skipIf(!hasPeer('check-dp'))('the device plugin reads every configuration (SLICEWISE_PEERS)', () => {
    fc.assert(
      fc.property(fleets('replicas', 'mps', 'instances', 'mig'), (groups) => {
        const { data } = parse(textOf(devicePlugin, scenarioOf(groups))) as { data: Record<string, string> };
        expect(Object.keys(data)).toHaveLength(groups.length);
        for (const text of Object.values(data)) {
          const meant = parse(text) as { sharing?: { timeSlicing?: object; mps?: object } };
          const got = readBy('check-dp', text) as typeof meant;
          expect(got).toMatchObject(withDevices(meant));
        }
      }),
      runs,
    );
  });

  test.skipIf(!hasPeer('check-vgpu'))(
    'the vGPU device manager reads every configuration (SLICEWISE_PEERS)',
    () => {
      const layout = ['3g.40gb', '2g.20gb', '1g.10gb', '1g.10gb+me'];
      for (const name of HOSTILE_NAMES) {
        const scenario = scenarioOf([
          { name, count: 2, gpus: 2, model: 'A100-SXM4-80GB', sharing: { mode: 'mig-vgpu', layout } },
        ]);
        const text = textOf(vgpuConfig, scenario);
        expect(readBy('check-vgpu', text)).toEqual(dataOf(vgpuConfig, scenario));
      }
    },
  );
});

/** What the plugin fills in: all devices. */
function withDevices(config: { sharing?: object }): object {
  const text = JSON.stringify(config).replaceAll('"replicas":', '"devices":"all","replicas":');
  return JSON.parse(text) as object;
}

const SLURMD = ['/usr/sbin/slurmd', '/usr/bin/slurmd'].find((path) => existsSync(path));

describe('Slurm reads what was meant', () => {
  const folder = mkdtempSync(join(tmpdir(), 'slicewise-slurm-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Rows of `slurmd -G` for a node: what it would offer. */
  function offeredBy(
    node: string,
  ): readonly { readonly name: string; readonly type: string; readonly count: number }[] {
    const run = spawnSync(SLURMD as string, ['-G', '-f', join(folder, 'slurm.conf'), '-N', node], {
      encoding: 'utf8',
    });
    const text = run.stdout + run.stderr;
    expect(text).not.toMatch(/fatal|[Uu]nrecognized|[Pp]arse error|[Ii]nvalid/);
    return [...text.matchAll(/Gres Name=(\S+) Type=(\S+) Count=(\d+) /g)].map(
      ([, name = '', type = '', count]) => ({
        name,
        type,
        count: Number(count),
      }),
    );
  }

  test.skipIf(SLURMD === undefined)(
    'slurmd offers the GPUs, shards and percents of MPS of every node (slurmd)',
    { timeout: 60_000 },
    () => {
      const [a100, l40s] = ['A100-SXM4-80GB', 'L40S'];
      const groups: PlainGroup[] = [
        { name: '1e3', count: 1, gpus: 4, model: l40s, sharing: { mode: 'bare-metal' } },
        { name: 'a_b.c', count: 2, gpus: 2, model: a100, sharing: { mode: 'time-slicing', replicas: 6 } },
        { name: 'Rack-7', count: 12, gpus: 3, model: l40s, sharing: { mode: 'mps', clients: 4 } },
        {
          name: 'on',
          count: 3,
          gpus: 2,
          model: a100,
          sharing: { mode: 'mig', layout: ['3g.40gb', '1g.10gb+me'] },
        },
      ];
      const scenario = scenarioOf(groups);
      const gres = textOf(gresConf, scenario).replaceAll('/dev/nvidia', `${folder}/nvidia`);
      for (const index of [0, 1, 2, 3]) writeFileSync(join(folder, `nvidia${index}`), '');
      writeFileSync(join(folder, 'gres.conf'), gres.replace('AutoDetect=nvml', 'AutoDetect=off'));
      const settings = [
        'ClusterName=test',
        'SlurmctldHost=localhost',
        `SlurmdSpoolDir=${folder}/spool`,
        `StateSaveLocation=${folder}/state`,
        `SlurmdPidFile=${folder}/slurmd.pid`,
        'SelectType=select/cons_tres',
        'ProctrackType=proctrack/linuxproc',
        'TaskPlugin=task/none',
      ];
      writeFileSync(
        join(folder, 'slurm.conf'),
        `${settings.join('\n')}\n${textOf(slurmNodes, scenario)}PartitionName=all Nodes=ALL\n`,
      );
      for (const { name, count, gpus, model, sharing } of groups) {
        const offered = offeredBy(hostName(name, count - 1, count));
        const sum = (what: string, type?: string) =>
          offered
            .filter((row) => row.name === what && (type === undefined || row.type === type))
            .reduce((all, row) => all + row.count, 0);
        const mode = (sharing as { mode: string }).mode;
        if (mode === 'mig') continue;
        expect(sum('gpu', model.toLowerCase())).toBe(gpus);
        expect(sum('shard')).toBe(mode === 'time-slicing' ? 6 * gpus : 0);
        expect(sum('mps')).toBe(mode === 'mps' ? 100 * gpus : 0);
      }
      const scontrol = '/usr/bin/scontrol';
      if (!existsSync(scontrol)) return;
      const names = (list: string) =>
        execFileSync(scontrol, ['show', 'hostnames', list], {
          encoding: 'utf8',
          env: { ...process.env, SLURM_CONF: join(folder, 'slurm.conf') },
        })
          .trim()
          .split('\n');
      for (const group of groupsOf(scenario)) {
        const list =
          textOf(slurmNodes, scenario)
            .match(/NodeName=(\S+)/g)
            ?.map((word) => word.slice(9)) ?? [];
        const own = Array.from({ length: group.count }, (_, index) =>
          hostName(group.name, index, group.count),
        );
        expect(list.flatMap(names)).toEqual(expect.arrayContaining(own));
      }
    },
  );
});
