/** The style of the reports: light and dark schemes with AA contrast, phone width, print. */

/** Colours of plans and cost parts, with a contrast of at least 3 : 1 on the background of their scheme. */
export const PALETTE = Object.freeze({
  light: ['#0b62a4', '#b34700', '#00735a', '#7a3fd0', '#a11950', '#6b5a00', '#4a5560', '#00677d'],
  dark: ['#6cb4ff', '#ff9e64', '#4fd6a8', '#c4a1ff', '#ff8fb8', '#e0c95a', '#aab4be', '#59cfe6'],
});

function variables(colours: readonly string[]): string {
  return colours.map((colour, i) => `--c${i}:${colour};`).join('');
}

/** Custom properties of the schemes, shared with the dashboard. */
export const SCHEMES = `
:root{color-scheme:light dark;--bg:#fff;--fg:#1a1f24;--muted:#55606b;--line:#d5dbe1;--panel:#f5f7f9;--link:#0b5a99;--warn-bg:#fff4d6;--warn-fg:#5c4300;${variables(PALETTE.light)}}
@media (prefers-color-scheme:dark){:root{--bg:#12161a;--fg:#e6eaee;--muted:#a3aeb9;--line:#333c45;--panel:#1b2127;--link:#7fbfff;--warn-bg:#3a2f10;--warn-fg:#ffdf94;${variables(PALETTE.dark)}}}
@media print{:root{color-scheme:light;--bg:#fff;--fg:#000;--muted:#444;--line:#bbb;--panel:#fff;--link:#000;--warn-bg:#fff;--warn-fg:#000;${variables(PALETTE.light)}}}`;

export const REPORT_STYLE = `${SCHEMES}
*{box-sizing:border-box}
body{margin:0 auto;max-width:78rem;padding:1.5rem 1rem 4rem;background:var(--bg);color:var(--fg);font:16px/1.5 system-ui,-apple-system,"Segoe UI",sans-serif}
h1{font-size:1.6rem;line-height:1.2;margin:0 0 .25rem}
h2{font-size:1.25rem;margin:2.5rem 0 .5rem;overflow-wrap:anywhere}
h3{font-size:1rem;margin:1.5rem 0 .5rem}
p{margin:.25rem 0 .75rem;max-width:48rem}
a{color:var(--link)}
.muted,caption,.tick{color:var(--muted)}
.scroll{overflow-x:auto;margin:.5rem 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.875rem}
caption{text-align:left;padding:0 0 .25rem;font-size:.85rem}
th,td{padding:.35rem .5rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;white-space:nowrap;font-weight:400}
thead th{font-weight:600}
tbody th{font-weight:600}
.n{text-align:right}
.figures{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(11rem,100%/2 - .5rem),1fr));gap:.75rem;margin:1rem 0;padding:0;list-style:none}
.figures li{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.6rem .8rem}
.figures span{display:block;color:var(--muted);font-size:.85rem}
.figures strong{font-size:1.15rem;font-weight:600}
svg{display:block;width:100%;min-width:40rem;max-width:56rem;height:auto;margin:.5rem 0}
svg.bar{min-width:0;max-width:none;height:1.75rem}
svg text{font:12px system-ui,sans-serif;fill:var(--fg)}
svg .tick{fill:var(--muted)}
svg .grid{stroke:var(--line);stroke-width:1}
svg .interval{fill:var(--c0);opacity:.3}
svg .dot{fill:var(--c0)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:.25rem 0;padding:0;font-size:.85rem}
.swatch{display:inline-block;width:.8rem;height:.8rem;margin-right:.4rem;border-radius:2px;vertical-align:-.05rem}
${PALETTE.light.map((_, i) => `.c${i}{background:var(--c${i})}`).join('')}
.notes{padding-left:1.2rem}
.notes li{margin:.2rem 0}
.warn{background:var(--warn-bg);color:var(--warn-fg);border-radius:.4rem;padding:.4rem .7rem}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media print{svg{min-width:0}table{font-size:8pt}th,td{white-space:normal;padding:.2rem .35rem}body{max-width:none;padding:0;font-size:10pt}section{break-inside:avoid-page}h2,h3,caption{break-after:avoid}.scroll{overflow:visible}details{display:none}svg rect,svg circle,.swatch{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;
