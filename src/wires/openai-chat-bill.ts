/** Reads the bill of a chat completion, whether it comes whole or in chunks. */
import type { BilledCall, Usage } from '../core/ledger/usage.ts';
import { inputTokens } from '../core/ledger/usage.ts';
import { sumOfUsage } from './canonical-usage.ts';
import { citesWeb, field, fieldsOf, listField, listOf, stringField } from './json-fields.ts';
import type { UsageReading } from './openai-usage.ts';
import { readUsage, statedTokens, tierOf, tierOfUsage } from './openai-usage.ts';
import type { ReplyBill } from './reply-bill.ts';
import { addUnpriced, unlessEmpty } from './reply-bill.ts';
import { statedCost } from './stated-cost.ts';

/** Information from the chunks so far. */
export interface ChatBill {
  /** The usage that counts: the last one, because the counts of a stream grow. */
  usage: unknown;
  hasUsage: boolean;
  /** The index of the choice that came first. */
  firstChoice: unknown;
  hasSeveralChoices: boolean;
  /** The usage came in a choice. With several choices, the usage of the others is not known. */
  isOfChoice: boolean;
  tier: string | undefined;
  /** Groq's flex tier has the price of its standard tier: console.groq.com/docs/flex-processing. */
  isGroq: boolean;
  /** The gateway's statement of its cost. */
  gateway: unknown;
  /** The usage of each model of a compound system. */
  breakdown: unknown;
  hasSearched: boolean;
  hasRunTools: boolean;
  /** Moonshot bills each call of its own tool, which the application sends back to it. */
  readonly searchCalls: Set<string>;
  /** Kinds of media that the model produced. */
  readonly media: Set<string>;
}

export function newChatBill(): ChatBill {
  return {
    usage: undefined,
    hasUsage: false,
    firstChoice: undefined,
    hasSeveralChoices: false,
    isOfChoice: false,
    tier: undefined,
    isGroq: false,
    gateway: undefined,
    breakdown: undefined,
    hasSearched: false,
    hasRunTools: false,
    searchCalls: new Set(),
    media: new Set(),
  };
}

/** Reads a whole reply, or the next chunk of a stream; true when it states its usage. */
export function readChatBill(bill: ChatBill, json: unknown): boolean {
  const { service_tier_used, service_tier, web_search, x_groq: groq, usage_breakdown, usage, choices } = fieldsOf(json);
  const tier = service_tier_used ?? service_tier;
  // `auto` is the requested tier, not the one that served the reply.
  if (tier !== 'auto') bill.tier = tierOf(tier) ?? bill.tier;
  bill.hasSearched ||= listOf(web_search).length > 0;
  bill.gateway = gatewayOf(json) ?? bill.gateway;
  let isStated = false;
  for (const choice of listOf(choices)) if (readChoice(bill, choice)) isStated = true;
  bill.isGroq ||= groq !== undefined;
  bill.breakdown = usage_breakdown ?? field(groq, 'usage_breakdown') ?? bill.breakdown;
  if (take(bill, usage) || take(bill, field(groq, 'usage'))) {
    bill.isOfChoice = false;
    isStated = true;
  }
  return isStated;
}

function readChoice(bill: ChatBill, choice: unknown): boolean {
  const { message: whole, delta, index: given, usage } = fieldsOf(choice);
  const message = whole ?? delta;
  const { executed_tools, audio, images, videos, content, tool_calls } = fieldsOf(message);
  bill.hasSearched ||= citesWeb(message);
  bill.hasRunTools ||= listOf(executed_tools).length > 0;
  if (audio instanceof Object) bill.media.add('audio');
  if (listOf(images).length > 0) bill.media.add('images');
  if (listOf(videos).length > 0) bill.media.add('videos');
  for (const part of listOf(content)) {
    const medium = MEDIA.get(MEDIUM.exec(stringField(part, 'type') ?? '')?.[1]);
    if (medium !== undefined) bill.media.add(medium);
  }
  const index = given ?? 0;
  for (const [position, call] of listOf(tool_calls).entries())
    if (field(field(call, 'function'), 'name') === '$web_search')
      bill.searchCalls.add(JSON.stringify([index, field(call, 'index') ?? position]));
  bill.gateway = gatewayOf(message) ?? bill.gateway;
  bill.firstChoice ??= index;
  bill.hasSeveralChoices ||= bill.firstChoice !== index;
  if (!take(bill, usage)) return false;
  bill.isOfChoice = true;
  return true;
}

