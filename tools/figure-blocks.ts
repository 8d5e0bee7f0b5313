/** Generated blocks of Markdown: between `<!-- figures: NAME -->` and `<!-- end of figures -->`. */

export interface FigureBlock {
  /** The command that prints the same figures. */
  readonly command: string;
  /** Every run gives the same text at once, so `npm test` compares it. */
  readonly exact: boolean;
  readonly make: () => string;
}

const BLOCK = /(<!-- figures: (\S+) -->\n)[\s\S]*?(<!-- end of figures -->)/g;

/** The README with its figure blocks generated again. `only` leaves the others as they are. */
export function withFigures(
  readme: string,
  blocks: Readonly<Record<string, FigureBlock>>,
  only: (block: FigureBlock) => boolean = () => true,
): string {
  return readme.replaceAll(BLOCK, (whole, opening: string, name: string, closing: string) => {
    const block = blocks[name];
    if (block === undefined) throw new RangeError(`no generator makes the figures "${name}"`);
    if (!only(block)) return whole;
    return `${opening}${block.make()}\n\n<sub>\`${block.command}\`</sub>\n${closing}`;
  });
}

/** A Markdown table with numbers aligned to the right. */
export function markdownTable(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map(cell => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|---|${'---:|'.repeat(head.length - 1)}`, ...rows.map(line)].join('\n');
}
