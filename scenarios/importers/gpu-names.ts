import { CatalogueNameError, type GpuModel } from '../../sim/hardware/index.ts';
import { lookUpGpu } from '../../sim/scenario/resolve/card-spec.ts';

const MOST_CANDIDATES = 5;

/** Names of GPUs as a site writes them, and the catalogue's for them. Keeps what there is to tell about each. */
export class GpuNames {
  readonly #given: ReadonlyMap<string, string>;
  readonly #known = new Map<string, { readonly model: string; readonly gpu: GpuModel | undefined }>();
  readonly #notes: string[] = [];

  /** @param given models by the site's names, for those that the catalogue cannot know */
  constructor(given: Readonly<Record<string, string>> = {}) {
    this.#given = new Map(Object.entries(given));
  }

  /**
   * The model given for a name, else the catalogue's id for it; the name itself where the catalogue has none.
   *
   * @param alsoTry other ways to write the name, for the catalogue
   */
  modelOf(name: string, alsoTry: readonly string[] = []): string {
    return this.#find(name, alsoTry).model;
  }

  /** The catalogue's entry for a name; undefined where it has none. */
  gpuOf(name: string): GpuModel | undefined {
    return this.#find(name, []).gpu;
  }

  /** What was assumed, and which names stay as they are. */
  get notes(): readonly string[] {
    return this.#notes;
  }

  #find(name: string, alsoTry: readonly string[]) {
    let found = this.#known.get(name);
    if (found === undefined) {
      found = this.#lookUp(name, alsoTry);
      this.#known.set(name, found);
    }
    return found;
  }

  #lookUp(name: string, alsoTry: readonly string[]) {
    const given = this.#given.get(name);
    const first = lookUpGpu(given ?? name);
    const answers = [first, ...(given === undefined ? alsoTry.map(lookUpGpu) : [])];
    for (const answer of answers) {
      if (answer instanceof CatalogueNameError) continue;
      const { gpu, assumption } = answer;
      // A model that was given is what the fleet calls it, in words that the catalogue may have others for.
      if (given !== undefined) return { model: given, gpu };
      if (assumption !== null) this.#notes.push(`GPU "${name}" is taken as ${gpu.id}: ${assumption}`);
      return { model: gpu.id, gpu };
    }
    if (given === undefined && first instanceof CatalogueNameError) {
      const candidates = first.candidates.slice(0, MOST_CANDIDATES).join(', ');
      const what =
        first.reason === 'ambiguous'
          ? `may be any of ${candidates}`
          : `is not in the catalogue (nearest: ${candidates})`;
      this.#notes.push(`GPU "${name}" ${what}: the name stays as it is`);
    }
    return { model: given ?? name, gpu: undefined };
  }
}
