import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { applicationAt, loadApplication } from '../../../src/cli/io/application.ts';
import { temporaryFolder } from '../../support/temporary-folder.ts';

const directory = temporaryFolder();

const CONFIG = `{ "models": { "mini": { "provider": "openai", "model": "gpt-5-mini" } },
  "features": { "support": { "candidates": ["mini"], "failureCostUsd": 15 } } }`;

function file(name: string, content: string): string {
  const path = join(directory, name);
  writeFileSync(path, content);
  return path;
}

test.each([
  ['default.mjs', `export default ${CONFIG};`],
  ['named.mjs', `export const config = ${CONFIG};`],
  ['typed.ts', `export default ${CONFIG} satisfies object;`],
  ['plain.json', CONFIG],
  ['with-a-byte-order-mark.json', `\uFEFF${CONFIG}`],
])('the configuration file %s is read, checked and resolved', async (name, content) => {
  const { models, features } = await loadApplication(file(name, content));
  expect(models.get('mini')?.providerModel).toBe('gpt-5-mini');
  expect([...features.keys()]).toEqual(['support']);
});

test.each([
  ['broken.json', '{', 'the file is not JSON'],
  ['throws.mjs', 'throw new Error("no DATABASE_URL")', 'the file cannot be loaded: Error: no DATABASE_URL'],
  ['empty.mjs', 'export const other = 1;', 'the file exports no configuration'],
  ['router.mjs', 'export default { wrap() {} };', 'the file exports a router'],
  ['typo.json', '{ "models": {}, "featurs": {} }', 'typo.json: '],
  ['unpriced.json', CONFIG.replace('gpt-5-mini', 'gpt-none'), 'models.mini.price: the price of "gpt-none" is unknown'],
])('the mistake in %s fails with an error that names the file', async (name, content, message) => {
  const path = file(name, content);
  const error = await loadApplication(path).catch((caught: unknown) => caught);
  expect(error).toMatchObject({ name: 'RouterError', path });
  expect(String(error)).toContain(message);
});

test('a file that Node cannot import fails with an error that names the accepted formats', () => {
  const path = file('config.yaml', 'models: {}');
  // In a process of its own: the test runner imports files by other rules than Node.
  const source = JSON.stringify(new URL('../../../src/cli/io/application.ts', import.meta.url).href);
  const script = `
    const { loadApplication } = await import(${source});
    await loadApplication(${JSON.stringify(path)}).catch(({ code, message }) => console.log(code, message));`;
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning', '--input-type=module'];
  const { stdout } = spawnSync(process.execPath, [...flags, '-e', script], { encoding: 'utf8' });
  expect(stdout).toMatch(/^invalid-config .*config\.yaml: the name does not end like that of a configuration .*\.json/);
});

test('a folder fails with an error that says what a configuration file is', async () => {
  await expect(loadApplication(directory)).rejects.toThrow(/this is a folder, not a file.*createRouter is given/);
});

test('a missing file fails with an error that says what a configuration file is', async () => {
  await expect(loadApplication(join(directory, 'none.ts'))).rejects.toThrow(/no such file.*createRouter is given/);
});

test('without a file there is no configuration', async () => {
  expect(await applicationAt(undefined)).toBeUndefined();
});
