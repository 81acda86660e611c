import type { JSX } from 'preact';
import { quantity } from '../../../sim/report/document/quantity.ts';
import { type Run, useMoment } from '../../app/context.ts';
import type { ClockWords } from '../timeline/clock-words.ts';
import { figuresOf } from './at-cursor.ts';
import { differenceText } from './difference-text.ts';
import type { PairStudy } from './pair-study.ts';

/** Numbers of both runs at the cursor, and how they differ. */
export function Figures({
  runs,
  study,
  clock,
}: {
  readonly runs: readonly [Run, Run];
  readonly study: PairStudy;
  readonly clock: ClockWords;
}): JSX.Element {
  const [a, b] = runs;
  useMoment(a.player, 5);
  useMoment(b.player, 5);
  const { atUs } = a.player;
  // Waits are known as far as the study has come.
  const isKnown = study.phase === 'done' || study.scan.reachedUs > atUs;
  const mean = (side: 0 | 1) => (isKnown ? study.scan.waits.meanUs(side, atUs) : undefined);
  const [first, second] = [figuresOf(a.player.state, mean(0)), figuresOf(b.player.state, mean(1))];
  return (
    <section aria-labelledby="compare-now">
      <h2 id="compare-now">At {clock.text(atUs)}</h2>
      <table class="compare-table">
        <thead>
          <tr>
            <th scope="col">Number</th>
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
          {first.map(({ key, label, unit, value }, i) => {
            // The clock of a fill run counts tasks: nobody waits.
            if (clock.isFill && unit === 'seconds') return null;
            const other = second[i]?.value ?? null;
            return (
              <tr key={key} class={value === other ? undefined : 'differs'}>
                <th scope="row">{label}</th>
                <td class="number">{quantity(value, unit)}</td>
                <td class="number">{quantity(other, unit)}</td>
                <td class="number">{differenceText(value, other, unit)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
      {atUs > b.player.endUs && <p class="soft">B has ended: it is shown as it was at its end.</p>}
    </section>
  );
}
