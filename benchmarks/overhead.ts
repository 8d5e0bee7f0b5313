/**
 * What routing adds to a call of the official SDK, with a stubbed `fetch` so that nothing but code is measured.
 * Direct and routed calls alternate in one process, batch by batch, and so do two direct clients (self against self, the
 * noise floor). Figures are medians over rounds, with the quartiles of the difference, and the lowest decile, which is
 * the cost of the code when the machine is otherwise idle. Records are written after the calls: every batch of
 * routed ones ends with a flush inside the timed region, so that writing them is paid for. Rows without a bar are steps in
 * between: the cost of intercepting `fetch` without routing, the least cost of routing, and the time that a caller waits.
 *
 *   npm run -s bench:overhead -- --json [--rounds 60] [--no-bars] [--save NAME]
 */
import { parseArgs } from 'node:util';
import type OpenAI from 'openai';
import * as z from 'zod';
import { seededRandom } from '../src/core/math/random.ts';
import { createLearnedFeature } from '../src/core/beliefs/learned-feature.ts';
import { withText } from '../src/clients/reply-response.ts';
import { resolveConfig } from '../src/config/resolve.ts';
import type { ResolvedModel } from '../src/config/resolved.ts';
import type { Intent } from '../src/core/ledger/records.ts';
import { foldIntent } from '../src/core/ledger/records.ts';
import { contributionDelta } from '../src/core/cells/contribution.ts';
import { attemptOf } from '../src/engine/attempts/attempt.ts';
import { createEngine } from '../src/engine/engine.ts';
import { systemRuntime } from '../src/runtime.ts';
import { createRouter, thompson } from '../src/index.ts';
import { memory } from '../src/stores/memory.ts';
import { openaiChat } from '../src/wires/openai-chat.ts';
import type { ReplyFacts, Wire } from '../src/contracts/wire.ts';
import { quartiles, table } from './report.ts';
import type { OverheadResult, OverheadRow } from './results.ts';
import { saveResult, thisMachine } from './results.ts';
import { client, messagesOf, plainFetch } from './stubbed-client.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '60' },
    'no-bars': { type: 'boolean', default: false },
    save: { type: 'string' },
  },
});
const startedMs = performance.now();
const ROUNDS = Number(flags.rounds);
/** One batch lasts about this long: short enough that the load of the machine is the same for both sides of a pair. */
const BATCH_MS = 8;
const WARM_UP = 5_000;

type Call = () => Promise<unknown>;

/** One side of a comparison. */
interface Side {
  readonly call: Call;
  /** Ends a batch, inside the timed region. */
  readonly flush: () => Promise<void>;
  /** Ends a batch, outside the timed region. */
  readonly after?: () => Promise<void>;
}

const nothing = async (): Promise<void> => {};

const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 4 };

const models = {
  mini: { provider: 'openai', model: 'gpt-5-mini', price },
  premium: { provider: 'openai', model: 'gpt-5', price: { inputUsdPerMillion: 10, outputUsdPerMillion: 40 } },
} as const;

interface RoutedClient {
  readonly openai: OpenAI;
  readonly flush: () => Promise<void>;
}

function routers(fetch: typeof globalThis.fetch): RoutedClient {
  const features = {
    plain: { candidates: ['mini', 'premium'], failureCostUsd: 15 },
    armed: {
      candidates: ['mini', 'premium'],
      failureCostUsd: 15,
      retries: 3,
      attemptTimeout: '30s',
      deadline: '60s',
      validate: z.object({ answer: z.string() }),
      checks: { json: true, refusal: true, cutOff: true, empty: true },
    },
  } as const;
  const router = createRouter({ models, features, seed: 1 });
  return { openai: router.wrap(client(fetch)), flush: async () => router.flush() };
}

const EVENTS = streamEvents(50);
const streamFetch = (async () =>
  new Response(
    new ReadableStream<Uint8Array>({
      start(controller) {
        for (const event of EVENTS) controller.enqueue(event);
        controller.close();
      },
    }),
    { headers: { 'content-type': 'text/event-stream', 'x-request-id': 'req_bench' } },
  )) as typeof globalThis.fetch;

