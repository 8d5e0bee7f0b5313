/**
 * What pricing costs: resolving a model once at start-up, and then the cost of each call, compared with asking the price book's
 * own package at every call. `npm run -s bench:prices -- [--json] [--rounds 15]`
 */
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { calcPrice } from '@pydantic/genai-prices';
import type { RatesPrice } from '../src/contracts/price-config.ts';
import type { ServedTerms, Usage } from '../src/core/ledger/usage.ts';
import { METERS } from '../src/core/ledger/usage.ts';
import { RATE_KEYS } from '../src/prices/configured-rates.ts';
import { resolvePrice } from '../src/prices/price-book.ts';
import { quartiles, table } from './report.ts';
import { threadCpuUs } from './thread-cpu.ts';

const { values: flags } = parseArgs({
  options: { json: { type: 'boolean', default: false }, rounds: { type: 'string', default: '15' } },
});
const ROUNDS = Number(flags.rounds);
const AT_MS = Date.UTC(2026, 10, 20);

const mini = resolvePrice({ provider: 'openai', model: 'gpt-5-mini' });
const opus = resolvePrice({ provider: 'anthropic', model: 'claude-opus-4-5' });
const long = resolvePrice({ provider: 'openai', model: 'gpt-5.4' });
const gpu = resolvePrice({ provider: 'other', model: 'llama', price: { gpuHourUsd: 2, concurrency: 16 } });

/** A price with a rate of every meter, and every kind of terms. */
const EVERYTHING: RatesPrice = {
  ...(Object.fromEntries(RATE_KEYS.map((key, i) => [key, 0.015 * (i + 1)])) as unknown as RatesPrice),
  longContext: { aboveTokens: 200_000, inputUsdPerMillion: 0.03 },
  tiers: { flex: 0.5 },
  speeds: { fast: 2 },
  regions: { us: 1.1 },
};
const everything = resolvePrice({ provider: 'other', model: 'any', price: EVERYTHING });
const ALL_METERS: Usage = Object.fromEntries(METERS.map((meter, i) => [meter, 100 * i + 1]));

/** As a reply is parsed: its terms are new texts every time. */
const TERMS: readonly ServedTerms[] = Array.from({ length: 64 }, () =>
  JSON.parse('{ "tier": "flex", "speed": "fast", "region": "us" }'),
);

/** Keeps the JavaScript engine from removing a computation whose result is unused. */
let sink = 0;

interface Case {
  readonly name: string;
  readonly calls: number;
  run(i: number): void;
}

type PricedBy = 'cost' | 'unpriced';

function calls(name: string, price: typeof mini, usage: Usage, terms?: readonly ServedTerms[]): readonly Case[] {
  const priced = (kind: PricedBy, run: (usage: Usage, terms: ServedTerms | undefined) => number): Case => ({
    name: `${kind}: ${name}`,
    calls: 200_000,
    run: i => void (sink += run({ ...usage, output: 200 + (i % 7) }, terms?.[i % terms.length])),
  });
  return [
    priced('cost', (usage, terms) => price.cost(usage, AT_MS, terms, 700)),
    priced('unpriced', (usage, terms) => price.unpriced(usage, AT_MS, terms, 700).length),
  ];
}

const CASES: readonly Case[] = [
  ...calls('input and output', mini, { input: 1_000 }),
  ...calls('cache reads and both writes', opus, {
    input: 100,
    cacheRead: 2_000,
    cacheWrite5m: 400,
    cacheWrite1h: 300,
  }),
  ...calls('long context', long, { input: 272_000 }),
  ...calls('flex tier', mini, { input: 1_000 }, [{ tier: 'flex' }]),
  ...calls('every meter; tier, speed and region', everything, ALL_METERS, TERMS),
  ...calls('measured GPU time', gpu, { input: 1_000 }),
  {
    name: 'lines of the bill: cache reads and both writes',
    calls: 100_000,
    run: i =>
      void (sink += opus.lines(
        { input: 100, cacheRead: 2_000, cacheWrite5m: 400, cacheWrite1h: 300, output: 200 + (i % 7) },
        AT_MS,
      ).length),
  },
  {
    name: 'resolving a model, once at start-up',
    calls: 400,
    run: () => void (sink += resolvePrice({ provider: 'openai', model: 'gpt-5-mini' }).id.length),
  },
  {
    name: 'the package’s own calcPrice at every call',
    calls: 2_000,
    run: i =>
      void (sink +=
        calcPrice({ input_tokens: 1_000, output_tokens: 200 + (i % 7) }, 'gpt-5-mini', { providerId: 'openai' })
          ?.total_price ?? 0),
  },
];

/** Time of this thread's CPU, so that other processes on the machine do not count. */
function measure({ name, calls, run }: Case) {
  const round = (): number => {
    const beforeUs = threadCpuUs();
    for (let i = 0; i < calls; i++) run(i);
    return ((threadCpuUs() - beforeUs) * 1_000) / calls;
  };
  round();
  const { lower, median, upper } = quartiles(Array.from({ length: ROUNDS }, round));
  return { name, ns: median, quartilesNs: [lower, upper] as const };
}

const results = CASES.map(measure);
const machine = { node: process.version, cpu: cpus()[0]?.model ?? '', cores: cpus().length };
if (flags.json) console.log(JSON.stringify({ machine, rounds: ROUNDS, results, checksum: sink }, null, 2));
else {
  const ns = (value: number): string => (value < 1_000 ? `${value.toFixed(0)} ns` : `${(value / 1_000).toFixed(1)} µs`);
  const rows = results.map(({ name, ns: median, quartilesNs: [lower, upper] }) => [
    name,
    ns(median),
    `${ns(lower)} … ${ns(upper)}`,
  ]);
  console.log(`${machine.node}, ${machine.cores} × ${machine.cpu}\n${table(['what', 'median', 'quartiles'], rows)}`);
}
