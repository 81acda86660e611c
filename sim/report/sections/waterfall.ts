import type { Chart } from '../charts/chart.ts';
import {
  type Block,
  details,
  heading,
  name,
  paragraph,
  type Text,
  tableOf,
  words,
} from '../document/blocks.ts';
import type { WaterfallPart } from '../document/parts.ts';
import { amountText, axisScale, quantity, tickText } from '../document/quantity.ts';
import type { ReportedRun } from '../document/read-result.ts';
import { giveBackBlocks } from './give-back.ts';
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

type Bucket = WaterfallPart['buckets'][number];

/** Families of buckets, in the order of the stacked bars, which is that of the waterfall. */
const FAMILIES: readonly (readonly [family: string, buckets: readonly string[]])[] = [
  ['useful work', ['useful']],
  ['work done again', ['redone']],
  ['sharing overhead', ['overhead']],
  ['allocated but idle', ['idle']],
  ['stranded', ['cpu', 'memory', 'gpu-memory', 'geometry']],
  ['held back', ['limits', 'order', 'licence']],
  ['changing or failed', ['changing', 'failed']],
  ['no demand', ['no-demand']],
];
/** Whatever else a later version tells apart. */
const OTHER = 'other';
const MOST_CAUSES = 3;
const MOST_PARTS = 12;

/** Where every GPU-hour went, and what it cost. */
export const waterfallSection: SectionKind = {
  id: 'waterfall',
  title: 'Where the GPU-hours went',
  build: ({ runs }) =>
    ofEach(runs, (run) => {
      const { waterfall } = run;
      if (waterfall === undefined || waterfall.buckets.length === 0) return [];
      const { capacityGpuHours, buckets } = waterfall;
      return [
        paragraph(
          `Every GPU-hour of the ${quantity(capacityGpuHours, 'GPU-hours')} that were there is in exactly one line.`,
        ),
        { kind: 'chart', chart: cascade(waterfall), data: bucketTable(run, waterfall, false) },
        bucketTable(run, waterfall, true),
        ...['byPool', 'byMode', 'byModel'].flatMap((key) => partBlocks(key as PartKey, waterfall)),
        ...details('All causes', causeTable(buckets)),
        ...details('Who waited for what was free', askerTable(buckets)),
        ...giveBackBlocks(run.giveBack),
      ];
    }),
};

type PartKey = 'byPool' | 'byMode' | 'byModel';
const PART_WORDS: Readonly<Record<PartKey, string>> = {
  byPool: 'pool',
  byMode: 'sharing mode',
  byModel: 'GPU model',
};

export function familyOf(bucket: string): string {
  return FAMILIES.find(([, buckets]) => buckets.includes(bucket))?.[0] ?? OTHER;
}

const families = () => [...FAMILIES.map(([family]) => family), OTHER];
const toneOf = (bucket: string) => families().indexOf(familyOf(bucket));

const bucketWords = ({ bucket, text }: Bucket) => text ?? bucket;

function cascade({ buckets }: WaterfallPart): Chart {
  const shown = buckets.filter(({ gpuHours }) => gpuHours > 0);
  return {
    kind: 'cascade',
    title: 'Where the GPU-hours went',
    summary: `Parts of the capacity, one below the other: ${shown
      .map((each) => `${bucketWords(each)} ${quantity(each.share, 'fraction')}`)
      .join('; ')}.`,
    x: { label: 'part of the capacity (%)', from: 0, to: 100 },
    steps: shown.map((each) => ({
      name: bucketWords(each),
      value: (each.share ?? 0) * 100,
      tone: toneOf(each.bucket),
      text: quantity(each.share, 'fraction', halfOf(each.ci95)),
    })),
  };
}

