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
import type { SectionKind } from './section.ts';
import { ofEach } from './side-by-side.ts';

type Bucket = WaterfallPart['buckets'][number];

/** Families of buckets, by the words in their names, in the order of the stacked bars. The first that fits counts. */
const FAMILIES: readonly (readonly [family: string, words: RegExp])[] = [
  ['useful work', /useful/i],
  ['work done again', /again|redone|lost/i],
  ['sharing overhead', /overhead|gang/i],
  ['allocated but idle', /alloc/i],
  ['stranded', /strand/i],
  ['held back', /held|quota|limit|order|licen/i],
  ['changing or failed', /reconfig|boot|migrat|clos|fail|repair|maint/i],
  ['no demand', /no.?demand/i],
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
  return FAMILIES.find(([, pattern]) => pattern.test(bucket))?.[0] ?? OTHER;
}

const families = () => [...FAMILIES.map(([family]) => family), OTHER];
const toneOf = (bucket: string) => families().indexOf(familyOf(bucket));

/** `stranded-by-cpu` and `strandedByCpu` as words. */
const bucketWords = (bucket: string) =>
  bucket
    .replaceAll(/[-_.]/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_, a: string, b: string) => `${a} ${b.toLowerCase()}`);

function cascade({ buckets }: WaterfallPart): Chart {
  const shown = buckets.filter(({ gpuHours }) => gpuHours > 0);
  return {
    kind: 'cascade',
    title: 'Where the GPU-hours went',
    summary: `Parts of the capacity, one below the other: ${shown
      .map(({ bucket, share }) => `${bucketWords(bucket)} ${quantity(share, 'fraction')}`)
      .join('; ')}.`,
    x: { label: 'part of the capacity (%)', from: 0, to: 100 },
    steps: shown.map(({ bucket, share, ci95 }) => ({
      name: bucketWords(bucket),
      value: (share ?? 0) * 100,
      tone: toneOf(bucket),
      text: quantity(share, 'fraction', halfOf(ci95)),
    })),
  };
}

function bucketTable({ result }: ReportedRun, { buckets, capacityGpuHours }: WaterfallPart, isFull: boolean) {
  const { cost } = result;
  const monthly = cost === undefined ? undefined : Number(cost.perMonth);
  const rows = buckets
    .filter(({ gpuHours }) => gpuHours > 0 || !isFull)
    .map((each): readonly Text[] => [
      [name(bucketWords(each.bucket))],
      quantity(each.gpuHours, 'GPU-hours'),
      quantity(each.share, 'fraction', halfOf(each.ci95)),
      ...(monthly === undefined || !isFull
        ? []
        : [amountText(((each.share ?? 0) * monthly).toFixed(2), cost?.currency ?? '')]),
      ...(isFull ? [[name(causesText(each))]] : []),
    ]);
  const total: readonly Text[] = [
    'all',
    quantity(capacityGpuHours, 'GPU-hours'),
    quantity(1, 'fraction'),
    ...(monthly === undefined || !isFull ? [] : [amountText(cost?.perMonth ?? '0', cost?.currency ?? '')]),
    ...(isFull ? [''] : []),
  ];
  return tableOf(
    isFull ? 'GPU-hours by what became of them, with the main causes' : 'GPU-hours by what became of them',
    [
      'GPU-hours that were',
      'amount',
      'part',
      ...(monthly === undefined || !isFull ? [] : ['a month']),
      ...(isFull ? [words('main causes')] : []),
    ],
    [...rows, total],
  );
}

function causesText({ causes = [] }: Bucket): string {
  return causes
    .slice(0, MOST_CAUSES)
    .map(({ text, reason, demand, gpuHours }) => {
      const what = text ?? [reason, demand].filter((each) => each !== undefined).join(', ');
      return `${what}: ${quantity(gpuHours, 'GPU-hours')}`;
    })
    .join('; ');
}

function causeTable(buckets: readonly Bucket[]): readonly Block[] {
  const rows = buckets.flatMap(({ bucket, causes = [] }) =>
    causes.map((each): readonly Text[] => [
      [name(bucketWords(bucket))],
      [name(each.text ?? each.reason ?? '')],
      [name(each.demand ?? '')],
      quantity(each.gpuHours, 'GPU-hours'),
    ]),
  );
  const columns = ['what became of them', words('cause'), words('demand'), 'amount'];
  return rows.length === 0 ? [] : [tableOf('GPU-hours by cause', columns, rows)];
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
