import { expect, test } from 'vitest';
import { htmlPage } from '../../../src/exports/html/html-page.ts';

const evil = '</title><script>alert(1)</script>';
const render = (): string => htmlPage({ title: evil, intro: '<p>intro</p>', main: '<p>main</p>', footer: 'footer' });

test('a page has no script, loads nothing, and forbids both', () => {
  const html = render();
  expect(html).not.toMatch(/<script|<link|<img|https?:\/\/|url\(|@import/i);
  expect(html).toContain("default-src 'none'; style-src 'unsafe-inline'");
});

test('the title of a page is its only h1 too, and is escaped in both places', () => {
  const html = render();
  expect(html).toContain('<title>&lt;/title&gt;&lt;script&gt;alert(1)&lt;/script&gt;</title>');
  expect(html.match(/<h1>/g)).toHaveLength(1);
});

test('a page has its parts in order, and a footer only if there is one', () => {
  const html = render();
  expect(html).toMatch(/<header>[^]*intro[^]*<main>[^]*main[^]*<footer>footer<\/footer>/);
  expect(htmlPage({ title: 't', intro: '', main: '' })).not.toContain('<footer');
});

test('a page supports light, dark and print', () => {
  const html = render();
  expect(html).toContain('@media (prefers-color-scheme:dark)');
  expect(html).toContain('@media print');
});

test('a percent sign stays on the line of its figure, in a text and in an attribute', () => {
  const main = '<p aria-label="5 % of 80 %">89.2 % and 10%</p>';
  expect(htmlPage({ title: 't', intro: '', main })).toContain(
    '<p aria-label="5\u00a0% of 80\u00a0%">89.2\u00a0% and 10%</p>',
  );
});