function bucketTable({ result: { cost } }: ReportedRun, waterfall: WaterfallPart, isFull: boolean) {
  const { buckets, capacityGpuHours, currency } = waterfall;
  const isPriced = isFull && currency !== undefined && cost !== undefined;
  const rows = buckets
    .filter(({ gpuHours }) => gpuHours > 0 || !isFull)
    .map((each): readonly Text[] => [
      [name(bucketWords(each))],
      quantity(each.gpuHours, 'GPU-hours'),
      quantity(each.share, 'fraction', halfOf(each.ci95)),
      ...(isPriced ? [amountText((each.costPerMonth ?? 0).toFixed(2), currency)] : []),
      ...(isFull ? [[name(causesText(each))]] : []),
    ]);
  const total: readonly Text[] = [
    'all',
    quantity(capacityGpuHours, 'GPU-hours'),
    quantity(capacityGpuHours > 0 ? 1 : null, 'fraction'),
    ...(isPriced ? [amountText(cost.perMonth, cost.currency)] : []),
    ...(isFull ? [''] : []),
  ];
  return tableOf(
    isFull ? 'GPU-hours by what became of them, with the main causes' : 'GPU-hours by what became of them',
    [
      'GPU-hours that were',
      'amount',
      'part',
      ...(isPriced ? ['a month'] : []),
      ...(isFull ? [words('main causes')] : []),
    ],
    [...rows, total],
  );
}

function causesText({ causes = [] }: Bucket): string {
  return causes
    .slice(0, MOST_CAUSES)
    .map(({ text, gpuHours }) => `${text}: ${quantity(gpuHours, 'GPU-hours')}`)
    .join('; ');
}

function causeTable(buckets: readonly Bucket[]): readonly Block[] {
  const rows = buckets.flatMap((bucket) =>
    (bucket.causes ?? []).map((each): readonly Text[] => [
      [name(bucketWords(bucket))],
      [name(each.text)],
      quantity(each.gpuHours, 'GPU-hours'),
      [{ code: each.cause }],
    ]),
  );
  const columns = ['GPU-hours that were', words('cause'), 'amount', words('name')];
  return rows.length === 0 ? [] : [tableOf('GPU-hours by cause', columns, rows)];
}

/** For whom free GPUs were held back: class and tenant, what each asks for, and why it did not get it. */
function askerTable(buckets: readonly Bucket[]): readonly Block[] {
  const rows = buckets.flatMap((bucket) =>
    (bucket.askers ?? []).map((each): readonly Text[] => [
      [name(bucketWords(bucket))],
      [name([each.tenant, each.class].filter((who) => who !== '').join(', '))],
      [name(each.demand)],
      [name(each.text)],
      quantity(each.gpuHours, 'GPU-hours'),
    ]),
  );
  const columns = [
    'GPU-hours that were',
    words('who waited'),
    words('asked for'),
    words('why'),
    { title: 'amount', isNumber: true },
  ];
  return rows.length === 0 ? [] : [tableOf('Free GPU-hours by who waited for them', columns, rows)];
}

/** The same for each pool, mode or model, in families; nothing where there is but one. */
function partBlocks(key: PartKey, waterfall: WaterfallPart): readonly Block[] {
  const parts = Object.entries(waterfall[key] ?? {});
  if (parts.length < 2) return [];
  const shown = parts.slice(0, MOST_PARTS);
  const used = families().filter((family) =>
    shown.some(([, buckets]) =>
      buckets.some((each) => each.gpuHours > 0 && familyOf(each.bucket) === family),
    ),
  );
  const hours = (buckets: readonly Bucket[], family: string) =>
    buckets.reduce((sum, each) => sum + (familyOf(each.bucket) === family ? each.gpuHours : 0), 0);
  const { size, unit } = axisScale(
    Math.max(...shown.map(([, buckets]) => buckets.reduce((sum, { gpuHours }) => sum + gpuHours, 0))),
    'GPU-hours',
  );
  const what = PART_WORDS[key];
  const chart: Chart = {
    kind: 'stack',
    title: `GPU-hours by ${what}`,
    summary: shown
      .map(([part, buckets]) => {
        const texts = used.map((family) => `${family} ${quantity(hours(buckets, family), 'GPU-hours')}`);
        return `${part}: ${texts.join(', ')}.`;
      })
      .join(' '),
    x: { label: `amount (${unit})`, from: 0 },
    parts: used,
    rows: shown.map(([part, buckets]) => ({
      name: part,
      values: used.map((family) => hours(buckets, family) / size),
    })),
  };
  const data = tableOf(
    `GPU-hours by ${what}`,
    [what, ...used],
    parts.map(([part, buckets]) => [
      [name(part)],
      ...used.map((family) => `${tickText(Number(hours(buckets, family).toFixed(1)))}\u00a0GPU-hours`),
    ]),
  );
  return [heading(`By ${what}`), { kind: 'chart', chart, data }];
}

const halfOf = (ci95: readonly [number, number] | undefined) =>
  ci95 === undefined ? undefined : (ci95[1] - ci95[0]) / 2;
