/**
 * API keys, prompts and completions stay between the application and its provider. The test plants them in every input and
 * searches every output of the router: ledger, spool, log, spans, metrics, receipts, errors, exports.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { inspect } from 'node:util';
import Anthropic from '@anthropic-ai/sdk';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { context } from '@opentelemetry/api';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import { BasicTracerProvider, InMemorySpanExporter, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import OpenAI from 'openai';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { ledgerPrices } from '../src/cli/io/ledger-prices.ts';
import type { RouterConfig } from '../src/config/router-config.ts';
import { resolveConfig } from '../src/config/resolve.ts';
import { RouterError } from '../src/errors.ts';
import { exportFocus } from '../src/exports/focus/focus.ts';
import { exportLedger } from '../src/exports/ledger/export-ledger.ts';
import { renderReportHtml } from '../src/exports/html/report-html.ts';
import { log } from '../src/observers/log.ts';
import { opentelemetry } from '../src/observers/opentelemetry.ts';
import { fixed } from '../src/policies/fixed.ts';
import { createRouter } from '../src/create-router.ts';
import { sqlite } from '../src/stores/sqlite.ts';
import { spooling } from '../src/stores/spool.ts';
import type { Store } from '../src/contracts/store.ts';
import type { Answer, ScriptedServer } from './support/scripted-server.ts';
import { chat, chatStream, json, scriptedServer, status } from './support/scripted-server.ts';
import { textOf } from './exports/bill/bills.ts';
import { temporaryFolder } from './support/temporary-folder.ts';

const KEY = 'sk-planted-7f3d9c1e';
const PROMPT = 'planted-prompt-b52a';
/** Short, because a JSON error quotes only ten characters of the text that it could not parse. */
const COMPLETION = 'cmpl-90e4b';
/** The key of a model at another endpoint. */
const MODEL_KEY = 'sk-model-51aa07b2';
const SECRETS = [KEY, MODEL_KEY, PROMPT, COMPLETION];

const directory = temporaryFolder();
const file = (name: string): string => join(directory, name);

/** Everything the router wrote, by place. */
const written = new Map<string, string>();
const lines: string[] = [];
let server: ScriptedServer;

const spans = new InMemorySpanExporter();
const metrics = new InMemoryMetricExporter(AggregationTemporality.CUMULATIVE);
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(spans)] });
const meterProvider = new MeterProvider({
  readers: [new PeriodicExportingMetricReader({ exporter: metrics, exportIntervalMillis: 3_600_000 })],
});

const echo = {
  message: `Incorrect API key provided: ${KEY}; you said ${PROMPT}`,
  param: KEY,
  code: 'unsupported_parameter',
};
const broken: Answer = (_, response) =>
  void response.writeHead(200, { 'content-type': 'application/json' }).end(`{"error": "${KEY} ${PROMPT} ${COMPLETION}`);
const anthropicReply = json({
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude',
  content: [{ type: 'text', text: COMPLETION }],
  stop_reason: 'end_turn',
  usage: { input_tokens: 10, output_tokens: 5 },
});

const SCRIPT: Readonly<Record<string, readonly Answer[]>> = {
  good: [chat(COMPLETION)],
  streaming: [chatStream([COMPLETION, ' and more'])],
  cut: [chatStream([COMPLETION, ' and more', ' and more'], { cut: 1 })],
  forbidden: [status(401, {}, echo)],
  refused: [status(400, {}, echo)],
  failing: [status(500, {}, echo)],
  broken: [broken],
  elsewhere: [chat(COMPLETION)],
  claude: [anthropicReply],
};

