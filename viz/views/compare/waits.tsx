import type { JSX } from 'preact';
import { useApp } from '../../app/context.ts';
import { durationText } from '../../draw/words.ts';
import { differenceUs, MOST_WAITS, type WaitPair } from '../../replay/divergence-waits.ts';
import type { ClockWords } from '../timeline/clock-words.ts';
import { signed, waitText } from './difference-text.ts';
import type { PairStudy } from './pair-study.ts';

/** Which jobs waited longer in one run than in the other, until their first place. */
export function Waits({
  study,
  clock,
}: {
  readonly study: PairStudy;
  readonly clock: ClockWords;
}): JSX.Element | null {
  if (clock.isFill) return null;
  const { waits } = study.scan;
  const { longerCount, shorterCount, sameCount, withoutPlace } = waits;
  const all = longerCount + shorterCount + sameCount;
  const count = (value: number) => value.toLocaleString('en');
  return (
    <section aria-labelledby="compare-waits">
      <h2 id="compare-waits">Who waited longer, who shorter</h2>
      {all === 0 ? (
        <p class="soft">No job has had a place in both runs{study.phase === 'done' ? '' : ' so far'}.</p>
      ) : (
        <p>
          Until their first place, {count(longerCount)} of {count(all)} jobs waited longer in B,{' '}
          {count(shorterCount)} shorter and {count(sameCount)} the same; on average B less A is{' '}
          {signed(waits.differenceUs / all, durationText)}
          {study.phase === 'done' ? '' : ', so far'}.
          {withoutPlace[0] + withoutPlace[1] > 0 &&
            ` Sent away without a place by one run alone: ${count(withoutPlace[0])} by A, ${count(withoutPlace[1])} by B.`}
        </p>
      )}
      <div class="compare-columns">
        <WaitTable title="Longer in B" pairs={waits.longer} all={longerCount} clock={clock} />
        <WaitTable title="Shorter in B" pairs={waits.shorter} all={shorterCount} clock={clock} />
      </div>
    </section>
  );
}

function WaitTable({
  title,
  pairs,
  all,
  clock,
}: {
  readonly title: string;
  readonly pairs: readonly WaitPair[];
  readonly all: number;
  readonly clock: ClockWords;
}): JSX.Element | null {
  const app = useApp();
  if (pairs.length === 0) return null;
  return (
    <details open={pairs.length <= 10}>
      <summary>
        {title}:{' '}
        {all > MOST_WAITS
          ? `the ${MOST_WAITS} with the largest difference, of ${all.toLocaleString('en')}`
          : all}
      </summary>
      <table class="compare-table">
        <thead>
          <tr>
            <th scope="col">Job</th>
            <th scope="col">Arrived</th>
            <th scope="col" class="number">
              A
            </th>
            <th scope="col" class="number">
              B
            </th>
            <th scope="col" class="number">
              B − A
            </th>
          </tr>
        </thead>
        <tbody>
          {pairs.map((pair) => (
            <tr key={pair.job.numbers[0]}>
              <td class="name">
                <button
                  type="button"
                  class="link"
                  aria-label={`Go to the arrival of ${pair.job.name}`}
                  onClick={() => {
                    app.store.change('job', (draft) => {
                      draft.selection = { kind: 'job', number: pair.job.numbers[0], name: pair.job.name };
                    });
                    void app.goTo(pair.job.arrivalUs);
                  }}
                >
                  {pair.job.name}
                </button>
              </td>
              <td>{clock.text(pair.job.arrivalUs)}</td>
              <td class="number">{waitText(pair.waitUs[0], pair.isOpen[0])}</td>
              <td class="number">{waitText(pair.waitUs[1], pair.isOpen[1])}</td>
              <td class="number">{signed(differenceUs(pair), durationText)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
