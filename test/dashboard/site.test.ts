import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { readSite } from '../../src/dashboard/site.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

const folder = temporaryFolder();

test('every file of the page is found by its path with its content type, and the page itself at the root', () => {
  mkdirSync(join(folder, 'assets'));
  writeFileSync(join(folder, 'index.html'), '<p>Hello</p>');
  writeFileSync(join(folder, 'assets', 'a.js'), '1');
  const site = readSite(folder);
  expect([...site.keys()].sort()).toEqual(['/', '/assets/a.js', '/index.html', '/scheme.css']);
  expect(site.get('/')?.body.toString()).toBe('<p>Hello</p>');
  writeFileSync(join(folder, 'LICENSE.unknown'), '');
  expect(readSite(folder).get('/LICENSE.unknown')?.type).toBe('application/octet-stream');
  rmSync(join(folder, 'LICENSE.unknown'));
  expect(site.get('/assets/a.js')?.type).toBe('text/javascript; charset=utf-8');
  expect(site.get('/scheme.css')?.body.toString()).toContain('prefers-color-scheme:dark');
});

test('a page that was not built fails with an error that names the build command', () => {
  expect(() => readSite(join(folder, 'nowhere'))).toThrow(/not built.*npm run build/);
});
