import {
  CatalogueNameError,
  canAdd,
  geometryOf,
  MIG_MODELS,
  type MigGeometry,
  type MigProfile,
  migModelByName,
  migProfileByName,
  placementAt,
  refusal,
  refusalText,
} from '../../../sim/hardware/index.ts';
import { exactlyOne, isStated, repeats } from '../../../sim/scenario/checks/common.ts';
import { type Sound, soundPart } from '../../../sim/scenario/checks/sound.ts';
import { checkStructure } from '../../../sim/scenario/checks/structure.ts';
import { checkTree } from '../../../sim/scenario/checks/tree.ts';
import { nameHint } from '../../../sim/scenario/nearest-name.ts';
import { type Path, valueAt } from '../../../sim/scenario/path.ts';
import { type Finding, quoteValue } from '../../../sim/scenario/problem.ts';
import { type CardsDocument, cardsSchema } from './document.ts';

/**
 * Everything that is wrong with a document, at once: single values, then what the GPU model does not allow and what
 * contradicts itself, as far as the single values are right.
 */
export function findCardProblems(document: unknown): readonly Finding[] {
  const tree = checkTree(document);
  if (!tree.isWalkable) return tree.findings;
  const single = [...tree.findings, ...checkStructure(document, cardsSchema)];
  const sound = soundPart(document, single) as unknown as Sound<CardsDocument>;
  const { geometry, findings } = geometryNamed(sound.gpu);
  return [
    ...single,
    ...findings,
    ...checkNames(sound),
    ...checkStops(document, sound),
    ...(geometry === undefined ? [] : checkInstances(geometry, sound)),
    ...checkTarget(document, geometry, sound),
  ];
}

function geometryNamed(name: string | undefined): {
  readonly geometry?: MigGeometry;
  readonly findings: readonly Finding[];
} {
  if (name === undefined) return { findings: [] };
  const refuse = (message: string, hint?: string) => ({ findings: [{ path: ['gpu'], message, hint }] });
  const hint = nameHint(
    name,
    MIG_MODELS.map(({ id }) => id),
  );
  try {
    const model = migModelByName(name);
    if (model !== undefined) return { geometry: geometryOf(model), findings: [] };
  } catch (error) {
    if (!(error instanceof CatalogueNameError)) throw error;
    if (error.reason === 'ambiguous') return refuse(error.message);
  }
  return refuse(`must be a GPU with MIG, got ${quoteValue(name)}`, hint);
}

/** Plans name cards and jobs by their names alone. */
function checkNames({ cards = [] }: Sound<CardsDocument>): readonly Finding[] {
  const jobs = jobsOf(cards);
  return [
    ...repeats(
      cards.map((card) => card?.name),
      (index) => ['cards', index, 'name'],
    ),
    ...jobs.flatMap(({ path, job: { name } }, index) => {
      const earlier = jobs.slice(0, index).find(({ job }) => name !== undefined && job.name === name);
      if (earlier === undefined) return [];
      const where = `cards[${earlier.path[1]}].instances[${earlier.path[3]}]`;
      return [
        {
          path: [...path, 'name'],
          message: `must be a name of its own, got ${quoteValue(name)} as in ${where}`,
        },
      ];
    }),
  ];
}

/** What is lost with a job that is stopped has to be known, and only of those that may be. */
function checkStops(document: unknown, { cards = [] }: Sound<CardsDocument>): readonly Finding[] {
  return jobsOf(cards).flatMap(({ path, job: { preemptible } }) => {
    if (preemptible === true) return exactlyOne(document, path, ['checkpoint', 'done']);
    // What is written there but is not true or false has been reported.
    if (preemptible === undefined && isStated(document, [...path, 'preemptible'])) return [];
    return (['checkpoint', 'done'] as const)
      .filter((key) => isStated(document, [...path, key]))
      .map((key) => ({
        path: [...path, key],
        message: 'must not be there: the job may not be stopped',
        hint: 'preemptible: true says that it may',
      }));
  });
}

type SoundCards = NonNullable<Sound<CardsDocument>['cards']>;
type SoundJob = NonNullable<
  NonNullable<NonNullable<NonNullable<SoundCards[number]>['instances']>[number]>['job']
>;

