import { groupDigits } from '../../kernel/group-digits.ts';
import { escapeHtml } from './escape.ts';
import { OPENER_SCRIPT } from './replay-opener.ts';

/** The viewer, to go into a report beside a replay. */
export interface EmbeddedViewer {
  /** The page as one document, gzipped. */
  readonly base64: string;
  /** Of the scripts that may run: that of the report and that of the viewer, as a policy names them: `sha256-...`. */
  readonly scriptHashes: readonly string[];
}

/** A replay file to go into a report. */
export interface EmbeddedReplay {
  /** Name under which it is saved. */
  readonly name: string;
  readonly base64: string;
  /** Its length, bytes. */
  readonly size: number;
  readonly events: number;
  /** Absent: the page holds the replay to be saved, and has no script. */
  readonly viewer?: EmbeddedViewer | undefined;
}

/** A section that holds the file itself: it is opened over the page, or saved from there to open in a viewer. */
export function embeddedReplay({ name, base64, size, events, viewer }: EmbeddedReplay): string {
  const count = groupDigits(events);
  const added = base64.length + (viewer?.base64.length ?? 0);
  const shown = escapeHtml(name);
  return `<section id="replay" aria-labelledby="replay-title">
<h2 id="replay-title">Replay</h2>
<p>What happened, moment by moment: ${count} events, ${megabytes(size)}. With ${viewer === undefined ? 'it' : 'it and the viewer in it'} this file is ${megabytes(added)} larger.</p>
${viewer === undefined ? '' : openParts(viewer)}<p class="on-screen"><a id="save-replay" href="data:application/octet-stream;base64,${base64}" download="${shown}">Save ${shown}</a>,
then open it with <code>slicewise view ${shown}</code>, or drop it on a viewer page.</p>
${viewer === undefined ? '' : `<script>${OPENER_SCRIPT}</script>\n`}</section>`;
}

/** What opens the viewer; without a script nothing of it is shown. */
function openParts({ base64 }: EmbeddedViewer): string {
  return `<p class="on-screen"><button type="button" id="open-replay" hidden>Open the replay</button> <span id="replay-said" role="status"></span></p>
<noscript><p class="on-screen">To open it here, allow this page its script; it asks for nothing outside this file.</p></noscript>
<dialog id="replay-viewer" aria-label="The replay"><p><button type="button" id="close-replay">Back to the report</button></p></dialog>
<script type="application/octet-stream" id="viewer-page">${base64}</script>
`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(1)} MB`;
}
