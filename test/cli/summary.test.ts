import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { ProgressLine, progressText } from '../../cli/progress.ts';
import { plural, wrapText } from '../../sim/report/format.ts';
import { inProcess } from './in-process.ts';
import { NODE_HEADER, POD_HEADER, SMALL_YAML, TRACE_YAML } from './small-scenario.ts';
import { TemporaryFolder } from './temporary-folder.ts';

const folder = new TemporaryFolder();
const small = folder.write('small.yaml', SMALL_YAML);

describe('the summary keeps to 100 columns and names what it counts', () => {
  test.each([
    ['timed', ['run', small]],
    [
      'timed, several',
      ['run', small, '--replications', '3', '--set', 'experiment={kind: timed, horizon: 3h}'],
    ],
    ['fill', ['run', small, '--set', 'experiment={kind: fill}']],
    ['fill, several', ['run', 'openb-like', '--replications', '2', '--set', 'fleet.hosts[0].count=3']],
    ['nothing arrives', ['run', small, '--set', 'experiment={kind: timed, horizon: 1us}']],
  ])('%s', async (_, args) => {
    const { code, out, err } = await inProcess(args);
    expect(code, err).toBe(0);
    const lines = out.split('\n');
    expect(lines.filter((line) => line.length > 100 || line !== line.trimEnd())).toEqual([]);
    expect(out).not.toMatch(/NaN|undefined|Infinity|null|\b1 jobs|\b1 GPUs/);
    const table = lines.slice(lines.findIndex((line) => line.startsWith('GPU model')));
    const rows = table.slice(0, table.indexOf(''));
    expect(new Set(rows.map((line) => line.length)).size).toBeLessThanOrEqual(1);
  });

  test('a fleet without GPU and one job are spoken of as such', async () => {
    folder.write('nodes.csv', `${NODE_HEADER}\nh1,8000,32768,0,\n`);
    folder.write('pods.csv', `${POD_HEADER}\na,1000,1024,1,500,,0,100,0\nb,1000,1024,0,0,,0,100,0\n`);
    const { out } = await inProcess(['run', folder.write('traced.yaml', TRACE_YAML)]);
    expect(out).toContain('Fleet           0 GPUs\n');
    expect(out).toContain('GPU             the fleet has none\n');
    expect(out).toContain('  1 job rejected: no host could ever take it');
  });

  test('a fleet of a hundred models with long names fits too', async () => {
    const hosts = Array.from(
      { length: 100 },
      (_, i) => `h${i},8000,32768,1,Model-of-a-rather-long-name-${i}`,
    );
    folder.write('nodes.csv', `${NODE_HEADER}\n${hosts.join('\n')}\n`);
    const { out } = await inProcess(['run', folder.write('traced.yaml', TRACE_YAML)]);
    expect(out.split('\n').filter((line) => line.length > 100)).toEqual([]);
  });
});

test('one is singular, all else plural', () => {
  expect([0, 0.3, 1, 1.5, 2, 12_345].map((n) => plural(n, 'job'))).toEqual([
    '0 jobs',
    '0.3 jobs',
    '1 job',
    '1.5 jobs',
    '2 jobs',
    '12,345 jobs',
  ]);
});

test('wrapped text keeps its words, its width, and numbers beside their units', () => {
  const words = fc.array(
    fc.oneof(
      fc.constantFrom('12.5 %', '3 h', '4.6 h ± 31.6 h', '1,213 hosts', '± 3'),
      fc.stringMatching(/^[a-z]{1,12}$/),
    ),
  );
  fc.assert(
    fc.property(words, fc.integer({ min: 1, max: 60 }), (list, columns) => {
      const text = list.join(' ');
      const lines = wrapText(text, columns);
      expect(lines.join(' ')).toBe(text);
      for (const line of lines) {
        if (line.length > columns) expect(line.split(/ (?<!\d )(?<!± )(?!±)/)).toHaveLength(1);
        // Within the text, no line ends with a number or a sign that the next one begins with the rest of.
        if (line !== lines.at(-1)) expect(line).not.toMatch(/\d$|±$/);
        if (line !== lines[0]) expect(line).not.toMatch(/^[%±]/);
      }
    }),
  );
});

describe('progress', () => {
  test('what does not fit is left out part by part, and no number is cut', () => {
    const at = (columns: number) => progressText('run', 'jobs', 5120, 10_866, 2, columns);
    expect(at(79)).toBe('run: 5,120 of 10,866 jobs  47 %  2,560/s  3 s left');
    expect(at(40)).toBe('run: 5,120 of 10,866 jobs  47 %  2,560/s');
    expect(at(33)).toBe('run: 5,120 of 10,866 jobs  47 %');
    expect(at(20)).toBe('47 %');
    expect(progressText('run', 'jobs', 5120, undefined, 2, 79)).toBe('run: 5,120 jobs  2,560/s');
    expect(progressText('run', 'replications', 3, 4, 6, 79)).toBe(
      'run: 3 of 4 replications  75 %  0.5/s  2 s left',
    );
  });

  test('nothing is drawn without a terminal, nor before there is a rate, and what was drawn is wiped', () => {
    const clock = vi.spyOn(performance, 'now');
    const drawn = (isTty: boolean) => {
      const texts: string[] = [];
      const io = { out: () => {}, err: (text: string) => void texts.push(text), isTty, columns: 40 };
      clock.mockReturnValue(5000);
      const line = new ProgressLine(io, 'run', 'jobs');
      for (const [now, done] of [
        [5001, 1],
        [5500, 50],
        [5510, 51],
      ] as const) {
        clock.mockReturnValue(now);
        line.update(done, 100);
      }
      line.end();
      return texts;
    };
    try {
      expect(drawn(false)).toEqual([]);
      expect(drawn(true)).toEqual(['\rrun: 50 of 100 jobs  50 %  100/s', `\r${' '.repeat(32)}\r`]);
    } finally {
      clock.mockRestore();
    }
  });
});