function streamEvents(count: number): readonly Uint8Array[] {
  const base = { id: 'chatcmpl-bench', object: 'chat.completion.chunk', created: 1_790_000_000, model: 'gpt-5-mini' };
  const chunks: unknown[] = Array.from({ length: count - 2 }, (_, i) => ({
    ...base,
    choices: [{ index: 0, delta: { content: `word${i} ` }, finish_reason: null }],
  }));
  chunks.push({ ...base, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] });
  chunks.push({ ...base, choices: [], usage: { prompt_tokens: 120, completion_tokens: 48, total_tokens: 168 } });
  const encoder = new TextEncoder();
  return [
    ...chunks.map(chunk => encoder.encode(`data: ${JSON.stringify(chunk)}\n\n`)),
    encoder.encode('data: [DONE]\n\n'),
  ];
}

function create(openai: OpenAI, model: string, bodyBytes: number): Call {
  const messages = messagesOf(bodyBytes);
  return async () => openai.chat.completions.create({ model, messages });
}

function stream(openai: OpenAI, model: string): Call {
  const messages = messagesOf(600);
  return async () => {
    let characters = 0;
    for await (const chunk of await openai.chat.completions.create({
      model,
      messages,
      stream: true,
      stream_options: { include_usage: true },
    })) {
      characters += chunk.choices[0]?.delta.content?.length ?? 0;
    }
    return characters;
  };
}

/** Intercepts `fetch` without routing or recording: replaces the model's name, reads the reply and its usage, passes it on. */
function seamAlone(wire: Wire, inner: typeof globalThis.fetch): typeof globalThis.fetch {
  return (async (url: string, init: RequestInit & { readonly body: string }) => {
    const facts = wire.read(init.body, 'feature:');
    if (facts === undefined) return inner(url, init);
    const { body } = wire.prepare(init.body, facts, 'gpt-5-mini');
    const response = await inner(url, { ...init, body });
    const text = await response.text();
    wire.reply(JSON.parse(text));
    return withText(response, text);
  }) as typeof globalThis.fetch;
}

/**
 * The least work of a router with a ledger: decides, replaces the model's name, reads the reply, and after the reply prices and
 * records one intent after the other. No retries, failover, verdict, handles, receipts, or calls that share an intent.
 */
function leastRouter(inner: typeof globalThis.fetch): RoutedClient {
  const features = { plain: { candidates: ['mini', 'premium'], failureCostUsd: 15 } } as const;
  const config = resolveConfig({ models, features }, { policy: thompson() });
  const runtime = systemRuntime(1);
  const store = memory();
  const feature = createEngine({ config, runtime, store, observers: [], hooks: {} }).feature('plain');
  const { failureCostNanoUsd } = feature.config;
  let unwritten: (() => Promise<void>)[] = [];

  const fetch = (async (url: string, init: RequestInit & { readonly body: string }) => {
    const facts = openaiChat.read(init.body, 'feature:');
    if (facts === undefined) return inner(url, init);
    const wants = { provider: 'openai', capabilities: () => facts.capabilities } as const;
    const [atMs, intentId, decision] = [
      runtime.nowMs(),
      runtime.newId(),
      feature.decide(wants, '', { failureCostNanoUsd }),
    ];
    const model = feature.models.get(decision.plan[0] as string) as ResolvedModel;
    const { body } = openaiChat.prepare(init.body, facts, model.providerModel);
    const started = runtime.elapsedMs();
    const response = await inner(url, { ...init, body });
    const text = await response.text();
    const latencyMs = runtime.elapsedMs() - started;
    unwritten.push(async () => {
      const { usage = {}, ...said } = openaiChat.reply(JSON.parse(text)) as ReplyFacts;
      const fact = { intentId, feature: 'plain', atMs };
      const versions = feature.versions();
      const decided = {
        ...fact,
        kind: 'decided',
        revision: 0,
        segment: '',
        decision,
        failureCostNanoUsd,
        versions,
      } as const;
      const attempt = attemptOf(
        {
          kind: 'first',
          requestId: intentId,
          turn: 1,
          model,
          node: model.name,
          startedAtMs: atMs,
          latencyMs,
          result: { status: 'ok', httpStatus: response.status, answer: { ...said, usage, provenance: 'reported' } },
        },
        () => {},
      );
      const records = [decided, { ...fact, kind: 'attempted', revision: 1, attempt } as const];
      const delta = contributionDelta(undefined, foldIntent(records) as Intent);
      await store.commitAll([{ intentId, feature: 'plain', expectedRevision: 0, records, delta, dueAtMs: null }]);
      feature.apply(delta);
    });
    return withText(response, text);
  }) as typeof globalThis.fetch;

  async function flush(): Promise<void> {
    const now = unwritten;
    unwritten = [];
    for (const write of now) await write();
  }
  return { openai: client(fetch), flush };
}

