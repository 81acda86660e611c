import { createReadStream } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { importProblems } from '../../scenarios/importers/import-report.ts';
import {
  durationSec,
  readOpenbNodes,
  readOpenbPods,
  streamOpenbPods,
  type TaskRow,
} from '../../scenarios/importers/openb.ts';
import { needsOpenbFiles, OPENB_FOLDER } from './openb-files.ts';

const POD_HEADER =
  'name,cpu_milli,memory_mib,num_gpu,gpu_milli,gpu_spec,qos,pod_phase,creation_time,deletion_time,scheduled_time';

function readPods(rows: readonly string[], strict = false) {
  return readOpenbPods([[POD_HEADER, ...rows].join('\n')], { strict });
}

describe('readOpenbPods', () => {
  test('reads a row with every column', async () => {
    const { tasks, report } = await readPods(['p0,3152,5600,1,810,T4|G2,BE,Failed,100,130,104']);
    expect(tasks).toEqual([
      {
        name: 'p0',
        cpuMilli: 3152,
        memoryMib: 5600,
        gpuCount: 1,
        gpuMilli: 810,
        models: ['T4', 'G2'],
        qos: 'BE',
        phase: 'Failed',
        createdSec: 100,
        scheduledSec: 104,
        deletedSec: 130,
      },
    ]);
    expect(report).toEqual({
      rows: 1,
      kept: 1,
      bad: [],
      badCount: 0,
      badCellCount: 0,
      refused: undefined,
      notes: [],
    });
  });

  test('finds columns by name in any order, and names the ones it does not use or miss', async () => {
    const { tasks, report } = await readOpenbPods([
      '\uFEFFuser, NUM_GPU ,gpu_milli,memory_mib,cpu_milli,name\r\nme, 1 ,500,1,2,p\r\n',
    ]);
    expect(tasks[0]).toMatchObject({
      name: 'p',
      cpuMilli: 2,
      memoryMib: 1,
      gpuCount: 1,
      gpuMilli: 500,
      models: [],
    });
    expect(report.notes).toEqual([
      'Ignored columns: user',
      'Absent optional columns: gpu_spec, qos, pod_phase, creation_time, deletion_time, scheduled_time',
    ]);
  });

  test('accepts whole numbers that a spreadsheet wrote as decimals, shares of several GPUs, repeated models, and empty times', async () => {
    const { tasks, report } = await readPods(['a,100.0,1,2,500,,,,5.5,,', 'b,1,1,0,0,|T4|| G2 |T4,,,,,']);
    expect(report.badCount).toBe(0);
    expect(tasks[0]).toMatchObject({ cpuMilli: 100, gpuCount: 2, gpuMilli: 500, createdSec: 5.5 });
    expect(tasks[1]).toMatchObject({
      models: ['T4', 'G2', 'T4'],
      createdSec: undefined,
      deletedSec: undefined,
    });
  });

  test.each<[row: string, column: string, value: string, message: string]>([
    ['p,1.5,1,1,1,,,,,,', 'cpu_milli', '1.5', 'must be a whole number from 0 to 1000000000'],
    ['p,-1,1,1,1,,,,,,', 'cpu_milli', '-1', 'must be a whole number from 0 to 1000000000'],
    ['p,1,1e9,1,1,,,,,,', 'memory_mib', '1e9', 'must be a whole number from 0 to 1000000000'],
    ['p,1,,1,1,,,,,,', 'memory_mib', '', 'must be a whole number from 0 to 1000000000'],
    ['p,1,1,65,1,,,,,,', 'num_gpu', '65', 'must be a whole number from 0 to 64'],
    ['p,1,1,1,1001,,,,,,', 'gpu_milli', '1001', 'must be a whole number from 0 to 1000'],
    ['p,1,1,1,0,,,,,,', 'gpu_milli', '0', 'must be from 1 to 1000 when num_gpu is above 0'],
    ['p,1,1,0,10,,,,,,', 'gpu_milli', '10', 'must be 0 when num_gpu is 0'],
    ['p,1,1,1,1,,,,NaN,,', 'creation_time', 'NaN', 'must be seconds from 0 to 9e9, or empty'],
    ['p,1,1,1,1,,,,10,9,', 'deletion_time', '9', 'must not be before creation_time'],
    ['p,1,1,1,1,,,,10,20,21', 'deletion_time', '20', 'must not be before scheduled_time'],
    ['p,1,1,1,1,,,,10,20,9', 'scheduled_time', '9', 'must not be before creation_time'],
    [' ,1,1,1,1,,,,,,', 'name', '', 'must not be empty'],
    ['good,1,1,1,1,,,,,,', 'name', 'good', 'must be unique; line 2 has it too'],
    ['p,1,1,1,1', '', 'p,1,1,1,1', 'must have 11 fields, as the header, has 5 fields'],
    ['p,1,1,1,1,"T4,,,,,', '', 'p,1,1,1,1,"T4,,,,,', 'must close the quote that it opens'],
  ])('names what is wrong with %j and leaves it out', async (row, column, value, message) => {
    const { tasks, report } = await readPods(['good,1,1,1,1,,,,,,', row, 'last,1,1,1,1,,,,,,']);
    expect(report.bad).toEqual([{ line: 3, column, value, message }]);
    expect(report).toMatchObject({ rows: 3, kept: 2, badCount: 1, badCellCount: 1, refused: undefined });
    expect(tasks.map((task) => task.name)).toEqual(['good', 'last']);
  });

  test('lets a name be used again after a row that was left out', async () => {
    const { tasks } = await readPods(['p,x,1,1,1,,,,,,', 'p,7,1,1,1,,,,,,']);
    expect(tasks.map((task) => task.cpuMilli)).toEqual([7]);
  });

  test('reports every bad cell of every row, and refuses the file when asked to be strict', async () => {
    const { tasks, report } = await readPods(['p,x,y,1,1,,,,,,', 'q,1,1,1,1,,,,,,', 'r,1,1,z,1,,,,,,'], true);
    expect(tasks).toEqual([]);
    expect(report).toMatchObject({ rows: 3, kept: 1, badCount: 2, badCellCount: 3 });
    expect(importProblems(report, 'pods.csv')).toEqual([
      { path: 'pods.csv', message: '2 of 3 rows are wrong, and a strict import takes all or nothing' },
      { path: 'pods.csv:2 cpu_milli', value: 'x', message: 'must be a whole number from 0 to 1000000000' },
      { path: 'pods.csv:2 memory_mib', value: 'y', message: 'must be a whole number from 0 to 1000000000' },
      { path: 'pods.csv:4 num_gpu', value: 'z', message: 'must be a whole number from 0 to 64' },
    ]);
  });

  test('lists the first 1,000 bad cells, counts all, and says how many are not shown', async () => {
    const { report } = await readPods(Array.from({ length: 3000 }, (_, i) => `p${i},x,1,1,1,,,,,,`));
    expect(report.bad).toHaveLength(1000);
    expect(report).toMatchObject({ rows: 3000, kept: 0, badCount: 3000, badCellCount: 3000 });
    expect(importProblems(report, 'f', 2).at(-1)).toEqual({
      path: 'f',
      message: 'has 2998 more bad values that are not listed',
    });
  });

  test.each<[what: string, text: string, reason: RegExp]>([
    ['an empty file', '', /^is empty: need a header line with the columns name, cpu_milli/],
    ['blank lines', '\n\r\n\n', /^is empty/],
    ['a file without a header', 'p0,1,2,3,4\n', /must have the columns name, .*; it has p0, 1, 2, 3, 4$/],
    ['semicolons', 'name;cpu_milli;memory_mib;num_gpu;gpu_milli\n', /separated by ";", need ","$/],
    ['a column twice', `${POD_HEADER},name\n`, /^line 1: has the column name twice$/],
    ['binary data', 'PK\u0003\u0004\0\0,\0', /^line 1: the header must be UTF-8 text without NUL bytes$/],
  ])('refuses %s with the reason, strict or not', async (_what, text, reason) => {
    for (const strict of [false, true]) {
      const { tasks, report } = await readOpenbPods([text], { strict });
      expect(tasks).toEqual([]);
      expect(report.refused).toMatch(reason);
      expect(report).toMatchObject({ rows: 0, kept: 0, badCount: 0 });
    }
  });

  test('takes a file with a header and no rows, and says so', async () => {
    const { report } = await readPods([]);
    expect(report).toMatchObject({
      rows: 0,
      refused: undefined,
      notes: ['The file has a header and no rows'],
    });
  });

  test('passes on the error of a file that cannot be read', async () => {
    await expect(readOpenbPods(createReadStream('/nowhere/pods.csv'))).rejects.toThrow(/ENOENT/);
  });
});

