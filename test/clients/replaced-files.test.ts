/** A running process whose files an upgrade has replaced: what loads later is not there any more. */
import { spawnSync } from 'node:child_process';
import { cpSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { ROOT } from '../../tools/sources.ts';
import { temporaryFolder } from '../support/temporary-folder.ts';

/** What the process says of each call, by its name. */
type Told = Readonly<Record<string, unknown>>;

const GONE = ['failed-exchange', 'given-up', 'limit-words', 'retrieved-reply'];

/** Runs in the process. The server answers with the status that the prompt names, and closes the connection for `reset`. */
const PROGRAM = `
import { createServer } from 'node:http';
import { createRouter } from './src/index.ts';
const server = createServer((request, response) => {
  let text = '';
  request.on('data', chunk => (text += chunk));
  request.on('end', () => {
    const { prompt = '200', background } = text === '' ? {} : JSON.parse(text);
    if (prompt === 'reset') return response.destroy();
    const json = request.url.endsWith('/chat/completions')
      ? { error: { message: 'provider ' + prompt, code: prompt === '400' ? 'unsupported_parameter' : null, param: 'seed' } }
      : { id: 'resp_1', status: background ? 'queued' : 'completed', output: [] };
    response.writeHead(Number(prompt), { 'content-type': 'application/json' }).end(JSON.stringify(json));
  });
}).listen(0, '127.0.0.1', async () => {
  const url = 'http://127.0.0.1:' + server.address().port + '/v1';
  const router = createRouter({
    models: { mini: { provider: 'openai', model: 'mini', price: { inputUsdPerMillion: 1, outputUsdPerMillion: 2 } } },
    features: { f: { candidates: ['mini'], failureCostUsd: 1, retries: 1 } },
  });
  const said = {};
  const post = async (path, body) => {
    const init = { method: 'POST', body: JSON.stringify({ model: 'feature:f', ...body }) };
    const response = await router.fetch(url + path, init);
    return [response.status, await response.text()];
  };
  for (const prompt of ['400', '404', '500', 'reset'])
    said[prompt] = await post('/chat/completions', { prompt, seed: 1, messages: [] }).catch(error => String(error));
  await post('/responses', { background: true, input: 'Hi' });
  said.retrieved = await (await router.fetch(url + '/responses/resp_1')).json();
  said.run = await router.run('f', async () => { throw new TypeError('own') }).catch(error => String(error));
  await router.flush();
  console.log(JSON.stringify(said));
  await router.close();
  server.close();
});
`;

const folder = temporaryFolder();
let told: Told;

beforeAll(() => {
  cpSync(join(ROOT, 'src'), join(folder, 'src'), { recursive: true });
  cpSync(join(ROOT, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(ROOT, 'node_modules'), join(folder, 'node_modules'));
  for (const name of GONE) rmSync(join(folder, 'src/clients', `${name}.ts`));
  told = run(PROGRAM);
});

function run(program: string): Told {
  writeFileSync(join(folder, 'program.ts'), program);
  const flags = ['--experimental-strip-types', '--disable-warning=ExperimentalWarning'];
  const { stdout, stderr } = spawnSync(process.execPath, [...flags, join(folder, 'program.ts')], { encoding: 'utf8' });
  expect(stderr).toBe('');
  return JSON.parse(stdout) as Told;
}

test.each(['400', '404', '500'])(
  'the provider’s own error reaches the caller although files of the package are gone: %s',
  status => {
    expect(told[status]).toEqual([Number(status), expect.stringContaining(`provider ${status}`)]);
  },
);

test('the error of a lost connection reaches the caller although files of the package are gone', () => {
  expect(told['reset']).toBe('TypeError: fetch failed');
});

test('a reply that is retrieved reaches the caller although files of the package are gone', () => {
  expect(told['retrieved']).toMatchObject({ status: 'completed' });
});

test('the error of a function reaches its caller although files of the package are gone', () => {
  expect(told['run']).toBe('TypeError: own');
});

/** The whole package is removed once the router has loaded the code that routes, but before the first call, which must still work. */
const REMOVED_BEFORE_THE_FIRST_CALL = `
import { rmSync } from 'node:fs';
import { createRouter } from './src/index.ts';
const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const made = () => createRouter({
  models: { mini: { provider: 'openai', model: 'mini', price }, premium: { provider: 'openai', model: 'premium', price } },
  features: { f: { candidates: ['mini', 'premium'], failureCostUsd: 1 } },
});
const completion = { id: '1', choices: [{ message: { content: 'Hi' }, finish_reason: 'stop' }], usage: { prompt_tokens: 1, completion_tokens: 1 } };
globalThis.fetch = async () => Response.json(completion);
const router = made();
await router.flush();
rmSync(new URL('./src', import.meta.url), { recursive: true });
const body = JSON.stringify({ model: 'feature:f', messages: [] });
const ask = async to => (await to.fetch('https://api.openai.com/v1/chat/completions', { method: 'POST', body })).status;
const first = await ask(router);
await router.flush();
// A second router of the process has the code of the first.
console.log(JSON.stringify({ first, second: await ask(made()) }));
process.exit();
`;

test('once the router has loaded its routing code, a first call needs no further file', () => {
  expect(run(REMOVED_BEFORE_THE_FIRST_CALL)).toEqual({ first: 200, second: 200 });
});
