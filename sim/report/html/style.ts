import { PALETTE } from '../charts/palette.ts';

/** Colours of text and page: text stands out by 7 to 1 at least, what is quiet by 4.5 to 1. */
const THEMES = {
  light: {
    page: '#ffffff',
    text: '#1a1a1a',
    quiet: '#595959',
    line: '#d0d0d0',
    raised: '#f4f6f8',
    accent: '#00558a',
  },
  dark: {
    page: '#14171a',
    text: '#ececec',
    quiet: '#b0b0b0',
    line: '#454a50',
    raised: '#1f2429',
    accent: '#8cc8f0',
  },
} as const;

function variables(theme: keyof typeof THEMES): string {
  const colours = Object.entries(THEMES[theme]).map(([name, colour]) => `--${name}:${colour}`);
  const tones = PALETTE[theme].map((colour, tone) => `--tone-${tone}:${colour}`);
  return [`color-scheme:${theme}`, ...colours, ...tones].join(';');
}

/**
 * The style of a report. The theme follows the system until one of the two is chosen; the choice needs no script. On
 * paper everything is light, folded parts are open, and tables may break between rows only.
 */
export const STYLE = `
:root{${variables('light')}}
@media (prefers-color-scheme:dark){:root{${variables('dark')}}}
:root:has(#theme-light:checked){${variables('light')}}
:root:has(#theme-dark:checked){${variables('dark')}}
*{box-sizing:border-box}
html{scroll-padding-top:1rem;-webkit-text-size-adjust:100%}
body{margin:0;background:var(--page);color:var(--text);font:16px/1.5 system-ui,sans-serif;overflow-wrap:anywhere}
header,nav,main{padding:0 1rem;max-width:60rem;margin-inline:auto}
header{padding-top:1.5rem;position:relative}
h1{font-size:1.7rem;line-height:1.2;margin:0}
h2{font-size:1.3rem;margin:0 0 .75rem;padding-top:1.25rem;border-top:1px solid var(--line)}
h3{font-size:1.05rem;margin:1.25rem 0 .5rem}
p,ul,dl{margin:.5rem 0 1rem;max-width:46rem}
a{color:var(--accent)}
.subtitle{color:var(--quiet);margin:.25rem 0 .75rem}
.skip{position:absolute;left:-999rem}
.skip:focus{left:1rem;top:.25rem;background:var(--page);padding:.25rem .5rem}
fieldset{border:0;margin:0 0 1rem;padding:0;display:flex;flex-wrap:wrap;gap:.25rem 1rem;color:var(--quiet);font-size:.9rem}
fieldset legend{float:left;padding:0;margin-right:1rem}
nav h2{border:0;padding:0;font-size:1rem;margin:0 0 .25rem}
nav ol{margin:0 0 1.5rem;padding-left:1.5rem;columns:2;gap:2rem;font-size:.95rem}
nav li{break-inside:avoid}
nav a{display:inline-block;padding:.1rem 0}
.answer{font-size:1.12rem;border-left:4px solid var(--tone-0);background:var(--raised);padding:.75rem 1rem;margin:1rem 0}
.scroll{overflow-x:auto;margin:.5rem 0 1.25rem;max-width:100%;container-type:inline-size;background:linear-gradient(to left,var(--page) 40%,transparent) right/2.5rem 100% no-repeat local,linear-gradient(to left,var(--line),transparent) right/.75rem 100% no-repeat scroll}
.scroll:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
table{border-collapse:collapse;font-size:.92rem;min-width:min(100%,30rem)}
caption{text-align:left;font-weight:600;padding:0 0 .4rem;caption-side:top}
caption span{display:inline-block;position:sticky;left:0;max-width:100cqi}
th,td{padding:.3rem .9rem .3rem 0;text-align:left;vertical-align:top;border-bottom:1px solid var(--line);max-width:24rem;overflow-wrap:break-word}
td:last-child,th:last-child{padding-right:0}
td,tbody th{min-width:4.5rem}
td:not(.number){min-width:7rem}
thead th{vertical-align:bottom;color:var(--quiet);font-weight:600;border-bottom:2px solid var(--line)}
tbody th{font-weight:400;min-width:8rem}
tr>th:first-child{position:sticky;left:0;background:var(--page)}
.dense{font-size:.85rem}.dense :is(th,td){padding-right:.6rem}
.number{text-align:right;font-variant-numeric:tabular-nums}
td.number{white-space:nowrap}
td wbr{display:none}
dl>div{display:grid;grid-template-columns:11rem 1fr;gap:0 1rem;padding:.2rem 0;border-bottom:1px solid var(--line)}
dt{color:var(--quiet)}
dd{margin:0;min-width:0}
code{font:.88em ui-monospace,monospace}
td code{white-space:nowrap}
pre{background:var(--raised);padding:.75rem 1rem;border-radius:4px}
pre code{white-space:pre-wrap}
details{margin:.5rem 0 1rem}
summary{cursor:pointer;color:var(--accent)}
figure{margin:.75rem 0 1.5rem;max-width:46rem}
figcaption{font-weight:600;margin-bottom:.4rem}
figure svg{display:block;max-width:100%;height:auto}
figure svg text{white-space:pre;font-family:system-ui,sans-serif}
.legend{list-style:none;padding:0;margin:.25rem 0 .5rem;display:flex;flex-wrap:wrap;gap:.15rem 1.25rem;font-size:.88rem}
.legend svg{display:inline-block}
.narrow{display:none}
#replay-viewer{padding:0;border:0;margin:0;width:100vw;height:100vh;height:100dvh;max-width:none;max-height:none;background:var(--page);color:var(--text)}
#replay-viewer[open]{display:flex;flex-direction:column}
#replay-viewer p{margin:0;padding:.3rem .6rem;max-width:none}
#replay-viewer iframe{flex:1;width:100%;min-height:0;border:0;border-top:1px solid var(--line)}
section button,dialog button{font:inherit;color:var(--accent);background:var(--raised);border:1px solid var(--quiet);border-radius:4px;padding:.3rem .8rem;cursor:pointer}
section button:focus-visible,dialog button:focus-visible{outline:2px solid var(--accent);outline-offset:2px}
@media (max-width:47rem){
 .wide{display:none}.narrow{display:block}
 dl>div{grid-template-columns:1fr}nav ol{columns:1}h1{font-size:1.4rem}
 tbody th,tr>th:first-child{min-width:8rem;max-width:9.5rem}
 td wbr{display:inline}
 td:last-child:not(.number,:first-child,:has(code)),td.prose{min-width:14rem}
}
@media (min-width:80rem){
 body{display:grid;grid-template-columns:17rem minmax(0,66rem);column-gap:2rem;justify-content:center;align-items:start}
 header{grid-column:1/3;width:100%;max-width:85rem}
 nav{position:sticky;top:0;max-height:100vh;overflow-y:auto;padding-top:1.25rem;margin:0}
 nav ol{columns:1}
 main{margin:0;max-width:none;width:100%}
}
@media print{
 :root,:root:has(input:checked){${variables('light')}}
 body{display:block;font-size:10.5pt}
 nav,fieldset,.skip,.data,.on-screen,#replay-viewer{display:none}
 header,main{max-width:none;padding:0}
 .wide{display:block}.narrow{display:none}
 .scroll{overflow:visible;container-type:normal;background:none}
 caption span,tr>th:first-child{position:static;max-width:none}
 table{font-size:8.5pt;min-width:0;width:100%}
 .dense{font-size:7pt}.dense td{overflow-wrap:anywhere}
 td.number,td code,pre code{white-space:pre-wrap}
 td,th{min-width:0!important;padding-right:.5rem}
 tr,figure,.answer,dl>div{break-inside:avoid}
 h2,h3,caption,figcaption{break-after:avoid}
 details::details-content{content-visibility:visible;block-size:auto}
}
`.trim();
