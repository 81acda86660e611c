import { groupDigits } from '../../kernel/group-digits.ts';
import { escapeHtml } from './escape.ts';

/** A replay file to go into a report. */
export interface EmbeddedReplay {
  /** Name under which it is saved. */
  readonly name: string;
  readonly base64: string;
  /** Its length, bytes. */
  readonly size: number;
  readonly events: number;
}

/** A folded section that holds the file itself: saved from there it opens in the viewer. */
export function embeddedReplay({ name, base64, size, events }: EmbeddedReplay): string {
  const count = groupDigits(events);
  return `<section id="replay" aria-labelledby="replay-title">
<h2 id="replay-title">Replay</h2>
<details>
<summary>What happened, moment by moment: ${count} events, ${(size / 1e6).toFixed(1)} MB, in this file</summary>
<p><a href="data:application/octet-stream;base64,${base64}" download="${escapeHtml(name)}">Save ${escapeHtml(name)}</a>,
then open it with <code>slicewise view ${escapeHtml(name)}</code>, or drop it on a viewer page.</p>
</details>
</section>`;
}
