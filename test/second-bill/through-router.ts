/** Sales through a whole router: official SDK clients ask for them, and the ledger has their costs. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import Anthropic from '@anthropic-ai/sdk';
import OpenAI from 'openai';
import { fixed } from '../../src/policies/fixed.ts';
import { createRouterOn } from '../../src/router.ts';
import { systemRuntime } from '../../src/runtime.ts';
import { memory } from '../../src/stores/memory.ts';
import type { Difference } from './compare.ts';
import { wrongWith } from './compare.ts';
import { dice, drawSale } from './draw-sale.ts';
import type { OurCost } from './our-cost.ts';
import { modelConfigs, SOLD_AT_MS } from './our-cost.ts';
import type { ModelName } from './published-rates.ts';
import { PUBLISHED, published } from './published-rates.ts';
import type { Reply } from './reply-of.ts';
import { replyOf } from './reply-of.ts';
import type { Sale } from './sale.ts';
import { secondBill } from './second-bill.ts';

type Fetch = typeof globalThis.fetch;

/** Names of features have no dots. */
const featureOf = (name: ModelName) => name.replaceAll('.', '_');

async function drained(stream: AsyncIterable<unknown>): Promise<void> {
  await Array.fromAsync(stream);
}

interface Clients {
  readonly openai: OpenAI;
  /** At OpenAI's host for data residency. */
  readonly openaiUs: OpenAI;
  readonly anthropic: Anthropic;
}

async function ask({ anthropic, ...clients }: Clients, sale: Sale): Promise<void> {
  const openai = sale.region === 'us' ? clients.openaiUs : clients.openai;
  const model = `feature:${featureOf(sale.asked)}`;
  const { isStreamed: stream } = sale;
  if (sale.api === 'messages') {
    const fallbacks = sale.calls.flatMap(({ type, model: to }) => (type === 'fallback_message' ? [{ model: to }] : []));
    const sent = {
      model,
      max_tokens: 100,
      messages: [{ role: 'user' as const, content: 'Hi' }],
      ...(fallbacks.length > 0 && { fallbacks }),
    };
    if (stream) await drained(await anthropic.beta.messages.create({ ...sent, stream }));
    else await anthropic.beta.messages.create(sent);
  } else if (sale.api === 'responses') {
    if (stream) await drained(await openai.responses.create({ model, input: 'Hi', stream }));
    else await openai.responses.create({ model, input: 'Hi' });
  } else {
    const sent = { model, messages: [{ role: 'user' as const, content: 'Hi' }] };
    if (stream) await drained(await openai.chat.completions.create({ ...sent, stream }));
    else await openai.chat.completions.create(sent);
  }
}

interface Path {
  readonly fetch?: Fetch;
  /** Where the vendors are. */
  readonly url: string;
  /** What the next request gets. */
  next(reply: Reply, requestId: string): void;
  close(): Promise<void>;
}

const headersOf = ({ isStream }: Reply, requestId: string) => ({
  'content-type': isStream ? 'text/event-stream' : 'application/json',
  'x-request-id': requestId,
  'request-id': requestId,
});

/** Without a network: a `fetch` that has the reply. */
function inProcess(): Path {
  let current: { readonly reply: Reply; readonly requestId: string } | undefined;
  return {
    url: 'https://llm.example',
    next: (reply, requestId) => void (current = { reply, requestId }),
    fetch: async () => {
      if (current === undefined) throw new Error('nothing is sold');
      return new Response(current.reply.body, { headers: headersOf(current.reply, current.requestId) });
    },
    close: async () => {},
  };
}

async function overHttp(): Promise<Path> {
  let current: { readonly reply: Reply; readonly requestId: string } | undefined;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      if (current === undefined) response.writeHead(500).end();
      else response.writeHead(200, headersOf(current.reply, current.requestId)).end(current.reply.body);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    next: (reply, requestId) => void (current = { reply, requestId }),
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}

/** Half of what may be asked at a regional host is asked there: no word of the reply says so. */
function elsewhere(sale: Sale, number: number): Sale {
  const { us, vendor } = published(sale.asked);
  const mayBe = vendor === 'openai' && us !== undefined && sale.served !== undefined;
  return mayBe && number % 2 === 0 ? { ...sale, region: 'us' } : sale;
}

/** @param onEach called after each sale with how many there have been */
export async function compareThroughRouter(
  {
    seed,
    from,
    count,
    isHttp,
  }: { readonly seed: number; readonly from: number; readonly count: number; readonly isHttp: boolean },
  onEach: (done: number) => void = () => {},
): Promise<readonly Difference[]> {
  const path = isHttp ? await overHttp() : inProcess();
  const names = Object.keys(PUBLISHED) as ModelName[];
  const store = memory();
  const router = createRouterOn(
    { ...systemRuntime(seed), nowMs: () => SOLD_AT_MS },
    {
      models: modelConfigs(path.url),
      features: Object.fromEntries(
        names.map(name => [featureOf(name), { candidates: [name], failureCostUsd: 1, policy: fixed(name) }]),
      ),
      store,
    },
  );
  const options = { apiKey: 'k', maxRetries: 0, ...(path.fetch && { fetch: path.fetch }) };
  const clients: Clients = {
    openai: router.wrap(new OpenAI({ ...options, baseURL: `${path.url}/v1` })),
    openaiUs: router.wrap(new OpenAI({ ...options, baseURL: 'https://us.api.openai.com/v1' })),
    anthropic: router.wrap(new Anthropic({ ...options, baseURL: path.url })),
  };
  const sold = new Map<string, { readonly number: number; readonly sale: Sale; readonly reply: Reply }>();
  for (let number = from; number < from + count; number++) {
    const sale = isHttp ? drawSale(seed, number) : elsewhere(drawSale(seed, number), number);
    const reply = replyOf(sale, dice(seed + 1, number));
    sold.set(`sale_${number}`, { number, sale, reply });
    path.next(reply, `sale_${number}`);
    await ask(clients, sale);
    onEach(number - from + 1);
  }
  await router.flush();
  const costs = new Map<string | undefined, OurCost>();
  for await (const record of store.scan()) {
    if (record.kind === 'attempted') costs.set(record.attempt.providerRequestId, record.attempt);
  }
  await router.close();
  await path.close();
  return [...sold].flatMap(([requestId, about]) => {
    const bill = secondBill(about.sale);
    const ours = costs.get(requestId);
    const what = ours === undefined ? 'it is not in the ledger' : wrongWith(bill, ours);
    return what === undefined ? [] : [{ ...about, bill, what, ...(ours && { ours }) }];
  });
}
