import { isRefusal } from '../../../sim/sharing/index.ts';
import type { CsvRow } from '../sharing/files.ts';
import { tenantsOn } from '../sharing/product.ts';
import type { Section } from '../sharing/table.ts';

export const MISO_GPU = 'A100-40GB';
/** By compute slices. */
export const PROFILE_OF: Readonly<Record<number, string>> = {
  1: '1g.5gb',
  2: '2g.10gb',
  3: '3g.20gb',
  4: '4g.20gb',
  7: '7g.40gb',
};
const PROFILES = Object.values(PROFILE_OF);

/** Measured speeds of one program by profile; null where it did not run. */
export type SpeedByProfile = Readonly<Record<string, number | null>>;

/** By program, named as in the job lists: `bert_train4`. */
export function measuredSpeeds(rows: readonly CsvRow[]): ReadonlyMap<string, SpeedByProfile> {
  const speeds = new Map<string, Record<string, number | null>>();
  for (const { model, batch_size, mig_profile, speed_vs_7g } of rows) {
    const program = `${model}_train${batch_size}`;
    const known = speeds.get(program) ?? Object.fromEntries(PROFILES.map((profile) => [profile, null]));
    known[mig_profile as string] = Number(speed_vs_7g);
    speeds.set(program, known);
  }
  return speeds;
}

/** What a document says of the program: no more than the measured speeds. Faster than alone on the whole card is none. */
export function useOfProgram(speeds: SpeedByProfile): Readonly<Record<string, unknown>> {
  const stated = Object.fromEntries(
    Object.entries(speeds).map(([profile, speed]) => [profile, speed === null ? null : Math.min(1, speed)]),
  );
  return { workload: 'training', memory: '1MiB', speedByProfile: stated };
}

/** Every measured speed through the mode's card, every missing one refused, and what seven small instances do. */
export function speedSection(speeds: ReadonlyMap<string, SpeedByProfile>): Section {
  let exact = 0;
  let rows = 0;
  let refused = 0;
  let missing = 0;
  const capped: string[] = [];
  const seven: number[] = [];
  const sevenSlowed: number[] = [];
  for (const [program, byProfile] of speeds) {
    const use = useOfProgram(byProfile);
    for (const [profile, speed] of Object.entries(byProfile)) {
      const { speeds: found, refusal } = tenantsOn(MISO_GPU, 'mig', [{ use, profile }]);
      if (speed === null) {
        missing += 1;
        if (refusal !== undefined && isRefusal(refusal) && refusal.refused === 'mig-out-of-memory')
          refused += 1;
        continue;
      }
      rows += 1;
      if (found[0] === speed) exact += 1;
      else if (speed > 1 && found[0] === 1) capped.push(`${program} on ${profile} ${speed}`);
    }
    if (byProfile['1g.5gb'] === null) continue;
    const tenants = Array(7).fill({ use, profile: '1g.5gb' });
    const sum = (overheads: Readonly<Record<string, number>>) =>
      tenantsOn(MISO_GPU, 'mig', tenants, overheads).speeds.reduce((total, speed) => total + speed, 0);
    seven.push(sum({ 'mig.neighbour-slowdown': 0 }));
    sevenSlowed.push(sum({}));
  }
  const median = (values: readonly number[]) =>
    values.toSorted((a, b) => a - b)[values.length >> 1] as number;
  const close = (value: number): [number, number] => [value - 0.005, value + 0.005];
  return {
    title: 'Measured MIG speeds of training jobs (MISO) stated by the job',
    about:
      'One job alone on a card in MIG mode, by profile; then seven of it on seven 1g instances, against one on 7g.',
    rows: [
      {
        name: 'rows that come back exactly, or capped at 1',
        ours: exact + capped.length,
        published: 145,
        accept: [145, 145],
        note: `${exact} of ${rows} exactly; capped, as sharing makes no job faster: ${capped.join(', ')}`,
      },
      {
        name: 'missing rows refused as out of memory',
        ours: refused,
        published: missing,
        accept: [missing, missing],
      },
      { name: 'seven 1g over one 7g, least', ours: Math.min(...seven), published: 0.54, accept: close(0.54) },
      { name: 'seven 1g over one 7g, median', ours: median(seven), published: 2.2, accept: [2.15, 2.25] },
      { name: 'seven 1g over one 7g, most', ours: Math.max(...seven), published: 5.67, accept: close(5.67) },
      {
        name: 'the median with the typical slowdown by neighbours',
        ours: median(sevenSlowed),
        published: 2.2,
        note: 'the table was measured with idle neighbours',
      },
    ],
  };
}
