/** The pages of the documentation in their order, as docs/index.md lists them under headings. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../sources.ts';

export interface Guide {
  /** Path from the project's root. */
  readonly file: string;
  readonly title: string;
  /** The heading under which the page is listed. */
  readonly group: string;
}

export function guides(): readonly Guide[] {
  return readFileSync(join(ROOT, 'docs', 'index.md'), 'utf8')
    .split(/^## /m)
    .slice(1)
    .flatMap(section =>
      [...section.matchAll(/^- \[(.+?)\]\((.+?\.md)\)/gm)].map(([, title = '', target = '']) => ({
        file: `docs/${target}`,
        title,
        group: section.slice(0, section.indexOf('\n')),
      })),
    );
}
