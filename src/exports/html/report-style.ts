/** The style of the reports: light and dark schemes with AA contrast, phone width, print. */

/** Colors of plans and cost parts, with a contrast of at least 3 : 1 on the background of their scheme. */
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
h2{font-size:1.25rem;margin:1.25rem 0 .25rem;overflow-wrap:anywhere}
h3{font-size:.95rem;margin:.45rem 0 .1rem}
p{margin:.25rem 0 .75rem;max-width:48rem}
a{color:var(--link)}
.muted,caption,.tick{color:var(--muted)}
.scroll{overflow-x:auto;margin:.25rem 0}
table{border-collapse:collapse;width:100%;font-variant-numeric:tabular-nums;font-size:.875rem}
caption{text-align:left;padding:0 0 .25rem;font-size:.85rem}
th,td{padding:.2rem .5rem;border-bottom:1px solid var(--line);text-align:left;vertical-align:top;white-space:nowrap;font-weight:400}
thead th{font-weight:600}
tbody th{font-weight:600}
.whole{white-space:nowrap}
@media (min-width:48rem){th,td{white-space:normal}}
.n{text-align:right}
.figures{font-size:.95rem;display:grid;grid-template-columns:repeat(auto-fit,minmax(min(11rem,100%/2 - .5rem),1fr));gap:.6rem;margin:.5rem 0;padding:0;list-style:none}
.figures li{background:var(--panel);border:1px solid var(--line);border-radius:.5rem;padding:.3rem .7rem}
.figures span{display:block;color:var(--muted);font-size:.85rem}
.figures strong{font-size:1.15rem;font-weight:600}
svg{display:block;width:100%;min-width:40rem;max-width:56rem;height:auto;margin:.1rem 0}
svg.bar{min-width:0;max-width:none;height:1rem;margin:.2rem 0}
svg text{font:12px system-ui,sans-serif;fill:var(--fg)}
svg .tick{fill:var(--muted)}
svg .grid{stroke:var(--line);stroke-width:1}
svg .interval{fill:var(--c0);opacity:.3}
svg .dot{fill:var(--c0)}
.legend{display:flex;flex-wrap:wrap;gap:.25rem 1rem;list-style:none;margin:.25rem 0;padding:0;font-size:.85rem}
.swatch{display:inline-block;width:.8rem;height:.8rem;margin-right:.4rem;border-radius:2px;vertical-align:-.05rem}
${PALETTE.light.map((_, i) => `.c${i}{background:var(--c${i})}`).join('')}
.notes{padding-left:1.2rem;margin:.4rem 0;font-size:.9rem;line-height:1.4}
.notes li{margin:.15rem 0;break-inside:avoid}
@media (min-width:60rem){.notes{columns:2;column-gap:2.5rem}.pairs{display:grid;grid-template-columns:repeat(auto-fit,minmax(34rem,1fr));gap:0 2.5rem}.pairs>div{min-width:0}.pairs>div:empty{display:none}.firsts{display:grid;grid-template-columns:1fr 1fr;gap:0 2.5rem}.firsts .notes{columns:1}}
.warn{background:var(--warn-bg);color:var(--warn-fg);border-radius:.4rem;padding:.3rem .7rem;max-width:none}
.facts{display:flex;flex-wrap:wrap;gap:.25rem 2rem;margin:.5rem 0}
.facts dt{color:var(--muted);font-size:.85rem}
.facts dd{margin:0;font-weight:600;overflow-wrap:anywhere}
.verdict{font-size:1.15rem;font-weight:600;max-width:60rem}
.contents{padding-left:1.2rem}
.up{font-size:.8rem;font-weight:400}
.figures small{display:block;color:var(--muted)}
@media (min-width:60rem){html{font-size:93.75%}.feature .figures{grid-template-columns:repeat(3,1fr) 2.2fr}.glossary{columns:2;column-gap:2.5rem}.glossary h2{column-span:all}.glossary p{break-inside:avoid;margin-top:0}.feature>details{margin:.25rem 0;font-size:.9rem}}
.cost{display:grid;grid-template-columns:minmax(7rem,12rem) 7rem 1fr;gap:.75rem;align-items:center;font-size:.9rem}
.cost svg{height:1rem;margin:.15rem 0}
@media (max-width:48rem){caption span{display:inline-block;max-width:calc(100vw - 2rem)}}
@media (max-width:40rem){.cost{grid-template-columns:1fr auto;gap:0 .75rem;margin:.3rem 0}.cost svg{grid-column:1/-1}}
.cost span{overflow-wrap:anywhere}
.plots{display:grid;grid-template-columns:repeat(auto-fit,minmax(min(22rem,100%),1fr));gap:0 1.5rem}
.plots>div{min-width:0}
.plots svg{width:auto;min-width:0;max-width:100%;height:auto}
details{margin:.5rem 0}
summary{cursor:pointer;color:var(--link)}
:focus-visible{outline:3px solid var(--link);outline-offset:2px}
@media print{svg{min-width:0}table{font-size:6.5pt}th,td{white-space:normal;padding:.08rem .25rem}caption{font-size:7pt}h1{font-size:15pt}body{max-width:none;padding:0;font-size:9pt}section.feature{break-inside:avoid-page;margin-top:0}h2{margin:.6rem 0 .1rem;font-size:11pt}h3{margin:.2rem 0 .05rem;font-size:8pt}p,.notes li,.contents li{font-size:7pt;line-height:1.25;margin:.05rem 0}.verdict{font-size:11pt}.notes,.contents{columns:2;margin:.1rem 0}.figures{margin:.2rem 0;gap:.3rem;grid-template-columns:repeat(auto-fit,minmax(5.5rem,1fr))}.figures li{padding:.1rem .4rem}.figures strong{font-size:9pt}.figures span,.figures small,.legend{font-size:7pt;line-height:1.25}.legend{margin:.05rem 0}.cost{font-size:7.5pt}svg.bar{height:.8rem}.plots{grid-template-columns:repeat(3,1fr);gap:0 .75rem}.plots svg{max-height:7.5rem}.up{display:none}h2,h3,caption{break-after:avoid}.scroll{overflow:visible}details{display:none}svg rect,svg circle,.swatch{print-color-adjust:exact;-webkit-print-color-adjust:exact}}`;
