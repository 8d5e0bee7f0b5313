/** HTML from untrusted text: names of features, models and signals are escaped, so they are never markup. */

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

export function escapeHtml(text: string): string {
  return text.replace(/[&<>"']/g, character => ENTITIES[character] as string);
}

/** Facts about a page, by name. Empty if there are none. */
export function htmlFacts(facts: readonly (readonly [string, string])[] = []): string {
  if (facts.length === 0) return '';
  const each = facts.map(([name, value]) => `<div><dt>${escapeHtml(name)}</dt><dd>${escapeHtml(value)}</dd></div>`);
  return `<dl class="facts">${each.join('')}</dl>`;
}

export interface HtmlColumn {
  readonly title: string;
  readonly align?: 'right';
}

/** A figure and its interval each stay on one line: `1.72 (1.60–1.86)`. */
export function figureHtml(text: string): string {
  const [, value, interval] = /^([^()]+) (\([^()]+\))$/.exec(text) ?? [];
  if (value === undefined || interval === undefined) return escapeHtml(text);
  return [value, interval].map(part => `<span class="whole">${escapeHtml(part)}</span>`).join(' ');
}

/** A table with a caption; cells are plain text. The first cell of a row is its header. */
export function htmlTable(
  caption: string,
  columns: readonly HtmlColumn[],
  rows: readonly (readonly string[])[],
): string {
  const kind = (i: number): string => (columns[i]?.align === 'right' ? ' class="n"' : '');
  const head = columns.map(({ title }, i) => `<th scope="col"${kind(i)}>${escapeHtml(title)}</th>`).join('');
  const body = rows.map(
    row =>
      `<tr>${row
        .map((cell, i) =>
          i === 0
            ? `<th scope="row"${kind(i)}>${escapeHtml(cell)}</th>`
            : `<td${kind(i)}>${columns[i]?.align === 'right' ? figureHtml(cell) : escapeHtml(cell)}</td>`,
        )
        .join('')}</tr>`,
  );
  return (
    `<div class="scroll" tabindex="0" role="region" aria-label="${escapeHtml(caption)}"><table><caption><span>${escapeHtml(caption)}</span></caption>` +
    `<thead><tr>${head}</tr></thead><tbody>${body.join('')}</tbody></table></div>`
  );
}