function config(store: Store): RouterConfig {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 2 };
  const names = Object.keys(SCRIPT);
  const models = Object.fromEntries(
    names.map(name => [name, { provider: name === 'claude' ? 'anthropic' : 'openai', model: name, price } as const]),
  );
  const feature = (name: string) =>
    [name, { candidates: [name], failureCostUsd: 1, retries: 1, policy: fixed(name) }] as const;
  return {
    models: {
      ...models,
      elsewhere: {
        provider: 'openai',
        model: 'elsewhere',
        price,
        baseURL: `${server.url}/other/v1?key=${MODEL_KEY}`,
        headers: { authorization: `Bearer ${MODEL_KEY}` },
      },
    },
    features: {
      ...(Object.fromEntries(names.map(feature)) as Record<string, ReturnType<typeof feature>[1]>),
      schema: {
        candidates: ['good'],
        failureCostUsd: 1,
        validate: {
          '~standard': {
            version: 1,
            vendor: 'test',
            validate: value => ({ issues: [{ message: `${COMPLETION} ${String(value)}`, path: ['answer'] }] }),
          },
        },
      },
      throwing: {
        candidates: ['good'],
        failureCostUsd: 1,
        // A parse error quotes the reply: SyntaxError: Unexpected token 'p', "planted-co"... is not valid JSON
        validate: reply => {
          JSON.parse(reply.text);
          return true;
        },
      },
      judging: {
        candidates: ['good'],
        failureCostUsd: 1,
        // An SDK's error has the provider's message, which here has the key.
        validate: async () => {
          throw new Error(`401 ${echo.message}: ${COMPLETION}`);
        },
      },
      running: { candidates: ['good'], failureCostUsd: 1, retries: 0 },
    },
    store,
    observers: [
      log({ write: line => lines.push(line) }),
      opentelemetry({ tracerProvider, meterProvider, inference: true }),
    ],
  };
}

/** A store that rejects every commit until `back()`. */
function absent(store: Store): { readonly store: Store; back(): void } {
  let isBack = false;
  return {
    store: {
      ...store,
      commitAll: async changes => (isBack ? store.commitAll(changes) : Promise.reject(new Error('disk full'))),
    },
    back: () => void (isBack = true),
  };
}

function bytesIn(folder: string, prefix: string): string {
  const names = readdirSync(folder).filter(name => name.startsWith(prefix));
  return names.map(name => readFileSync(join(folder, name)).toString('latin1')).join('\n');
}

beforeAll(async () => {
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  server = await scriptedServer(SCRIPT);
  const disk = sqlite(file('router.db'));
  const outage = absent(disk);
  const faults: unknown[] = [];
  const store = spooling(outage.store, {
    path: file('router.spool'),
    nowMs: Date.now,
    retryAfterMs: 0,
    faulted: error => faults.push(error),
  });
  const router = createRouter(config(store));
  const openai = router.wrap(
    new OpenAI({
      apiKey: KEY,
      baseURL: `${server.url}/v1`,
      defaultQuery: { api_key: KEY },
      defaultHeaders: { 'x-goog-api-key': KEY, 'x-app': 'demo' },
    }),
  );
  const anthropic = router.wrap(new Anthropic({ apiKey: KEY, baseURL: server.url }));
  const messages = [{ role: 'user' as const, content: PROMPT }];
  const receipts: unknown[] = [];
  const routerErrors: unknown[] = [];

  for (const feature of Object.keys(config(store).features)) {
    const intent = router.feature(feature).intent({ session: 'session-1' });
    try {
      if (feature === 'claude') {
        const reply = await anthropic.messages.create({ model: intent.model, max_tokens: 10, messages });
        receipts.push(router.receipt(reply));
      } else if (feature === 'running') {
        await router.run('running', async () => Promise.reject(new Error(`${KEY} ${COMPLETION}`)), { intent });
      } else if (feature === 'streaming' || feature === 'cut') {
        const stream = await openai.chat.completions.create({ model: intent.model, messages, stream: true });
        for await (const chunk of stream) receipts.push(router.receipt(chunk));
      } else {
        const reply = await openai.chat.completions.create({ model: intent.model, messages });
        receipts.push(router.receipt(reply));
      }
    } catch (error) {
      // The provider's own errors belong to the caller; only the router's must not have secrets.
      if (RouterError.isInstance(error)) routerErrors.push(error.message);
    }
    await router.flush();
    await intent.fail({ costUsd: 3 });
  }
  await router.flush();
  written.set('spool', bytesIn(directory, 'router.spool'));
  outage.back();
  await store.drain();
  written.set('receipts', inspect(receipts, { depth: 10 }));
  written.set('router errors', routerErrors.join('\n'));
  const report = await router.report();
  written.set('report', inspect(report, { depth: 10, maxArrayLength: null }));
  written.set('HTML report', renderReportHtml(report));
  written.set('explanations', inspect(await router.explain('good'), { depth: 10 }));
  const application = resolveConfig(config(store), { policy: fixed('good') });
  written.set('JSON lines', await textOf(exportLedger(store)));
  const { priceOf, vendorOf } = ledgerPrices({ application });
  written.set('FOCUS', await textOf(exportFocus(store, { version: '1.3', priceOf, vendorOf })));
  await meterProvider.forceFlush();
  written.set('metrics', inspect(metrics.getMetrics(), { depth: 12, maxArrayLength: null }));
  written.set(
    'spans',
    inspect(
      spans.getFinishedSpans().map(span => [span.name, span.attributes, span.events, span.status, span.links]),
      { depth: 12, maxArrayLength: null },
    ),
  );
  written.set('log', lines.join('\n'));
  written.set('SQLite file, with its write-ahead log', bytesIn(directory, 'router.db'));
  await router.close();
  written.set('SQLite file, closed', bytesIn(directory, 'router.db'));
});

