import { presetDocument } from './preset-document.ts';
import { PRESETS, type Preset, type PresetKind as StoredKind } from './presets/index.ts';

/** What a preset is a default for: task classes, services, session groups. */
export type PresetKind = 'class' | 'service' | 'session';

const STORED_KINDS: Readonly<Record<PresetKind, StoredKind>> = {
  class: 'batch',
  service: 'service',
  session: 'session',
};

/** Names of the presets of a kind. */
export function presetNames(kind: PresetKind): readonly string[] {
  return PRESETS.filter((preset) => preset.kind === STORED_KINDS[kind]).map(({ name }) => name);
}

/** The preset of a kind by its name. */
export function presetOf(name: string | undefined, kind: PresetKind): Preset | undefined {
  return PRESETS.find((preset) => preset.name === name && preset.kind === STORED_KINDS[kind]);
}

/** Whether the preset of that name has a default for a key; a name that is not known may stand for anything. */
export function presetBrings(name: string | undefined, kind: PresetKind, key: string): boolean {
  if (name === undefined) return false;
  const preset = presetOf(name, kind);
  return preset === undefined || Object.hasOwn(presetDocument(preset), key);
}

/** What may be written with a preset beside it. */
interface Completable {
  readonly preset?: string | undefined;
  readonly use?: object | undefined;
  readonly gpu?: string | number | undefined;
}

/** What everything that asks for room on a host has in the end: stated, or from its preset. */
export interface Completed {
  readonly cpu: string | number;
  readonly memory: string;
}

/**
 * What is written, with the preset's figures for what is not: key by key, and inside `use` key by key again. A share of
 * a GPU that is written takes the place of the preset's part of one.
 *
 * @param written of a document already found valid
 */
export function completed<Written extends Completable>(
  written: Written,
  kind: PresetKind,
): Written & Completed {
  const preset = presetOf(written.preset, kind);
  if (preset === undefined) return written as Written & Completed;
  const { slot, use, ...defaults } = presetDocument(preset);
  return {
    ...defaults,
    ...(written.gpu === undefined ? { slot } : {}),
    ...stated(written),
    use: { ...(use as object), ...stated(written.use ?? {}) },
  } as unknown as Written & Completed;
}

/** Without the keys whose value is undefined: they are not written. */
function stated(written: object): object {
  return Object.fromEntries(Object.entries(written).filter(([, value]) => value !== undefined));
}
