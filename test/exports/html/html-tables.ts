/** Reads the tables of a page back. */

export interface HtmlTable {
  readonly header: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** The text without the marks that keep a figure or an interval in one line. */
export function readable(html: string): string {
  return html.replaceAll(/<span class="whole">([^<]*)<\/span>/g, '$1');
}

/** The tables by caption. */
export function tablesOf(html: string): ReadonlyMap<string, HtmlTable> {
  const cells = (row: string): readonly string[] =>
    [...readable(row).matchAll(/<t[hd][^>]*>([^<]*)</g)].map(([, text = '']) => text);
  return new Map(
    [...html.matchAll(/<caption><span>([^<]*)<\/span><\/caption>(.*?)<\/table>/gs)].map(
      ([, caption = '', table = '']) => {
        const [header = [], ...rows] = table.split('<tr>').slice(1).map(cells);
        return [caption, { header, rows }];
      },
    ),
  );
}