/** The type of a content part with media, and the member of a message that contains media elsewhere. */
const MEDIUM = /^(?:output_|input_)?(image|audio|video)(?:_url)?$/;
const MEDIA: ReadonlyMap<string | undefined, string> = new Map([
  ['image', 'images'],
  ['audio', 'audio'],
  ['video', 'videos'],
]);

function gatewayOf(holder: unknown): unknown {
  return field(field(holder, 'provider_metadata'), 'gateway');
}

/** A usage without counts is kept only until one with counts comes: its invalid fields are reported. */
function take(bill: ChatBill, found: unknown): boolean {
  if (found === undefined || found === null) return false;
  const tokens = statedTokens(found);
  // Some vendors end with a usage of zeros.
  if (!bill.hasUsage || (tokens ?? 0) > 0) bill.usage = found;
  bill.hasUsage ||= tokens !== undefined;
  return tokens !== undefined;
}

/** Models that search the web for every answer. Those named `preview` search as the older tool of the Responses API does, at its price. */
const SEARCH_MODEL = /-search-(preview|api)/;

/** @param model the name of the model that answered */
export function chatBillFacts(bill: ChatBill, model: string | undefined): ReplyBill {
  const reading = readUsage(bill.usage);
  const { unpriced } = reading;
  if (bill.isOfChoice && bill.hasSeveralChoices) addUnpriced(unpriced, 'choices.usage');
  if (bill.hasRunTools) addUnpriced(unpriced, 'choices.executed_tools');
  // Without separate counts, images and speech are counted in the output like text, although their price differs.
  const { outputImage: images, outputAudio: audio } = reading.usage ?? {};
  const counted: Readonly<Record<string, number | undefined>> = { images, audio };
  for (const medium of bill.media) if (!counted[medium]) addUnpriced(unpriced, `choices.message.${medium}`);
  const searching = model === undefined ? null : SEARCH_MODEL.exec(model);
  const hasSearched = bill.hasSearched || searching !== null;
  const meter = searching?.[1] === 'preview' ? 'webSearchPreview' : 'webSearch';
  const searches = Math.max(bill.searchCalls.size, hasSearched ? 1 : 0);
  const search = searches > 0 && !reading.hasSearches ? { [meter]: searches } : undefined;
  const { usage, calls } = withCalls(reading, bill.breakdown, search);
  return {
    usage,
    calls,
    partialUsage: reading.usage === undefined ? unlessEmpty({ ...reading.partialUsage, ...search }) : undefined,
    unpriced: unpriced.length > 0 ? unpriced : undefined,
    statedCost: statedCost(bill.usage, bill.gateway),
    tier: bill.isGroq && bill.tier === 'flex' ? 'standard' : (bill.tier ?? tierOfUsage(bill.usage)),
    speed: reading.speed,
    region: reading.region,
  };
}

/** Groq's compound systems report which models made the reply: each is billed separately. */
function withCalls(
  { usage, unpriced }: UsageReading,
  breakdown: unknown,
  search: Usage | undefined,
): Pick<ReplyBill, 'usage' | 'calls'> {
  if (usage === undefined) return NOTHING;
  const total = search === undefined ? usage : { ...usage, ...search };
  const models = listField(breakdown, 'models');
  if (models.length === 0) return { usage: total };
  const calls = models.map((entry): BilledCall => {
    const reading = readUsage(field(entry, 'usage'));
    for (const path of reading.unpriced) addUnpriced(unpriced, path);
    return { model: stringField(entry, 'model'), usage: reading.usage ?? {} };
  });
  const sum = sumOfUsage(calls.map(call => call.usage));
  if (inputTokens(sum) !== inputTokens(usage) || sum.output !== usage.output) {
    addUnpriced(unpriced, 'usage_breakdown');
    return { usage: total };
  }
  if (search === undefined) return { usage: sum, calls };
  return { usage: { ...sum, ...search }, calls: [...calls, { usage: search }] };
}

const NOTHING = Object.freeze({});
