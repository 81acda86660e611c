import type { JSX } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import { type Run, useApp, useAppState } from '../../app/context.ts';
import { SaveSvg } from '../../draw/save-svg.tsx';
import { clockText, durationText, shareText } from '../../draw/words.ts';
import { select } from '../jobs/select.ts';
import { type GpuCourse, gpuCourse } from './course.ts';

const SPANS_US = [10e6, 60e6, 600e6, 3600e6, 6 * 3600e6, 86_400e6, 7 * 86_400e6] as const;
const WIDTH = 300;
const HEIGHT = 90;
/** Jobs that have a tone of their own. */
const MOST_JOBS = 8;
/** While the replay plays the chart is not made anew more often, ms. */
const PAUSE_MS = 400;

/** Who had how much of a GPU over the last stretch of time, or over the span that is brushed. */
export function CourseChart({ run, gpu }: { run: Run; gpu: number }): JSX.Element {
  const app = useApp();
  const { player } = run;
  const atUs = useAppState((state) => state.atUs);
  const brush = useAppState((state) => state.brush);
  const isPlaying = useAppState((state) => state.isPlaying);
  const [spanUs, setSpan] = useState<number>(
    () => SPANS_US.findLast((span) => span <= player.endUs / 10) ?? SPANS_US[0],
  );
  const [course, show] = useState<GpuCourse | undefined>(undefined);
  const [problem, setProblem] = useState('');
  const box = useRef<HTMLElement>(null);
  const [fromUs, toUs] = brush ?? [Math.max(0, atUs - spanUs), Math.max(1, atUs)];
  useEffect(() => {
    if (isPlaying && brush === null) return undefined;
    const abort = new AbortController();
    const timer = setTimeout(() => {
      gpuCourse(player.file, gpu, fromUs, toUs, { signal: abort.signal }).then(
        (found) => {
          if (abort.signal.aborted) return;
          show(found);
          setProblem('');
        },
        (error: unknown) => {
          if (!abort.signal.aborted) setProblem(error instanceof Error ? error.message : String(error));
        },
      );
    }, PAUSE_MS);
    return () => {
      clearTimeout(timer);
      abort.abort();
    };
  }, [player, gpu, fromUs, toUs, isPlaying, brush]);
  return (
    <section aria-label="Over time" ref={box}>
      <h3>Over time</h3>
      {brush === null ? (
        <label>
          The last{' '}
          <select
            value={String(spanUs)}
            onChange={({ currentTarget }) => setSpan(Number(currentTarget.value))}
          >
            {SPANS_US.map((span) => (
              <option key={span} value={String(span)}>
                {durationText(span)}
              </option>
            ))}
          </select>
        </label>
      ) : (
        <p class="soft">The span that is brushed in the time line.</p>
      )}
      {isPlaying && brush === null && <p class="soft">Drawn anew when the replay pauses.</p>}
      {problem !== '' && <p>{problem}</p>}
      {course !== undefined && (
        <>
          <Course course={course} onSelect={(job) => select(app, job)} />
          {course.jobs.length > 0 && (
            <p class="inspector-tools">
              <SaveSvg within={box} chart="svg.course" name={[`gpu ${gpu}`, course.what]} />
            </p>
          )}
        </>
      )}
    </section>
  );
}

