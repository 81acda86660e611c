import { resolve } from 'node:path';
import type { Command } from 'commander';
import { measureReplay, scenarioOfReplay } from '../../../sim/experiment/replay-measure.ts';
import {
  ChromeTrace,
  type ReplayOutline,
  readSegment,
  type SegmentEntry,
  segmentAt,
  type TraceEvent,
} from '../../../sim/observe/replay/index.ts';
import { durationQuantity } from '../../../sim/scenario/quantities/duration.ts';
import { type Problem, UsageError } from '../../errors.ts';
import type { CliIo } from '../../io.ts';
import { OutputFile } from '../../output-file.ts';
import { ReplayReader } from '../../replay-reader.ts';

export const REPLAY_FORMATS = ['trace', 'metrics'] as const;
type Format = (typeof REPLAY_FORMATS)[number];

interface ExportOptions {
  readonly out: string;
  readonly from?: string;
  readonly to?: string;
}

const ABOUT: Readonly<Record<Format, string>> = {
  trace: 'what a replay shows, as events for Perfetto and chrome://tracing (JSON)',
  metrics: 'readings, groups and series of a replay, measured again (JSON)',
};

/** `slicewise export trace|metrics REPLAY`: what a replay says, for other programs. */
export function registerExportReplay(parent: Command, io: CliIo): void {
  for (const format of REPLAY_FORMATS) {
    parent
      .command(format)
      .description(ABOUT[format])
      .argument('<replay>', 'a file that run --replay wrote')
      .requiredOption('--out <file.json>', 'where it goes')
      .option('--from <duration>', 'with trace: begin at this time of the run, such as 2h')
      .option('--to <duration>', 'with trace: end at this time of the run')
      .addHelpText(
        'after',
        '\nA trace has a process a host and a track a partition of a GPU; open it at https://ui.perfetto.dev.' +
          '\n\nExamples:\n  slicewise run mig-on-demand-h100 --replay mig.replay' +
          '\n  slicewise export trace mig.replay --out mig.json --from 1h --to 3h',
      )
      .action((replay: string, options: ExportOptions) => exportReplay(format, replay, options, io));
  }
}

function exportReplay(format: Format, path: string, { out, from, to }: ExportOptions, io: CliIo): void {
  const problems: Problem[] = [];
  const fromUs = timeOf('--from', from, problems) ?? 0;
  const toUs = timeOf('--to', to, problems) ?? Number.POSITIVE_INFINITY;
  if (fromUs >= toUs) problems.push({ path: '--to', value: to, message: `must be after --from, got ${to}` });
  if (format === 'metrics' && (from !== undefined || to !== undefined))
    problems.push({
      path: from === undefined ? '--to' : '--from',
      message: 'goes with trace: metrics are of the whole run',
    });
  if (out === '') problems.push({ path: '--out', value: out, message: 'must be a path, got ""' });
  else if (resolve(out) === resolve(path))
    problems.push({ path: '--out', value: out, message: `must not overwrite the replay ${path}` });
  if (problems.length > 0) throw new UsageError('wrong options', problems);
  const reader = new ReplayReader(path);
  try {
    const { damage } = reader.outline;
    if (damage !== undefined) io.err(`note: ${path}: ${damage}\n`);
    const file = new OutputFile(out);
    try {
      if (format === 'metrics') writeMetrics(reader, path, file);
      else writeTrace(reader, fromUs, toUs, file);
      file.commit();
    } finally {
      file.discard();
    }
  } finally {
    reader.close();
  }
  io.out(`${out}\n`);
}

/** A time of the run, microseconds; undefined where none is given. */
function timeOf(option: string, text: string | undefined, problems: Problem[]): number | undefined {
  if (text === undefined) return undefined;
  const read = durationQuantity.read(text);
  if (read.ok) return read.value;
  problems.push({ path: option, value: text, message: read.message });
  return undefined;
}

/** Segment by segment, so that memory does not grow with the file. */
function writeTrace(reader: ReplayReader, fromUs: number, toUs: number, file: OutputFile): void {
  const { outline, size } = reader;
  const { segments, tables } = outline;
  const endUs = Math.min(toUs, Math.max(tables?.endUs ?? 0, segments.at(-1)?.lastUs ?? 0));
  const trace = new ChromeTrace(outline.header, { fromUs, toUs: endUs });
  let isFirst = true;
  const write = (events: Iterable<TraceEvent>) => {
    for (const event of events) {
      file.write(`${isFirst ? '' : ',\n'}${JSON.stringify(event)}`);
      isFirst = false;
    }
  };
  file.write(
    `{"displayTimeUnit": "ms", "otherData": ${JSON.stringify(aboutOf(outline))}, "traceEvents": [\n`,
  );
  for (let number = segmentAt(segments, fromUs); number < segments.length; number++) {
    const entry = segments[number] as SegmentEntry;
    if (entry.firstUs > endUs) break;
    write(trace.segment(reader.answer(readSegment(outline, entry, size)).open()));
  }
  write(trace.end(endUs));
  file.write('\n]}\n');
}

function aboutOf({ header, tables }: ReplayOutline): object {
  const { version, seed, scenario } = header;
  const name = typeof scenario === 'object' && scenario !== null && 'name' in scenario ? scenario.name : null;
  return { product: 'slicewise', version, scenario: name, seed, digest: tables?.digest ?? null };
}

function writeMetrics(reader: ReplayReader, path: string, file: OutputFile): void {
  const { outline, size } = reader;
  const problem = (message: string) => new UsageError('cannot measure the replay', [{ path, message }]);
  if (outline.damage !== undefined) throw problem('is not whole: metrics are of whole runs');
  const scenario = scenarioOfReplay(outline);
  if (scenario.experiment.kind === 'fill') throw problem('is of a fill run, which has no metrics over time');
  if (scenario.workload.trace !== null)
    throw problem(
      'is of recorded jobs: their usual mix, whose fragmentation is measured, is in the trace alone',
    );
  const { readings, ...rest } = reader.answer(measureReplay(outline, size, scenario, {}));
  const metrics = Object.fromEntries(readings);
  file.write(`${JSON.stringify({ schema: 'slicewise/replay-metrics@1', metrics, ...rest }, null, 1)}\n`);
}
