import type { ReportDocument } from '../document/blocks.ts';
import { blocksHtml, type DrawChart } from './blocks.ts';
import { type EmbeddedReplay, embeddedReplay } from './embedded-replay.ts';
import { escapeHtml } from './escape.ts';
import { STYLE } from './style.ts';
import { textHtml } from './text.ts';

/**
 * Nothing may be fetched, and nothing may run but the scripts that open a replay, each known by its hash. The viewer draws
 * pictures of itself to be saved.
 */
function policyOf(replay: EmbeddedReplay | undefined): string {
  const scripts = replay?.viewer?.scriptHashes.map((hash) => `'${hash}'`).join(' ');
  return [
    "default-src 'none'",
    "style-src 'unsafe-inline'",
    ...(scripts === undefined ? [] : [`script-src ${scripts}`, 'img-src data: blob:']),
    "base-uri 'none'",
    "form-action 'none'",
  ].join('; ');
}

/**
 * A report as one file of HTML that needs neither a network nor a script.
 *
 * @param replay of the run, which readers can save out of the page, and open where the viewer is with it; absent: none
 */
export function htmlPage(report: ReportDocument, draw: DrawChart, replay?: EmbeddedReplay): string {
  const plain = (typeof report.title === 'string' ? [report.title] : report.title)
    .map((part) => (typeof part === 'string' ? part : Object.values(part).join('')))
    .join('');
  const { sections } = report;
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policyOf(replay)}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(plain)} - Slicewise report</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<a class="skip" href="#report">Skip to the report</a>
<h1>${textHtml(report.title)}</h1>
<p class="subtitle">${textHtml(report.subtitle)}</p>
<fieldset><legend>Colours</legend>
<label><input type="radio" name="theme" id="theme-auto" checked> system</label>
<label><input type="radio" name="theme" id="theme-light"> light</label>
<label><input type="radio" name="theme" id="theme-dark"> dark</label>
</fieldset>
</header>
<nav aria-labelledby="contents">
<h2 id="contents">Contents</h2>
<ol>
${sections.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`).join('\n')}${replay === undefined ? '' : '\n<li><a href="#replay">Replay</a></li>'}
</ol>
</nav>
<main id="report">
${sections
  .map(
    ({ id, title, blocks }) =>
      `<section id="${id}" aria-labelledby="${id}-title">\n<h2 id="${id}-title">${escapeHtml(title)}</h2>\n${blocksHtml(blocks, draw)}\n</section>`,
  )
  .join('\n')}
${replay === undefined ? '' : `${embeddedReplay(replay)}\n`}</main>
</body>
</html>
`;
}