async function batch({ call, flush, after }: Side, count: number): Promise<number> {
  const started = process.hrtime.bigint();
  for (let i = 0; i < count; i++) await call();
  await flush();
  const elapsed = Number(process.hrtime.bigint() - started);
  await after?.();
  return elapsed / count / 1_000;
}

interface Pair {
  readonly name: string;
  readonly direct: Call;
  readonly twin: Call;
  readonly routed: Side;
  readonly maxAddedUs?: number;
  readonly maxRatio?: number;
}

async function compare(pair: Pair): Promise<OverheadRow> {
  const sides = {
    direct: { call: pair.direct, flush: nothing },
    twin: { call: pair.twin, flush: nothing },
    routed: pair.routed,
  };
  // Runs until the code is compiled, as in a service that has been up for a while.
  for (const side of Object.values(sides)) for (let calls = 0; calls < WARM_UP; calls += 200) await batch(side, 200);
  const count = Math.max(1, Math.round((BATCH_MS * 1_000) / (await batch(sides.direct, 100))));
  for (const side of Object.values(sides)) await batch(side, count * 3);
  const random = seededRandom(pair.name);
  const rounds: { readonly direct: number; readonly twin: number; readonly routed: number }[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    const round = { direct: 0, twin: 0, routed: 0 };
    const order = (['direct', 'twin', 'routed'] as const)
      .map(side => ({ side, at: random.next() }))
      .sort((a, b) => a.at - b.at);
    for (const { side } of order) round[side] = await batch(sides[side], count);
    rounds.push(round);
  }
  const added = quartiles(rounds.map(round => round.routed - (round.direct + round.twin) / 2));
  const ratio = quartiles(rounds.map(round => (2 * round.routed) / (round.direct + round.twin))).median;
  const quietRouted = decile(rounds.map(round => round.routed));
  const quietDirect = decile(rounds.flatMap(round => [round.direct, round.twin]));
  return {
    name: pair.name,
    directUs: quartiles(rounds.map(round => round.direct)).median,
    addedUs: added.median,
    addedQuartilesUs: [added.lower, added.upper],
    ratio,
    selfRatio: quartiles(rounds.map(round => round.twin / round.direct)).median,
    addedQuietUs: quietRouted - quietDirect,
    quietRatio: quietRouted / quietDirect,
    maxAddedUs: pair.maxAddedUs,
    maxRatio: pair.maxRatio,
    ok:
      ratio <= (pair.maxRatio ?? Number.POSITIVE_INFINITY) &&
      added.median <= (pair.maxAddedUs ?? Number.POSITIVE_INFINITY),
  };
}

function decile(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 10)] as number;
}

function barOf({ maxAddedUs, maxRatio }: OverheadRow): string {
  if (maxRatio === undefined) return '';
  return `${maxAddedUs === undefined ? '' : `≤ ${maxAddedUs} µs, `}≤ ×${maxRatio}`;
}

/** One decision of an intent with a known failure cost, from a cached sample table, while outcomes keep arriving. */
function decisionNs(): number {
  const learned = createLearnedFeature({
    feature: 'f',
    plans: [['mini'], ['premium']],
    priorCostUsd: { mini: 0.002, premium: 0.014 },
  });
  const policy = thompson();
  const random = seededRandom('decision');
  const view = {
    feature: 'f',
    plans: [['mini'], ['premium']],
    eligible: 3,
    failureCostUsd: 15,
    objective: 'cost-per-intent' as const,
    learned: learned.segment(''),
    nowMs: Date.UTC(2026, 10, 1),
  };
  const COUNT = 200_000;
  const runs = Array.from({ length: 15 }, () => {
    const started = process.hrtime.bigint();
    for (let i = 0; i < COUNT; i++) policy.decide(view, random);
    return Number(process.hrtime.bigint() - started) / COUNT;
  });
  return quartiles(runs).median;
}

