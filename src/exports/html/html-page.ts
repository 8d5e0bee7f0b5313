/** The frame of a self-contained HTML page, which has no script and loads nothing. */
import { escapeHtml } from './html-text.ts';
import { REPORT_STYLE } from './report-style.ts';

export interface HtmlPage {
  readonly title: string;
  /** HTML below the title. */
  readonly intro: string;
  readonly main: string;
  readonly footer?: string;
}

/** Keeps a percent sign on the same line as its figure. */
function withWholePercentages(html: string): string {
  return html.replaceAll(/(\d) %/g, '$1\u00a0%');
}

export function htmlPage({ title, intro, main, footer }: HtmlPage): string {
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>${escapeHtml(title)}</title>
<style>${REPORT_STYLE}</style>
</head>
<body>
<header>
<h1>${escapeHtml(title)}</h1>
${intro}
</header>
<main>
${withWholePercentages(main)}
</main>
${footer === undefined ? '' : `<footer>${footer}</footer>\n`}</body>
</html>
`;
}
