import type { CanonicalDocument } from '../../scenario/index.ts';

type Mapping = Readonly<Record<string, unknown>>;

/**
 * What the scenario states, in its own words: a value that is changed in one key is set as a whole, so that the change
 * can be pasted into a document that writes it shorter.
 */
export class Stated {
  readonly #document: CanonicalDocument;

  constructor(document: CanonicalDocument) {
    this.#document = document;
  }

  /** GPUs of a host group, by model. */
  gpusOf(group: string): readonly { readonly model: string; readonly count: number }[] {
    return this.#group(group)?.gpus ?? [];
  }

  sharingOf(group: string): Mapping {
    return (this.#group(group)?.sharing ?? {}) as Mapping;
  }

  /** The value at a path of keys and names; undefined where the scenario states none. */
  at(path: readonly (string | number)[]): unknown {
    let value: unknown = this.#document;
    for (const key of path) {
      if (Array.isArray(value)) {
        value =
          typeof key === 'number'
            ? value[key]
            : value.find((item: unknown) => (item as { name?: unknown } | null)?.name === key);
      } else value = (value as Mapping | null | undefined)?.[key];
    }
    return value;
  }

  #group(name: string) {
    return this.#document.fleet.hosts?.find((group) => group.name === name);
  }
}
