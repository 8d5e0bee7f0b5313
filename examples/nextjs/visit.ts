/**
 * Does with the route handlers beside it what Next.js does in development: it loads them, and after a change it loads them again. Both
 * copies of `lib/router.ts` have the same router, so that the ledger is opened once.
 *
 *     node examples/nextjs/visit.ts
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startFakeProvider } from 'outcome-router/testing';

const fake = await startFakeProvider({
  models: {
    'gpt-5-mini': { price: { input: '0.25', output: '2' }, success: 0.7 },
    'gpt-5': { price: { input: '1.25', output: '10' }, success: 0.95 },
  },
});
const folder = mkdtempSync(join(tmpdir(), 'outcome-router-'));
const OUTCOMES_TOKEN = 'only-for-this-visit';
const environment = { OPENAI_BASE_URL: fake.openaiBaseURL, OPENAI_API_KEY: 'none', LEDGER: join(folder, 'router.db') };
Object.assign(process.env, environment, { OUTCOMES_TOKEN });

/** A module of the application; with a query it is another copy, as after a change in development. */
const load = async <Module>(file: string, query = ''): Promise<Module> =>
  (await import(new URL(file + query, import.meta.url).href)) as Module;

interface Route {
  readonly POST: (request: Request) => Promise<Response>;
}
type Shared = typeof import('./lib/router.ts');

const post = (body: string): Request =>
  new Request('http://127.0.0.1/', {
    method: 'POST',
    body,
    headers: { authorization: `Bearer ${OUTCOMES_TOKEN}`, 'content-type': 'application/json' },
  });

const first = await load<Shared>('lib/router.ts');
const ask = await load<Route>('app/api/ask/route.ts');
const { intentId } = (await (await ask.POST(post('Where is my order?'))).json()) as { readonly intentId: string };

const second = await load<Shared>('lib/router.ts', '?changed');
console.log(`loaded twice: ${first !== second}, one router: ${first.router === second.router}`);
const outcomes = await load<Route>('app/api/outcomes/route.ts', '?changed');
const said = await outcomes.POST(post(JSON.stringify({ feature: 'support.reply', intentId, success: true })));
console.log(`outcome: ${said.status} ${await said.text()}`);
const { intents, labelled } = await second.router.report();
console.log(`${intents} intent, ${labelled} outcome`);
await second.router.close();
await fake.close();
rmSync(folder, { recursive: true });
