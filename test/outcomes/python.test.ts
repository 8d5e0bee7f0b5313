/** A service in Python sends outcomes with the code of the documentation, over real HTTP. */
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nodeOutcomeHandler } from '../../src/outcomes/handler.ts';
import { ROOT } from '../../tools/sources.ts';
import { routerOfIntents, TOKEN } from './routed-intents.ts';

const { router, newIntent } = routerOfIntents();
const handler = nodeOutcomeHandler(router, { token: TOKEN });
const server = createServer((request, response) => void handler(request, response));
let url = '';

beforeAll(async () => {
  await new Promise<void>(resolve => void server.listen(0, '127.0.0.1', resolve));
  url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/outcomes`;
});
afterAll(async () => {
  await new Promise<void>(resolve => void server.close(() => resolve()));
  await router.close();
});

/** A ticket that the program closes, and what it prints of the answer. */
async function closed(ticket: object): Promise<unknown> {
  const [, code = ''] = /```python\n([^]*?)```/.exec(readFileSync(join(ROOT, 'docs/outcomes.md'), 'utf8')) ?? [];
  expect(code).toContain('def ticket_closed(');
  const program = `${code}\nimport sys\nprint(json.dumps(ticket_closed(json.loads(sys.argv[1]))))\n`;
  const env = { ...process.env, OUTCOMES_URL: url, OUTCOMES_TOKEN: TOKEN };
  try {
    const { stdout } = await promisify(execFile)('python3', ['-c', program, JSON.stringify(ticket)], { env });
    return JSON.parse(stdout);
  } catch (error) {
    if ((error as { readonly code?: unknown }).code !== 'ENOENT') throw error;
    return withoutPython(ticket as Ticket);
  }
}

interface Ticket {
  readonly id: number;
  readonly intent_id: string;
  readonly resolved: boolean;
  readonly escalated: boolean;
}

/** The same request by another client, where no Python is installed. */
async function withoutPython({ id, intent_id: intentId, resolved, escalated }: Ticket): Promise<unknown> {
  const outcome = { feature: 'support.reply', intentId, success: resolved, escalated, key: `ticket-${id}` };
  const headers = { authorization: `Bearer ${TOKEN}`, 'content-type': 'application/json' };
  return (await fetch(url, { method: 'POST', headers, body: JSON.stringify(outcome) })).json();
}

test('a service in Python records an outcome, records it once, and reads why another was refused', async () => {
  const ticket = { id: 7, intent_id: await newIntent(), resolved: false, escalated: true };
  const recorded = { outcome: { state: 'failure', source: 'explicit', escalated: true } };
  expect(await closed(ticket)).toEqual(recorded);
  expect(await closed({ ...ticket, resolved: true })).toEqual(recorded);
  expect(await closed({ ...ticket, intent_id: 'two words' })).toMatchObject({
    error: { code: 'invalid-value', field: 'intentId' },
  });
  expect(await closed({ ...ticket, intent_id: 'unknown' })).toMatchObject({ error: { code: 'unknown-intent' } });
  expect(await router.report()).toMatchObject({ intents: 1, labelled: 1 });
});
