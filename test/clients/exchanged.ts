/** One exchange of a client with a scripted server, as the router makes it. */
import type { Fetch, HttpRequest } from '../../src/clients/http-request.ts';
import { httpExchange } from '../../src/clients/http-exchange.ts';
import { learningTransforms } from '../../src/clients/transforms.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import type { RequestFacts } from '../../src/contracts/wire.ts';
import type { Exchanged } from '../../src/engine/attempts/exchange.ts';
import type { Runtime } from '../../src/runtime.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { testRuntime } from '../../src/testing/test-runtime.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import type { Answer, ScriptedServer } from '../support/scripted-server.ts';
import { scriptedServer } from '../support/scripted-server.ts';

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
const { models } = resolveConfig(
  { models: { mini: { provider: 'openai', model: 'mini-1', price } }, features: {} },
  { policy: fixed('mini') },
);
export const mini = models.get('mini') as ResolvedModel;

const servers: ScriptedServer[] = [];

/** Closes the servers that a test has started. */
export async function closeServers(): Promise<void> {
  await Promise.all(servers.splice(0).map(async server => server.close()));
}

export interface ExchangeOptions {
  readonly stream?: boolean;
  readonly hold?: boolean;
  readonly release?: HttpRequest['release'];
  readonly runtime?: Runtime;
  readonly caller?: AbortSignal;
  readonly limit?: AbortSignal;
  readonly fetch?: Fetch;
  readonly model?: ResolvedModel;
}

/** One exchange with a server that gives this answer. */
export async function exchanged(answer: Answer, options: ExchangeOptions = {}) {
  const { stream = false, hold = false, release = 'first-event', caller, limit } = options;
  const { fetch = globalThis.fetch, model = mini, runtime = testRuntime() } = options;
  const server = await scriptedServer([answer]);
  servers.push(server);
  const body = JSON.stringify({ model: 'feature:support', messages: [], ...(stream ? { stream } : {}) });
  const request: HttpRequest = {
    wire: openaiChat,
    url: `${server.url}/v1/chat/completions`,
    init: { method: 'POST', body, ...(caller === undefined ? {} : { signal: caller }) },
    body,
    facts: openaiChat.read(body, 'feature:') as RequestFacts,
    fetch,
    runtime,
    transforms: learningTransforms({ runtime, models: [model], learnt: () => {} }),
    dropped: {},
    hold,
    release,
    wantsText: true,
  };
  return { server, result: await httpExchange(request)(model, limit ?? caller) };
}

export const textOf = async (result: Exchanged<Response>): Promise<string> => (await result.reply?.text()) ?? '';