afterAll(async () => {
  await server.close();
  context.disable();
});

test('the provider received the secrets and sent them back, so the router had the chance to write them', () => {
  const sent = JSON.stringify(server.received);
  expect(sent).toContain(`Bearer ${KEY}`);
  expect(sent).toContain(`?api_key=${KEY}`);
  expect(sent).toContain(PROMPT);
  expect(server.received.length).toBeGreaterThan(Object.keys(SCRIPT).length);
});

test('a key is sent to its own endpoint only, in headers and in the query', () => {
  const [elsewhere, ...none] = server.received.filter(({ path }) => path.startsWith('/other/'));
  expect(none).toEqual([]);
  expect(elsewhere?.path).toBe(`/other/v1/chat/completions?key=${MODEL_KEY}`);
  expect(elsewhere?.headers).toMatchObject({ authorization: `Bearer ${MODEL_KEY}` });
  expect(JSON.stringify(elsewhere)).not.toContain(KEY);
  const own = server.received.filter(({ path }) => path.startsWith('/v1/'));
  expect(JSON.stringify(own)).not.toContain(MODEL_KEY);
});

describe('errors of the router', () => {
  const mini = { provider: 'openai', model: 'gpt-5-mini' } as const;
  const address = `https://user:${KEY}@models.example/v1?api_key=${KEY}`;
  const features = { f: { candidates: ['mini'], failureCostUsd: 1 } } as const;
  test.each<[string, () => unknown]>([
    ['an unknown price', () => createRouter({ models: { mini: { ...mini, baseURL: address } }, features })],
    ['an invalid address', () => createRouter({ models: { mini: { ...mini, baseURL: `${KEY} ` } }, features })],
    [
      'headers of a wrong shape',
      () => createRouter({ models: { mini: { ...mini, headers: KEY as never } }, features }),
    ],
    [
      'a header that is not text',
      () => createRouter({ models: { mini: { ...mini, headers: { authorization: [KEY] as never } } }, features }),
    ],
    ['a wrong provider', () => createRouter({ models: { mini: { ...mini, provider: KEY as never } }, features })],
    [
      'a client that cannot be routed',
      () => createRouter({ models: { mini }, features }).wrap({ apiKey: KEY } as never),
    ],
  ])('the error for %s does not quote the key', (_, misuse) => {
    let thrown: unknown;
    try {
      misuse();
    } catch (error) {
      thrown = error;
    }
    expect(RouterError.isInstance(thrown)).toBe(true);
    expect(inspect(thrown, { depth: 10 })).not.toContain(KEY);
  });
});

describe('outputs of the router', () => {
  test.each([
    'spool',
    'SQLite file, with its write-ahead log',
    'SQLite file, closed',
    'JSON lines',
    'FOCUS',
    'log',
    'spans',
    'metrics',
    'receipts',
    'report',
    'HTML report',
    'explanations',
    'router errors',
  ])('no key, prompt or completion is in this output: %s', place => {
    const text = written.get(place);
    expect(text).toBeDefined();
    expect(SECRETS.filter(secret => text?.includes(secret))).toEqual([]);
  });

  test('the outputs have intents, attempts, faults and verdicts, so the search for secrets covers real data', () => {
    for (const place of ['spool', 'JSON lines', 'SQLite file, with its write-ahead log'])
      expect(written.get(place)).toContain('"kind":"attempted"');
    expect(written.get('JSON lines')).toContain('"by":"fault"');
    expect(written.get('JSON lines')).toContain('"by":"schema"');
    expect(written.get('log')).toContain('fault in validator');
    expect(written.get('spans')).toContain('outcome_router.attempt');
    expect(written.get('metrics')).toContain('outcome_router.cost');
    expect(existsSync(file('router.db'))).toBe(true);
  });
});
