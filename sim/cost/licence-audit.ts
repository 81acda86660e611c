/** What one run found of one set of licences. */
interface Found {
  readonly name: string;
  readonly edition: string;
  readonly metric: string;
  readonly entitled: number;
  /** Most that were needed at one time, and when; null: nothing was measured. */
  readonly peak: number | null;
  readonly peakAtSec: number | null;
  /** By cause: licence-hours in which somebody ran without. */
  readonly lackingHours: Readonly<Record<string, number>>;
  /** Licence-hours that were needed beyond those entitled to. */
  readonly overHours: number;
  /** When more were needed than there were: the longest such times, in their order. */
  readonly overTimes: readonly {
    readonly fromSec: number;
    readonly untilSec: number;
    readonly most: number;
  }[];
}

/** A line of the audit: over-use of a set of licences for one cause; `none` where there was none. */
export interface LicenceAuditRow {
  readonly name: string;
  readonly edition: string;
  readonly metric: string;
  readonly entitled: number;
  /** Most that any run needed at one time, and when that was. */
  readonly peak: number | null;
  readonly peakAtSeconds: number | null;
  /** Licence-hours in which somebody ran without a licence for this cause; mean over the runs. */
  readonly overUseHours: number;
  readonly cause: string;
  /** In the run with the peak: the longest times in which more were needed than there were; on the first row of a set. */
  readonly overUse?: readonly {
    readonly fromSeconds: number;
    readonly untilSeconds: number;
    readonly most: number;
  }[];
}

/**
 * The audit of runs of the same scenario, in the order of the licences; causes in the order in which they are stated.
 * Where nobody asks for licences (by the card or core), what is beyond the entitlement is `growth`.
 */
export function auditLicences(runs: readonly (readonly Found[])[]): readonly LicenceAuditRow[] {
  const [first = []] = runs;
  return first.flatMap(({ name, edition, metric, entitled, lackingHours }, at): LicenceAuditRow[] => {
    const all = runs.map((run) => run[at] as Found);
    const mean = (of: (found: Found) => number) => all.reduce((sum, each) => sum + of(each), 0) / all.length;
    let most = all[0] as Found;
    for (const each of all) if ((each.peak ?? -1) > (most.peak ?? -1)) most = each;
    const row = (cause: string, overUseHours: number): LicenceAuditRow => ({
      name,
      edition,
      metric,
      entitled,
      peak: most.peak,
      peakAtSeconds: most.peakAtSec,
      overUseHours,
      cause,
    });
    const causes = Object.keys(lackingHours);
    const rows = (
      causes.length === 0
        ? [
            row(
              'growth',
              mean(({ overHours }) => overHours),
            ),
          ]
        : causes.map((cause) =>
            row(
              cause,
              mean((found) => found.lackingHours[cause] ?? 0),
            ),
          )
    ).filter(({ overUseHours }) => overUseHours > 0);
    const [one, ...others] = rows.length === 0 ? [row('none', 0)] : rows;
    const overUse = most.overTimes.map(({ fromSec, untilSec, most: beyond }) => ({
      fromSeconds: fromSec,
      untilSeconds: untilSec,
      most: beyond,
    }));
    return [{ ...(one as LicenceAuditRow), ...(overUse.length === 0 ? {} : { overUse }) }, ...others];
  });
}
