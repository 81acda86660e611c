import type { Criterion } from '../../../sim/experiment/compare/pareto.ts';
import { byEffect } from '../../../sim/report/sections/sweep/over-factors.ts';
import type { AppState } from '../../state/app-state.ts';
import { betterOf, type Ranges, type SweepModel } from './model.ts';

/** What of a sweep is looked at. */
export interface SweepLook {
  /** Those that are shown, the one that lines are coloured by first. */
  readonly metrics: readonly string[];
  readonly ranges: Ranges;
  /** Paths of the factors of the map, and its metric; undefined where there are not two factors. */
  readonly map: { readonly across: string; readonly up: string; readonly metric: string } | undefined;
  /** Of the trade-off; undefined where there are not two metrics. */
  readonly tradeOff: readonly [x: Criterion, y: Criterion] | undefined;
  readonly sort: { readonly by: string; readonly isDown: boolean };
  /** Points that are selected, in order. */
  readonly selected: readonly number[];
}

/** The state as the link has it. */
export type Said = AppState['sweep'];

/** As many numbers of selected points as a link carries. */
const LONGEST_LIST = 900;

/** What is looked at: what is said, as far as this sweep has it, else what tells most. */
export function lookOf(model: SweepModel, said: Said): SweepLook {
  const has = (metric: string | undefined): metric is string =>
    metric !== undefined && model.metrics.includes(metric);
  const asked = (said.metrics ?? '').split(',').filter(has);
  const metrics =
    asked.length > 0
      ? [...new Set(asked)]
      : model.telling.length > 0
        ? model.telling
        : model.metrics.slice(0, 1);
  const [first] = metrics;
  return {
    metrics,
    ranges: rangesOf(model, said),
    map: mapOf(model, said, first),
    tradeOff: tradeOffOf(model, said, metrics),
    sort: sortOf(model, said, first),
    selected: numbersOf(said.points ?? '').filter((p) => p < model.points.length),
  };
}

function rangesOf(model: SweepModel, said: Said): Ranges {
  const ranges = new Map<string, readonly [number, number]>();
  for (const [name, text] of Object.entries(said)) {
    if (!name.startsWith('range.')) continue;
    const range = rangeOf(text);
    const id = name.slice('range.'.length);
    if (range !== undefined && model.axis(id) !== undefined) ranges.set(id, range);
  }
  return ranges;
}

function mapOf(model: SweepModel, said: Said, first: string | undefined): SweepLook['map'] {
  const { factors, metrics, points } = model;
  const metric = metrics.find((each) => each === said.cell) ?? first;
  if (metric === undefined || factors.length < 2) return undefined;
  const byMost = byEffect(factors, metric, points).map(({ path }) => path);
  const across = byMost.find((path) => path === said.across) ?? byMost.find((path) => path !== said.up);
  const up =
    byMost.find((path) => path === said.up && path !== across) ?? byMost.find((path) => path !== across);
  return across === undefined || up === undefined ? undefined : { across, up, metric };
}

function tradeOffOf(model: SweepModel, said: Said, metrics: readonly string[]): SweepLook['tradeOff'] {
  const criterion = (text: string | undefined, otherwise: string | undefined): Criterion | undefined => {
    const [, metric = '', stated] = /^(.*):(higher|lower)$/.exec(text ?? '') ?? [];
    if (model.metrics.includes(metric)) return { metric, better: stated as Criterion['better'] };
    return otherwise === undefined ? undefined : { metric: otherwise, better: betterOf(otherwise) };
  };
  const x = criterion(said.x, metrics[0]);
  const y = criterion(
    said.y,
    metrics.find((each) => each !== x?.metric) ?? model.metrics.find((each) => each !== x?.metric),
  );
  return x === undefined || y === undefined ? undefined : [x, y];
}

function sortOf(model: SweepModel, said: Said, first: string | undefined): SweepLook['sort'] {
  const [, down = '', by = ''] = /^(-?)(.*)$/s.exec(said.sort ?? '') ?? [];
  if (by === 'point' || (by !== '' && model.axis(by) !== undefined)) return { by, isDown: down !== '' };
  return first === undefined
    ? { by: 'point', isDown: false }
    : { by: first, isDown: betterOf(first) === 'higher' };
}

/** `3,7-9` as numbers. */
export function numbersOf(text: string): readonly number[] {
  const found = new Set<number>();
  for (const part of text.split(',')) {
    const [, low, high] = /^(\d{1,7})(?:-(\d{1,7}))?$/.exec(part) ?? [];
    if (low === undefined) continue;
    for (let at = Number(low); at <= Number(high ?? low) && found.size < 1e5; at++) found.add(at);
  }
  return [...found].sort((a, b) => a - b);
}

/** Numbers as `3,7-9`; what has no room in a link is left out. */
export function listText(numbers: readonly number[]): string {
  const parts: string[] = [];
  let length = 0;
  for (let i = 0; i < numbers.length; ) {
    let j = i;
    while (numbers[j + 1] === (numbers[j] as number) + 1) j += 1;
    const part = i === j ? `${numbers[i]}` : `${numbers[i]}-${numbers[j]}`;
    length += part.length + 1;
    if (length > LONGEST_LIST) break;
    parts.push(part);
    i = j + 1;
  }
  return parts.join(',');
}

/** A range as the link has it; an end without a bound is empty. */
export function rangeText([low, high]: readonly [number, number]): string {
  const text = (end: number) => (Number.isFinite(end) ? String(Number(end.toPrecision(6))) : '');
  return `${text(low)}~${text(high)}`;
}

function rangeOf(text: string): readonly [number, number] | undefined {
  const [, low, high] = /^([^~]*)~([^~]*)$/.exec(text) ?? [];
  if (low === undefined || high === undefined) return undefined;
  const ends = [low === '' ? -Infinity : Number(low), high === '' ? Infinity : Number(high)] as const;
  return ends[0] <= ends[1] ? ends : undefined;
}