describe('readOpenbNodes', () => {
  test('reads hosts with and without GPUs and reports bad ones', async () => {
    const { hosts, report } = await readOpenbNodes([
      'sn,cpu_milli,memory_mib,gpu,model\nn0,32000,262144,0,\nn1,96000,393216,8,G2\nn2,0,1,x,G2\n',
    ]);
    expect(hosts).toEqual([
      { name: 'n0', cpuMilli: 32000, memoryMib: 262144, gpuCount: 0, model: '' },
      { name: 'n1', cpuMilli: 96000, memoryMib: 393216, gpuCount: 8, model: 'G2' },
    ]);
    expect(report.bad.map((cell) => [cell.column, cell.value])).toEqual([
      ['cpu_milli', '0'],
      ['gpu', 'x'],
    ]);
  });
});

describe('streamOpenbPods', () => {
  test('hands over the good rows piece by piece and returns the report', async () => {
    const pieces = [`${POD_HEADER}\na,1,1,1,1,,,,,,\nb,1,1,1,1,`, ',,,,,\nc,x,1,1,1,,,,,,\nd,1,1,1,1,,,,,,'];
    const stream = streamOpenbPods(pieces);
    const batches: string[][] = [];
    let next = await stream.next();
    while (next.done !== true) {
      batches.push(next.value.map((task) => task.name));
      next = await stream.next();
    }
    expect(batches).toEqual([['a'], ['b'], ['d']]);
    expect(next.value).toMatchObject({ rows: 4, kept: 3, badCount: 1 });
  });
});

