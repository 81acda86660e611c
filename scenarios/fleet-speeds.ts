/** The speeds of one kind of job on a fleet. */
interface SpeedsOnFleet {
  /** By the fleet's names of its GPU models; above 0. */
  readonly speedByModel: Readonly<Record<string, number>>;
  /** The models that will do; empty where all will. */
  readonly models: readonly string[];
}

/**
 * Carries speeds by a trace's names of GPU models (`v100`) over to the fleet's (`V100-SXM2-16GB`). A job does not go to
 * a model on which its speed is 0. Models that the trace has no speed for stay as they are.
 */
export class FleetSpeeds {
  readonly #models: readonly string[];
  readonly #known = new Map<string, SpeedsOnFleet>();
  readonly #unknownModels = new Set<string>();
  readonly #unusedNames = new Set<string>();
  readonly #usedNames = new Set<string>();

  /** @param models of the fleet */
  constructor(models: readonly string[]) {
    this.#models = models;
  }

  of(speeds: Readonly<Record<string, number>>): SpeedsOnFleet {
    const key = JSON.stringify(speeds);
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const found = this.#find(speeds);
    this.#known.set(key, found);
    return found;
  }

  /** What the user should know of the models that were met. */
  findings(): readonly string[] {
    const unused = [...this.#unusedNames].filter((name) => !this.#usedNames.has(name));
    const list = (names: readonly string[]) => names.join(', ');
    return [
      ...(this.#unknownModels.size === 0
        ? []
        : [
            `has no speeds for ${list([...this.#unknownModels])}: taken as the catalogue has them, or as equal`,
          ]),
      ...(unused.length === 0 ? [] : [`the fleet has no ${list(unused)}`]),
    ];
  }

  #find(speeds: Readonly<Record<string, number>>): SpeedsOnFleet {
    const named = Object.entries(speeds);
    const onFleet: [string, number][] = [];
    for (const model of this.#models) {
      const match = named.find(([name]) => isModel(model, name));
      if (match === undefined) this.#unknownModels.add(model);
      else {
        this.#usedNames.add(match[0]);
        onFleet.push([model, match[1]]);
      }
    }
    for (const [name] of named) this.#unusedNames.add(name);
    const refused = new Set(onFleet.filter(([, speed]) => speed === 0).map(([model]) => model));
    const accepted = this.#models.filter((model) => !refused.has(model));
    return {
      speedByModel: Object.fromEntries(onFleet.filter(([, speed]) => speed > 0)),
      // An empty list would accept every model: where none is left, name those that would do.
      models:
        refused.size === 0
          ? []
          : accepted.length > 0
            ? accepted
            : named.filter(([, speed]) => speed > 0).map(([name]) => name),
    };
  }
}

/** Whether a fleet's model is the one that a trace calls by a short name: `Tesla P100-16GB` is `p100`, `P1000` is not. */
export function isModel(model: string, shortName: string): boolean {
  const name = model.toLowerCase();
  const wanted = shortName.toLowerCase();
  for (let at = name.indexOf(wanted); at >= 0; at = name.indexOf(wanted, at + 1)) {
    const before = name[at - 1] ?? '';
    const after = name[at + wanted.length] ?? '';
    if (!/[a-z0-9]/.test(before) && !/[0-9]/.test(after)) return true;
  }
  return false;
}
