/**
 * Other libraries between an application and the same client, each set up as in its own documentation. Data that a library would
 * send goes to a server on loopback that accepts everything. Libraries that only observe decide nothing and keep no account.
 */
import { createOpenAI } from '@ai-sdk/openai';
import { ChatOpenAI } from '@langchain/openai';
import { generateText, streamText } from 'ai';
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type OpenAI from 'openai';
import { client, messagesOf } from '../stubbed-client.ts';
import type { Call, Contender } from './measure.ts';
import { load } from './peers/load.ts';
import { create, stream } from './routers.ts';

const FOLDER = fileURLToPath(new URL('./peers/', import.meta.url));

/** Packages that only this benchmark needs: installed in a folder of their own, so that `npm ci` installs none of them. */
export function installPeers(): void {
  if (existsSync(`${FOLDER}node_modules`)) return;
  const flags = ['--ignore-scripts', '--no-audit', '--no-fund', '--omit=peer', '--legacy-peer-deps'];
  execFileSync('npm', ['ci', ...flags], { cwd: FOLDER, stdio: ['ignore', 'ignore', 'inherit'] });
}

const peer = async <Module>(name: string): Promise<Module> => (await load(name)) as Module;

interface Watched {
  readonly name: string;
  readonly openai: OpenAI;
  readonly flush: () => Promise<unknown>;
}

async function braintrust(fetch: typeof globalThis.fetch, sink: string): Promise<Watched> {
  const { initLogger, wrapOpenAI } = await peer<{
    initLogger(options: object): { flush(): Promise<unknown> };
    wrapOpenAI(openai: OpenAI): OpenAI;
  }>('braintrust');
  const logger = initLogger({
    projectName: 'bench',
    projectId: 'bench',
    apiKey: 'none',
    appUrl: sink,
    asyncFlush: true,
  });
  return { name: 'braintrust, which watches', openai: wrapOpenAI(client(fetch)), flush: async () => logger.flush() };
}

async function langfuse(fetch: typeof globalThis.fetch, sink: string): Promise<Watched> {
  const { observeOpenAI } = await peer<{ observeOpenAI(openai: OpenAI): OpenAI }>('@langfuse/openai');
  const { LangfuseSpanProcessor } = await peer<{
    LangfuseSpanProcessor: new (options: object) => { forceFlush(): Promise<unknown> };
  }>('@langfuse/otel');
  const { BasicTracerProvider } = await peer<{ BasicTracerProvider: new (options: object) => object }>(
    '@opentelemetry/sdk-trace-base',
  );
  const { trace } = await peer<{ trace: { setGlobalTracerProvider(provider: object): void } }>('@opentelemetry/api');
  const processor = new LangfuseSpanProcessor({ publicKey: 'none', secretKey: 'none', baseUrl: sink });
  trace.setGlobalTracerProvider(new BasicTracerProvider({ spanProcessors: [processor] }));
  return {
    name: 'langfuse, which watches',
    openai: observeOpenAI(client(fetch)),
    flush: async () => processor.forceFlush(),
  };
}

async function langsmith(fetch: typeof globalThis.fetch, sink: string): Promise<Watched> {
  Object.assign(process.env, { LANGSMITH_TRACING: 'true', LANGSMITH_ENDPOINT: sink, LANGSMITH_API_KEY: 'none' });
  const { wrapOpenAI } = await peer<{ wrapOpenAI(openai: OpenAI, options: object): OpenAI }>('langsmith/wrappers');
  const { Client } = await peer<{ Client: new () => { awaitPendingTraceBatches(): Promise<unknown> } }>('langsmith');
  const traces = new Client();
  return {
    name: 'langsmith, which watches',
    openai: wrapOpenAI(client(fetch), { client: traces }),
    flush: async () => traces.awaitPendingTraceBatches(),
  };
}

async function posthog(fetch: typeof globalThis.fetch, sink: string): Promise<Watched> {
  const { OpenAI: Watching } = await peer<{ OpenAI: new (options: object) => OpenAI }>('@posthog/ai/openai');
  const { PostHog } = await peer<{ PostHog: new (key: string, options: object) => { flush(): Promise<unknown> } }>(
    'posthog-node',
  );
  const sender = new PostHog('none', { host: sink });
  const { baseURL, maxRetries } = client(fetch);
  return {
    name: 'posthog, which watches',
    openai: new Watching({ apiKey: 'none', baseURL, maxRetries, fetch, posthog: sender }),
    flush: async () => sender.flush(),
  };
}

const watched = async (fetch: typeof globalThis.fetch, sink: string): Promise<readonly Watched[]> =>
  Promise.all([braintrust, langfuse, langsmith, posthog].map(async open => open(fetch, sink)));

/** @param sink the address of a server that takes everything */
export async function plainPeers(fetch: typeof globalThis.fetch, sink: string): Promise<readonly Contender[]> {
  const messages = messagesOf(600);
  const sdk = createOpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1:9/v1', fetch }).chat('gpt-5-mini');
  const chain = chainOver(fetch);
  return [
    ...(await watched(fetch, sink)).map(({ name, openai, flush }) => ({
      name: `plain call, ${name}`,
      call: create(openai, 'gpt-5-mini'),
      flush,
    })),
    {
      name: 'plain call, AI SDK: another client',
      call: async () => generateText({ model: sdk, prompt: messages[0]?.content as string, maxRetries: 0 }),
    },
    { name: 'plain call, LangChain: another client', call: async () => chain.invoke(messages[0]?.content as string) },
  ];
}

/** @param sink the address of a server that takes everything */
export async function streamPeers(fetch: typeof globalThis.fetch, sink: string): Promise<readonly Contender[]> {
  const prompt = messagesOf(600)[0]?.content as string;
  const sdk = createOpenAI({ apiKey: 'none', baseURL: 'http://127.0.0.1:9/v1', fetch }).chat('gpt-5-mini');
  const chain = chainOver(fetch);
  const read =
    (open: () => Promise<AsyncIterable<unknown>>): Call =>
    async () => {
      const chunks = (await open())[Symbol.asyncIterator]();
      while ((await chunks.next()).done !== true);
    };
  return [
    ...(await watched(fetch, sink)).map(({ name, openai, flush }) => ({
      name: `stream, ${name}`,
      call: stream(openai, 'gpt-5-mini'),
      flush,
    })),
    {
      name: 'stream, AI SDK: another client',
      call: read(async () => streamText({ model: sdk, prompt, maxRetries: 0 }).textStream),
    },
    { name: 'stream, LangChain: another client', call: read(async () => chain.stream(prompt)) },
  ];
}

function chainOver(fetch: typeof globalThis.fetch): ChatOpenAI {
  const configuration = { baseURL: 'http://127.0.0.1:9/v1', fetch };
  return new ChatOpenAI({ model: 'gpt-5-mini', apiKey: 'none', maxRetries: 0, configuration });
}
