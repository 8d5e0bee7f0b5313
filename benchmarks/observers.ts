/**
 * What observers add to a routed call, with a stubbed `fetch` so that nothing but code is measured. Above all: that
 * OpenTelemetry without a registered provider costs nothing. Routers with and without an observer alternate in one process,
 * batch by batch, beside a second router without any (self against self, the noise floor). The bars apply to the fastest
 * tenth of the batches, because other load on the machine can only slow a batch down.
 *
 *   npm run -s bench:observers -- [--json] [--rounds 300] [--no-bars]
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import {
  AggregationTemporality,
  InMemoryMetricExporter,
  MeterProvider,
  PeriodicExportingMetricReader,
} from '@opentelemetry/sdk-metrics';
import type { ReadableSpan, SpanExporter } from '@opentelemetry/sdk-trace-base';
import { BasicTracerProvider, SimpleSpanProcessor } from '@opentelemetry/sdk-trace-base';
import { seededRandom } from '../src/core/math/random.ts';
import { createRouter } from '../src/index.ts';
import { log } from '../src/observers/log.ts';
import type { Observer } from '../src/contracts/observer.ts';
import { opentelemetry } from '../src/observers/opentelemetry.ts';
import { quartiles, table } from './report.ts';

const { values: flags } = parseArgs({
  options: {
    json: { type: 'boolean', default: false },
    rounds: { type: 'string', default: '300' },
    'no-bars': { type: 'boolean', default: false },
  },
});
const ROUNDS = Number(flags.rounds);
const CALLS = 50;
/** Relative to the fastest possible call, without a network and without an SDK: 5 % of it is about a microsecond. */
const MAX_IDLE_RATIO = 1.05;

const REPLY = JSON.stringify({
  id: 'chatcmpl-bench',
  object: 'chat.completion',
  created: 1_790_000_000,
  model: 'gpt-5-mini',
  choices: [{ index: 0, message: { role: 'assistant', content: 'forty-two', refusal: null }, finish_reason: 'stop' }],
  usage: { prompt_tokens: 120, completion_tokens: 20, total_tokens: 140 },
});

type Call = () => Promise<unknown>;

function routedCall(observers: readonly Observer[]): Call {
  const price = { inputUsdPerMillion: 1, outputUsdPerMillion: 4 };
  const router = createRouter({
    models: { mini: { provider: 'openai', model: 'gpt-5-mini', price } },
    features: { plain: { candidates: ['mini'], failureCostUsd: 15 } },
    observers,
    seed: 1,
  });
  const body = JSON.stringify({ model: 'feature:plain', messages: [{ role: 'user', content: 'x'.repeat(500) }] });
  return async () => {
    const response = await router.fetch('http://127.0.0.1:9/v1/chat/completions', { method: 'POST', body });
    return response.json();
  };
}

const headers = { 'content-type': 'application/json', 'x-request-id': 'req_bench' };
globalThis.fetch = async () => new Response(REPLY, { headers });

const discard: SpanExporter = {
  export: (_: readonly ReadableSpan[], done) => done({ code: 0 }),
  shutdown: async () => {},
};
const tracerProvider = new BasicTracerProvider({ spanProcessors: [new SimpleSpanProcessor(discard)] });
const meterProvider = new MeterProvider({
  readers: [
    new PeriodicExportingMetricReader({
      exporter: new InMemoryMetricExporter(AggregationTemporality.DELTA),
      exportIntervalMillis: 3_600_000,
    }),
  ],
});

const SIDES: Readonly<Record<string, Call>> = {
  none: routedCall([]),
  'none again': routedCall([]),
  'opentelemetry, no provider registered': routedCall([opentelemetry()]),
  log: routedCall([log({ write: () => {} })]),
  'opentelemetry, spans and metrics': routedCall([opentelemetry({ tracerProvider, meterProvider })]),
};

async function batch(call: Call): Promise<number> {
  const started = process.hrtime.bigint();
  for (let i = 0; i < CALLS; i++) await call();
  return Number(process.hrtime.bigint() - started) / CALLS / 1_000;
}

for (const call of Object.values(SIDES)) for (let i = 0; i < 5; i++) await batch(call);
const random = seededRandom('observers');
const rounds: Record<string, number>[] = [];
for (let round = 0; round < ROUNDS; round++) {
  const times: Record<string, number> = {};
  const order = Object.entries(SIDES)
    .map(([name, call]) => ({ name, call, at: random.next() }))
    .sort((a, b) => a.at - b.at);
  for (const { name, call } of order) times[name] = await batch(call);
  rounds.push(times);
}

/** Median of the fastest tenth, µs per call. */
function fastest(name: string): number {
  const times = rounds.map(round => round[name] ?? Number.NaN).sort((a, b) => a - b);
  const tenth = times.slice(0, Math.max(1, Math.round(times.length / 10)));
  return quartiles(tenth).median;
}

const noneUs = (fastest('none') + fastest('none again')) / 2;
const results = Object.keys(SIDES).map(name => {
  const us = fastest(name);
  return { observers: name, us, addedUs: us - noneUs, ratio: us / noneUs };
});
const idle = results.find(({ observers }) => observers.includes('no provider'));
const ok = idle !== undefined && idle.ratio <= MAX_IDLE_RATIO;
const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length };
if (flags.json)
  console.log(JSON.stringify({ machine, rounds: ROUNDS, maxIdleRatio: MAX_IDLE_RATIO, results, ok }, null, 2));
else {
  const rows = results.map(({ observers, us, addedUs, ratio }) => [
    observers,
    us.toFixed(1),
    addedUs.toFixed(1),
    `×${ratio.toFixed(3)}`,
  ]);
  console.log(`${machine.node}, ${machine.cores} × ${machine.cpu}`);
  console.log(table(['observers', 'µs a call', 'added µs', 'ratio'], rows));
  console.log(`without a provider: ×${idle?.ratio.toFixed(3)} (bar ≤ ×${MAX_IDLE_RATIO}) ${ok ? 'ok' : 'MISSED'}`);
}
if (!ok && !flags['no-bars']) process.exitCode = 1;
process.exit();