describe('the published lists', () => {
  const open = (name: string) => createReadStream(join(OPENB_FOLDER, name));

  test('are read without a bad row', async (context) => {
    needsOpenbFiles(context);
    const expected: Record<string, number> = {
      cpu050: 7439,
      cpu250: 9420,
      default: 8152,
      gpushare100: 8152,
      gpuspec33: 8152,
      multigpu50: 9061,
    };
    for (const [name, rows] of Object.entries(expected)) {
      const { tasks, report } = await readOpenbPods(open(`openb_pod_list_${name}.csv`), { strict: true });
      expect(report, name).toMatchObject({ rows, kept: rows, refused: undefined });
      expect(tasks).toHaveLength(rows);
    }
    const { hosts } = await readOpenbNodes(open('openb_node_list_all_node.csv'), { strict: true });
    expect(hosts).toHaveLength(1523);
    expect(hosts.reduce((sum, host) => sum + host.gpuCount, 0)).toBe(6212);
  });

  test('have the lifetimes that the rule for durations states', async (context) => {
    needsOpenbFiles(context);
    const { tasks } = await readOpenbPods(open('openb_pod_list_default.csv'), { strict: true });
    const started = tasks.filter((task) => task.scheduledSec !== undefined);
    const count = (rows: readonly TaskRow[], phase: string) =>
      rows.filter((row) => row.phase === phase).length;
    expect(started).toHaveLength(7255);
    expect(['Running', 'Failed', 'Succeeded', 'Pending'].map((phase) => count(started, phase))).toEqual([
      5193, 1870, 192, 0,
    ]);
    const waits = tasks
      .filter((task) => task.scheduledSec === undefined)
      .map((task) => durationSec(task) as number);
    expect(waits).toHaveLength(897);
    expect(waits.toSorted((a, b) => a - b)[448]).toBe(94);
    const durations = tasks.map((task) => durationSec(task) as number);
    expect(durations.filter((sec) => sec < 0)).toHaveLength(0);
    expect(tasks.filter((task) => durationSec(task) === 0).map((task) => task.phase)).toEqual(['Pending']);
    const cutOff = tasks.filter((task) => task.deletedSec === 12_902_960);
    expect([cutOff.length, count(cutOff, 'Running')]).toEqual([34, 34]);
  });
});