function Course({
  course,
  onSelect,
}: {
  course: GpuCourse;
  onSelect(job: { number: number; name: string }): void;
}): JSX.Element {
  const { jobs, what, fromUs, toUs, isCut } = course;
  const shown = jobs.slice(0, MOST_JOBS);
  const hasSpeeds = shown.some(({ meanSpeed }) => !Number.isNaN(meanSpeed));
  const buckets = shown[0]?.values.length ?? 0;
  const floor = new Float64Array(buckets);
  const areas = shown.map(({ number, values }, tone) => {
    let path = '';
    for (let i = 0; i < buckets; i++) {
      const [x, right] = [(i * WIDTH) / buckets, ((i + 1) * WIDTH) / buckets];
      const [low, high] = [floor[i] as number, (floor[i] as number) + (values[i] as number)];
      floor[i] = high;
      if (high > low) path += `M${x},${y(low)}V${y(high)}H${right}V${y(low)}Z`;
    }
    return <path key={number} d={path} style={`fill: var(--tone-${tone % 9})`} />;
  });
  const title =
    what === 'work' ? "Part of the card's compute that worked for each" : 'Part of the GPU that each held';
  return (
    <>
      <p class="soft">
        {title}, {clockText(fromUs)} to {clockText(toUs)}.
        {isCut && ' It begins later than asked: there are too many events before.'}
      </p>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        class="course"
        role="img"
        aria-label={`${title}; the table below has the means`}
      >
        {[0, 0.5, 1].map((share) => (
          <line key={share} class="course-grid" x1={0} x2={WIDTH} y1={y(share)} y2={y(share)} />
        ))}
        {areas}
      </svg>
      <p class="course-scale soft" aria-hidden="true">
        lines at 0, 50 and 100 %
      </p>
      <Speeds course={course} shown={shown} />
      {jobs.length === 0 ? (
        <p class="soft">Nobody was on it.</p>
      ) : (
        <table>
          <caption class="soft">
            On average{hasSpeeds ? '; speed over the time in which it had work' : ''}
          </caption>
          <thead>
            <tr>
              <th scope="col">Job</th>
              <th scope="col" class="number">
                {what === 'work' ? 'Work' : 'Held'}
              </th>
              {hasSpeeds && (
                <th scope="col" class="number">
                  Speed
                </th>
              )}
            </tr>
          </thead>
          <tbody>
            {shown.map(({ number, name, mean, meanSpeed, isLeast }, tone) => (
              <tr key={number}>
                <th scope="row">
                  <i class="swatch" style={`background: var(--tone-${tone % 9})`} />
                  <button type="button" class="link" onClick={() => onSelect({ number, name })}>
                    {name}
                  </button>
                </th>
                <td class="number">{shareText(mean)}</td>
                {hasSpeeds && <td class="number">{speedText(meanSpeed, isLeast)}</td>}
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {jobs.length > MOST_JOBS && (
        <p class="soft">
          and {jobs.length - MOST_JOBS} more, together{' '}
          {shareText(jobs.slice(MOST_JOBS).reduce((sum, { mean }) => sum + mean, 0))}
        </p>
      )}
    </>
  );
}

/** The speed of each job over the same time: how much of what it would do alone on a whole card it does. */
function Speeds({
  course: { what },
  shown,
}: {
  course: GpuCourse;
  shown: GpuCourse['jobs'];
}): JSX.Element | null {
  const known = shown.filter(({ meanSpeed }) => !Number.isNaN(meanSpeed));
  if (what === 'held' || shown.length === 0) return null;
  if (known.length === 0)
    return <p class="soft">The replay does not say how fast its jobs would be alone on the whole card.</p>;
  const title = 'Speed of each, where 100 % is that alone on the whole card';
  return (
    <>
      <p class="soft">
        {title}.
        {known.some(({ isLeast }) => isLeast) &&
          ' With ≥ the job was at least so fast: its part of the card did all it can, and the replay has no more than that.'}
      </p>
      <svg
        viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
        class="course"
        role="img"
        aria-label={`${title}; the table below has the means`}
      >
        {[0, 0.5, 1].map((share) => (
          <line key={share} class="course-grid" x1={0} x2={WIDTH} y1={y(share)} y2={y(share)} />
        ))}
        {shown.map(({ number, speeds, isLeast }, tone) => (
          <path
            key={number}
            class="course-speed"
            d={speedPath(speeds)}
            stroke-dasharray={isLeast ? '4 2' : undefined}
            style={`stroke: var(--tone-${tone % 9})`}
          />
        ))}
      </svg>
      <p class="course-scale soft" aria-hidden="true">
        lines at 0, 50 and 100 %{known.some(({ isLeast }) => isLeast) && '; dashed: at least so fast'}
      </p>
    </>
  );
}

/** A line bucket by bucket, with gaps where there is no speed. */
function speedPath(speeds: Float64Array): string {
  let path = '';
  let isOn = false;
  for (const [i, speed] of speeds.entries()) {
    if (Number.isNaN(speed)) {
      isOn = false;
      continue;
    }
    const [x, right] = [(i * WIDTH) / speeds.length, ((i + 1) * WIDTH) / speeds.length];
    path += `${isOn ? 'L' : 'M'}${x},${y(speed)}H${right}`;
    isOn = true;
  }
  return path;
}

function speedText(speed: number, isLeast: boolean): string {
  if (Number.isNaN(speed)) return '-';
  return `${isLeast ? '≥ ' : ''}${shareText(speed)}`;
}

function y(share: number): number {
  return HEIGHT - 2 - Math.min(1, share) * (HEIGHT - 4);
}
