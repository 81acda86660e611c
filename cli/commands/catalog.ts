import type { Command } from 'commander';
import { nearestNames } from '../../sim/hardware/index.ts';
import { UsageError } from '../errors.ts';
import type { CliIo } from '../io.ts';
import { renderFields } from '../table.ts';
import { type CatalogOption, type CatalogQuery, type CatalogTopic, sourceList } from './catalog/topic.ts';
import { CATALOG_TOPICS } from './catalog/topics.ts';

/** Options of every topic; those of a query are refused by topics that have no use for them. */
export interface CatalogOptions extends CatalogQuery {
  readonly json?: boolean;
  readonly sources?: boolean;
}

/** Adds `slicewise catalog [topic]`: what the product knows about hardware, with sources. */
export function registerCatalog(program: Command, io: CliIo): void {
  program
    .command('catalog')
    .description('what the product knows about GPUs, sharing and prices, with sources')
    .argument('[topic]', CATALOG_TOPICS.map((topic) => topic.name).join(', '))
    .option('--gpu <name>', 'one GPU: an id, a product name, or a name used by traces')
    .option('--layouts', 'mig: every full way to cut the GPU')
    .option(
      '--variants <list>',
      'mig: profile variants of the layouts, comma-separated, or all (default: plain)',
    )
    .option('--mode <name>', 'modes, overheads: one sharing mode')
    .option('--sources', 'list the sources cited')
    .option('--json', 'all fields, for machines')
    .action((topic: string | undefined, options: CatalogOptions) => printCatalog(topic, options, io));
}

/**
 * Prints a topic, or the list of topics when none is given.
 *
 * @throws {UsageError} for an unknown topic, an option the topic has no use for, or an unknown name
 */
export async function printCatalog(
  name: string | undefined,
  options: CatalogOptions,
  io: CliIo,
): Promise<void> {
  if (name === undefined) {
    refuseOptions('the list of topics', [], options);
    io.out(topicList(options.json === true, io.columns));
    return;
  }
  const topic = topicNamed(name);
  refuseOptions(topic.name, topic.options, options);
  const { answer } = await topic.load();
  const { records, sources, notes, text } = answer(options);
  if (options.json === true) {
    io.out(
      `${JSON.stringify({ schema: 'slicewise/catalog@1', topic: topic.name, notes, ...records, sources }, null, 2)}\n`,
    );
    return;
  }
  io.out(text(io.columns));
  if (options.sources === true) io.out(`\nSources\n${sourceList(sources, io.columns)}`);
  for (const note of notes) io.err(`note: ${note}\n`);
  if (options.sources !== true) {
    const count = Object.keys(sources).length;
    io.err(
      `note: ${count} ${count === 1 ? 'source' : 'sources'}; --sources lists, --json prints all fields\n`,
    );
  }
}

function topicList(json: boolean, width: number): string {
  if (json) {
    const topics = CATALOG_TOPICS.map(({ name, summary }) => ({ name, summary }));
    return `${JSON.stringify({ schema: 'slicewise/catalog@1', topics }, null, 2)}\n`;
  }
  return renderFields(
    CATALOG_TOPICS.map(({ name, summary }) => [name, summary]),
    width,
  );
}

function topicNamed(name: string): CatalogTopic {
  const topic = CATALOG_TOPICS.find((each) => each.name === name);
  if (topic !== undefined) return topic;
  const known = CATALOG_TOPICS.map((each) => each.name);
  const message = `unknown topic; accepted: ${known.join(', ')}`;
  throw new UsageError('catalog: no such topic', [
    { path: 'topic', value: name, message, hint: `did you mean "${nearestNames(name, known)[0]}"?` },
  ]);
}

const QUERY_OPTIONS: readonly CatalogOption[] = ['gpu', 'layouts', 'variants', 'mode'];

function refuseOptions(what: string, accepted: readonly CatalogOption[], given: CatalogQuery): void {
  const problems = QUERY_OPTIONS.filter(
    (option) => given[option] !== undefined && !accepted.includes(option),
  ).map((option) => ({
    path: `--${option}`,
    value: given[option],
    message: `has no meaning for ${what}; accepted: ${accepted.map((each) => `--${each}`).join(', ') || 'none'}`,
  }));
  if (problems.length > 0) throw new UsageError(`catalog: wrong options`, problems);
}