function jobsOf(cards: SoundCards): readonly { readonly path: Path; readonly job: SoundJob }[] {
  return cards.flatMap((card, c) =>
    (card?.instances ?? []).flatMap((instance, i) =>
      instance?.job == null ? [] : [{ path: ['cards', c, 'instances', i, 'job'], job: instance.job }],
    ),
  );
}

/** Profiles and starts that the model has, and that can stand together. */
function checkInstances(geometry: MigGeometry, { cards = [] }: Sound<CardsDocument>): readonly Finding[] {
  return cards.flatMap((card, c) => {
    let layout = 0;
    return (card?.instances ?? []).flatMap((instance, i): readonly Finding[] => {
      const { profile: name, start } = instance ?? {};
      const path = ['cards', c, 'instances', i];
      if (name === undefined) return [];
      const profile = profileNamed(geometry, name);
      if (profile === undefined) return [wrongProfile(geometry, [...path, 'profile'], name)];
      if (start === undefined) return [];
      const placement = placementAt(geometry, profile, start);
      if (placement === undefined) {
        const message = `must be a start of ${profile.name} (${profile.starts.join(', ')}), got ${start}`;
        return [{ path: [...path, 'start'], message }];
      }
      if (!canAdd(geometry, layout, placement)) {
        const refused = refusal(geometry, layout, placement);
        const why = refused === undefined ? '' : `: ${refusalText(placement, refused)}`;
        return [{ path, message: `must be able to stand beside the instances before it${why}` }];
      }
      layout |= 1 << placement.index;
      return [];
    });
  });
}

function checkTarget(
  document: unknown,
  geometry: MigGeometry | undefined,
  { cards = [], target }: Sound<CardsDocument>,
): readonly Finding[] {
  if (target === undefined) return [];
  const path = ['target'];
  const names = cards.map((card) => card?.name).filter((name) => name !== undefined);
  const perCard = Object.entries(target.cards ?? {});
  const rows = [
    ...(target.instances === undefined ? [] : [{ at: [...path, 'instances'], counts: target.instances }]),
    ...perCard.map(([name, counts]) => ({ at: [...path, 'cards', name], counts: counts ?? {} })),
  ];
  const either = exactlyOne(document, path, ['instances', 'cards']);
  // As written: a count that is wrong has been reported and is not one of none.
  const isNone = rows.every(({ at }) => Object.values(valueAt(document, at) ?? {}).every((n) => n === 0));
  const isThere = target.instances !== undefined || target.cards !== undefined;
  return [
    ...either,
    ...(either.length === 0 && isThere && isNone
      ? [{ path, message: 'must want at least one instance, got none' }]
      : []),
    ...perCard.flatMap(([name]) =>
      // A card whose own name is wrong could be the one that is meant.
      names.includes(name) || names.length < cards.length
        ? []
        : [
            {
              path: [...path, 'cards', name],
              message: `must be the name of a card, got ${quoteValue(name)}`,
              hint: nameHint(name, names),
            },
          ],
    ),
    ...(geometry === undefined ? [] : rows.flatMap(({ at, counts }) => checkCounts(geometry, at, counts))),
  ];
}

/** Known profiles, each once whatever it is called. */
function checkCounts(
  geometry: MigGeometry,
  at: Path,
  counts: Readonly<Record<string, unknown>>,
): readonly Finding[] {
  const first = new Map<MigProfile, string>();
  return Object.keys(counts).flatMap((name) => {
    const path = [...at, name];
    const profile = profileNamed(geometry, name);
    if (profile === undefined) return [wrongProfile(geometry, path, name)];
    const earlier = first.get(profile);
    if (earlier === undefined) {
      first.set(profile, name);
      return [];
    }
    return [{ path, message: `must be a profile of its own, got ${profile.name} as ${quoteValue(earlier)}` }];
  });
}

/** A profile by any of its names; undefined where the model has none such. */
export function profileNamed({ model }: MigGeometry, name: string): MigProfile | undefined {
  try {
    return migProfileByName(model, name);
  } catch (error) {
    if (error instanceof CatalogueNameError) return undefined;
    throw error;
  }
}

function wrongProfile({ model }: MigGeometry, path: Path, name: string): Finding {
  return {
    path,
    message: `must be a MIG profile of ${model.id}, got ${quoteValue(name)}`,
    hint: nameHint(
      name,
      model.profiles.map((profile) => profile.name),
    ),
  };
}