const direct = client(plainFetch);
const twin = client(plainFetch);
const routed = routers(plainFetch);
const streamed = routers(streamFetch);
const least = leastRouter(plainFetch);
const comparisons: OverheadRow[] = [];
for (const [label, bytes] of [
  ['0.6 KB', 600],
  ['21 KB', 21_000],
  ['500 KB', 500_000],
] as const) {
  comparisons.push(
    await compare({
      name: `plain call, ${label} body`,
      direct: create(direct, 'gpt-5-mini', bytes),
      twin: create(twin, 'gpt-5-mini', bytes),
      routed: { call: create(routed.openai, 'feature:plain', bytes), flush: routed.flush },
      maxAddedUs: 10,
      maxRatio: 1.15,
    }),
  );
}
const small = { direct: create(direct, 'gpt-5-mini', 600), twin: create(twin, 'gpt-5-mini', 600) };
comparisons.push(
  await compare({
    name: 'plain call, retries, failover and verdict armed',
    ...small,
    routed: { call: create(routed.openai, 'feature:armed', 600), flush: routed.flush },
    maxAddedUs: 15,
    maxRatio: 1.25,
  }),
  await compare({
    name: 'untouched call through the wrapped client',
    ...small,
    routed: { call: create(routed.openai, 'gpt-5-mini', 600), flush: routed.flush },
    maxAddedUs: 10,
    maxRatio: 1.15,
  }),
  await compare({
    name: 'stream of 50 events',
    direct: stream(client(streamFetch), 'gpt-5-mini'),
    twin: stream(client(streamFetch), 'gpt-5-mini'),
    routed: { call: stream(streamed.openai, 'feature:plain'), flush: streamed.flush },
    maxRatio: 1.1,
  }),
  await compare({
    ...small,
    name: 'of a plain call: the seam alone (name swapped, reply read)',
    routed: { call: create(client(seamAlone(openaiChat, plainFetch)), 'feature:plain', 600), flush: nothing },
  }),
  await compare({
    ...small,
    name: 'of a plain call: the least that routes and keeps its account',
    routed: { call: create(least.openai, 'feature:plain', 600), flush: least.flush },
  }),
  await compare({
    ...small,
    name: 'of a plain call: what its caller waits for',
    routed: { call: create(routed.openai, 'feature:plain', 600), flush: nothing, after: routed.flush },
  }),
);
const decision = { name: 'one cached decision', ns: decisionNs(), maxNs: 200 };
const ok = comparisons.every(comparison => comparison.ok) && decision.ns <= decision.maxNs;

const result: OverheadResult = {
  command: `npm run bench:overhead -- --rounds ${ROUNDS}`,
  machine: thisMachine(),
  seconds: Math.round((performance.now() - startedMs) / 1_000),
  rounds: ROUNDS,
  comparisons,
  decision,
  ok,
};
if (flags.save !== undefined) saveResult(flags.save, result);

if (flags.json) console.log(JSON.stringify(result, null, 2));
else {
  const us = (value: number) => value.toFixed(1);
  console.log(
    table(
      ['what', 'direct µs', 'added µs (quartiles)', 'quiet', 'ratio', 'self', 'bar', ''],
      comparisons.map(row => [
        row.name,
        us(row.directUs),
        `${us(row.addedUs)} (${us(row.addedQuartilesUs[0])} … ${us(row.addedQuartilesUs[1])})`,
        us(row.addedQuietUs),
        `×${row.ratio.toFixed(3)}`,
        `×${row.selfRatio.toFixed(3)}`,
        barOf(row),
        row.maxRatio === undefined ? '' : row.ok ? 'ok' : 'MISSED',
      ]),
    ),
  );
  console.log(`one cached decision: ${decision.ns.toFixed(0)} ns (bar ≤ ${decision.maxNs} ns)`);
}
if (!ok && !flags['no-bars']) process.exitCode = 1;
