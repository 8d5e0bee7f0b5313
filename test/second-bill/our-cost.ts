/** What the router makes of a reply: its wires read it, its prices price it, its engine writes the attempt. */
import type { ModelConfig } from '../../src/config/application.ts';
import { resolveConfig } from '../../src/config/resolve.ts';
import type { ResolvedModel } from '../../src/config/resolved.ts';
import type { PriceConfig } from '../../src/contracts/price-config.ts';
import type { ReplyFacts, Wire } from '../../src/contracts/wire.ts';
import type { Attempt } from '../../src/core/ledger/vocabulary.ts';
import { attemptOf } from '../../src/engine/attempts/attempt.ts';
import { fixed } from '../../src/policies/fixed.ts';
import { anthropicMessages } from '../../src/wires/anthropic-messages.ts';
import { openaiChat } from '../../src/wires/openai-chat.ts';
import { openaiResponses } from '../../src/wires/openai-responses.ts';
import type { Dice } from './draw-sale.ts';
import type { ModelName, Row } from './published-rates.ts';
import { PUBLISHED, published } from './published-rates.ts';
import type { Reply } from './reply-of.ts';
import type { Sale } from './sale.ts';

/** A day on which all the published rates were in force. */
export const SOLD_AT_MS = Date.UTC(2026, 10, 29, 12);

const rate = (decimal: string | undefined) => (decimal === undefined ? undefined : Number(decimal));

const takesStated = (name: ModelName) => name === 'openrouter' || name.endsWith('-stated');

/** The price that a customer configures for a model of a compatible vendor; the price book has those of OpenAI and Anthropic. */
function priceConfigOf(name: ModelName): PriceConfig {
  const price = published(name);
  const cells = ({ input, output, cacheRead, cacheWrite, cacheWrite1h, audioInput, audioOutput }: Row) => ({
    inputUsdPerMillion: Number(input),
    outputUsdPerMillion: Number(output),
    cacheReadUsdPerMillion: rate(cacheRead),
    cacheWrite5mUsdPerMillion: rate(cacheWrite),
    cacheWrite1hUsdPerMillion: rate(cacheWrite1h),
    inputAudioUsdPerMillion: rate(audioInput),
    outputAudioUsdPerMillion: rate(audioOutput),
  });
  const rates = {
    ...cells(price),
    webSearchUsdPerThousand: rate(price.webSearch),
    fileSearchUsdPerThousand: rate(price.fileSearch),
    codeSessionUsd: rate(price.container),
    perRequestUsd: rate(price.perRequest),
    imageGenInputUsdPerMillion: rate(price.imageTool?.text),
    imageGenInputImageUsdPerMillion: rate(price.imageTool?.image),
    imageGenOutputUsdPerMillion: rate(price.imageTool?.output),
    longContext: price.long && { aboveTokens: price.long.above, ...cells(price.long) },
    tiers: price.halfPrice && { [price.halfPrice]: 0.5, ...(price.priority && { priority: cells(price.priority) }) },
    speeds: price.fast && { fast: Number(price.fast) },
    regions: price.us && { us: 1.1 },
    discount: price.percentOff && Number(price.percentOff) / 100,
    ...(takesStated(name) && { reported: true }),
  };
  return withoutHoles(rates) as unknown as PriceConfig;
}

/** Without the keys that have no value, at any depth. */
function withoutHoles<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).filter(([, each]) => each !== undefined);
  return Object.fromEntries(entries.map(([key, each]) => [key, withoutHoles(each)])) as T;
}

export function modelConfigs(baseURL = 'https://llm.example'): Record<ModelName, ModelConfig> {
  const entries = (Object.keys(PUBLISHED) as ModelName[]).map((name): [string, ModelConfig] => {
    const { vendor } = published(name);
    if (vendor === 'compatible') {
      return [name, { provider: 'openai', model: name, baseURL: `${baseURL}/${name}`, price: priceConfigOf(name) }];
    }
    return [name, { provider: vendor, model: name }];
  });
  return Object.fromEntries(entries) as Record<ModelName, ModelConfig>;
}

let resolved: ReadonlyMap<string, ResolvedModel> | undefined;
function modelOf(name: ModelName): ResolvedModel {
  resolved ??= resolveConfig(
    {
      models: modelConfigs(),
      features: { any: { candidates: ['gpt-5'], failureCostUsd: 1 } },
    },
    { policy: fixed('gpt-5') },
  ).models;
  return resolved.get(name) as ResolvedModel;
}

const WIRES: Readonly<Record<Sale['api'], Wire>> = {
  chat: openaiChat,
  responses: openaiResponses,
  messages: anthropicMessages,
};

function factsOf(wire: Wire, { isStream, body }: Reply, on: Dice): ReplyFacts | undefined {
  if (!isStream) return wire.reply(JSON.parse(body));
  const reader = wire.reader({ hidesUsageChunk: false, wantsText: false });
  const bytes = new TextEncoder().encode(body);
  for (let at = 0; at < bytes.length; ) {
    const end = at + on.whole(1, bytes.length);
    reader.push(bytes.subarray(at, end));
    at = end;
  }
  reader.end();
  return reader.facts();
}

export type OurCost = Pick<Attempt, 'costNanoUsd' | 'provenance' | 'unpriced'>;

/** @param on cuts a stream into pieces */
export function ourCost(sale: Sale, reply: Reply, on: Dice): OurCost {
  const facts = factsOf(WIRES[sale.api], reply, on);
  if (facts?.usage === undefined) throw new Error('the reader found no usage');
  return attemptOf(
    {
      kind: 'first',
      requestId: 'r',
      turn: 1,
      model: modelOf(sale.asked),
      node: 'only',
      startedAtMs: SOLD_AT_MS,
      latencyMs: 1,
      result: { status: 'ok', httpStatus: 200, answer: { ...facts, usage: facts.usage, provenance: 'reported' } },
    },
    () => {},
  );
}
