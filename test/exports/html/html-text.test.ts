import fc from 'fast-check';
import { expect, test } from 'vitest';
import { escapeHtml, htmlTable } from '../../../src/exports/html/html-text.ts';

test('a figure and its interval each stay on one line', () => {
  const html = htmlTable('t', [{ title: 'a' }, { title: 'b', align: 'right' }], [['f', '1.72 (1.60–1.86)']]);
  expect(html).toContain('<td class="n"><span class="whole">1.72</span> <span class="whole">(1.60–1.86)</span></td>');
});

test('law: no text can open a tag, an attribute or an entity', () => {
  fc.assert(
    fc.property(fc.string(), text => {
      const escaped = escapeHtml(text);
      expect(escaped).not.toMatch(/[<>"']/);
      const back = { '&amp;': '&', '&lt;': '<', '&gt;': '>', '&quot;': '"', '&#39;': "'" } as Record<string, string>;
      expect(escaped.replace(/&(amp|lt|gt|quot|#39);/g, entity => back[entity] ?? '')).toBe(text);
    }),
  );
});

test('a table has a caption and headers for its columns and rows, and every cell is escaped', () => {
  const html = htmlTable('A & B', [{ title: 'Name' }, { title: 'N', align: 'right' }], [['<script>', '1']]);
  expect(html).toContain('<caption><span>A &amp; B</span></caption>');
  expect(html).toContain('<th scope="col" class="n">N</th>');
  expect(html).toContain('<th scope="row">&lt;script&gt;</th><td class="n">1</td>');
});
