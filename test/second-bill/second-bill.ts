/**
 * The second bill: what a vendor charges for a sale, by the rules that it publishes, in whole pico-dollars until each line is
 * rounded. It was written from those rules and the SDKs' doc comments alone, before the code that it checks was read.
 */
import type { ModelName, Published, Row } from './published-rates.ts';
import { published } from './published-rates.ts';
import type { Call, Sale, Tokens } from './sale.ts';

export interface Bill {
  readonly nanoUsd: bigint;
  /** Why the amount is only an estimate: something may be billed for which there is no published price. */
  readonly doubts: readonly string[];
  /** Nothing published says what the doubted part costs, not even whether the rest changes: the amount is not compared. */
  readonly isAmountOpen?: boolean;
}

/** "0.125" dollars a million tokens is 125,000 pico-dollars a token; `perUnit` 1: dollars a unit. */
function picoUsd(decimal: string, perUnit: 1_000_000n | 1_000n | 1n): bigint {
  const [whole = '0', places = ''] = decimal.split('.');
  const scaled = BigInt(whole + places.padEnd(12, '0'));
  if (places.length > 12 || scaled % perUnit !== 0n) throw new Error(`${decimal} is finer than a pico-dollar a unit`);
  return scaled / perUnit;
}

const halfUp = (amount: bigint, unit: bigint) => (2n * amount + unit) / (2n * unit);

/** A rate after multipliers is a whole number of pico-dollars again; a line is a whole number of nano-dollars. */
interface Factor {
  readonly over: bigint;
  readonly under: bigint;
}

class Lines {
  total = 0n;
  add(count: number, rate: bigint, factor: Factor): void {
    this.total += halfUp(BigInt(count) * halfUp(rate * factor.over, factor.under), 1_000n);
  }
}

const inputOf = (tokens: Tokens) =>
  tokens.input + tokens.cacheRead + tokens.cacheWrite + tokens.cacheWrite1h + tokens.audioInput;

/**
 * - "The premium rates apply when the input exceeds the threshold", and the input is input_tokens, cache reads and cache
 *   writes together; then every token of the request is charged at them (so at Anthropic, OpenAI and xAI).
 * - A call inside a reply is a request of its own.
 */
function rowOf(price: Published, tokens: Tokens, tier: string | undefined): Row {
  if (tier === 'priority' && price.priority !== undefined) return { ...price, ...price.priority };
  const isLong = price.long !== undefined && inputOf(tokens) > price.long.above;
  return isLong ? { ...price, ...price.long } : price;
}

/** OpenAI bills an ordinary tier under several names, and so do vendors that speak its API. */
const STANDARD_TIERS = new Set([undefined, 'default', 'auto', 'standard', 'on_demand']);

function addTokens(lines: Lines, call: Call, sale: Sale, doubts: Set<string>, model = call.model): void {
  // A call without tokens costs nothing, however it was served.
  if (inputOf(call.tokens) + call.tokens.output + call.tokens.audioOutput === 0) return;
  const price = published(model);
  const factor = discountOf(price);
  const tier = sale.tier === 'fast' ? 'priority' : sale.tier;
  if (!STANDARD_TIERS.has(tier)) {
    // Batch and flex are half of every rate. Anthropic's priority tier is a contract, without a list price.
    if (tier === price.halfPrice) factor.under *= 2n;
    else if (tier !== 'priority' || price.priority === undefined) doubts.add(`tier ${tier}`);
  }
  if (sale.speed !== undefined && sale.speed !== 'standard') {
    if (sale.speed === 'fast' && price.fast !== undefined) factor.over *= price.fast;
    else doubts.add(`speed ${sale.speed}`);
  }
  if (sale.region !== undefined && sale.region !== 'global' && sale.region !== 'not_available') {
    if (sale.region === 'us' && price.us === 'more') {
      factor.over *= 11n;
      factor.under *= 10n;
    } else if (sale.region !== 'us' || price.us === undefined) doubts.add(`region ${sale.region}`);
  }
  const row = rowOf(price, call.tokens, tier);
  const { tokens } = call;
  const rate = (decimal: string) => picoUsd(decimal, 1_000_000n);
  lines.add(tokens.input, rate(row.input), factor);
  // A vendor without a price for a cache has no discount and no fee on it.
  lines.add(tokens.cacheRead, rate(row.cacheRead ?? row.input), factor);
  lines.add(tokens.cacheWrite, rate(row.cacheWrite ?? row.input), factor);
  lines.add(tokens.cacheWrite1h, rate(row.cacheWrite1h ?? row.cacheWrite ?? row.input), factor);
  // Reasoning, rejected predictions and the like are part of the output ("still counted in the total completion tokens").
  lines.add(tokens.output, rate(row.output), factor);
  if (tokens.audioInput > 0) {
    if (row.audioInput === undefined) doubts.add('audio');
    lines.add(tokens.audioInput, rate(row.audioInput ?? row.input), factor);
  }
  if (tokens.audioOutput > 0) {
    if (row.audioOutput === undefined) doubts.add('audio');
    lines.add(tokens.audioOutput, rate(row.audioOutput ?? row.output), factor);
  }
}

function discountOf({ percentOff = 0n }: Published): { over: bigint; under: bigint } {
  return { over: 100n - percentOff, under: 100n };
}

function addTools(lines: Lines, sale: Sale, price: Published, doubts: Set<string>): void {
  const { searches, fileSearches, codeRuns, image } = sale.tools;
  const paid = discountOf(price);
  // "web_search.num_requests counts billable searches … actions such as opening a page are excluded." Web fetches are free.
  // No tier, speed or region changes the price of a search.
  if (searches > 0) {
    if (price.webSearch === undefined) doubts.add('web search');
    else lines.add(searches, picoUsd(price.webSearch, 1_000n), paid);
  }
  if (fileSearches > 0) {
    if (price.fileSearch === undefined) doubts.add('file search');
    else lines.add(fileSearches, picoUsd(price.fileSearch, 1_000n), paid);
  }
  const containers = new Set(codeRuns).size;
  if (containers > 0) {
    if (price.container === undefined) doubts.add('container');
    else lines.add(containers, picoUsd(price.container, 1n), paid);
  }
  if (image !== undefined && image.text + image.image + image.output > 0) {
    if (price.imageTool === undefined) doubts.add('image tool');
    else {
      lines.add(image.text, picoUsd(price.imageTool.text, 1_000_000n), paid);
      lines.add(image.image, picoUsd(price.imageTool.image, 1_000_000n), paid);
      lines.add(image.output, picoUsd(price.imageTool.output, 1_000_000n), paid);
    }
  }
  if (price.perRequest !== undefined) lines.add(1, picoUsd(price.perRequest, 1n), paid);
}

/** An amount that a reply states: the decimal text to nano-dollars, half up. */
function statedNano(decimal: string): bigint {
  const [mantissa = '0', exponent = '0'] = decimal.toLowerCase().split('e');
  const [whole = '0', places = ''] = mantissa.split('.');
  const shift = 9 + Number(exponent) - places.length;
  const digits = BigInt(whole + places);
  return shift >= 0 ? digits * 10n ** BigInt(shift) : halfUp(digits, 10n ** BigInt(-shift));
}

/** A call of an unknown kind; an image that some model wrote as text. */
const OPEN = new Set<Sale['oddity']>(['iteration', 'svg']);

export function secondBill(sale: Sale): Bill {
  const doubts = new Set<string>();
  if (sale.oddity !== undefined) doubts.add(sale.oddity);

  // "You are no longer billed for a request when it returns stop_reason: refusal without Claude having generated any output."
  if (sale.isRefused === true) return { nanoUsd: 0n, doubts: [...doubts] };

  if (sale.stated !== undefined) {
    const { usd, upstreamUsd } = sale.stated;
    if (usd !== undefined && upstreamUsd === undefined) return { nanoUsd: statedNano(usd), doubts: [...doubts] };
    if (usd !== undefined && typeof upstreamUsd === 'string') {
      return { nanoUsd: statedNano(usd) + statedNano(upstreamUsd), doubts: [...doubts] };
    }
    doubts.add('no whole cost is stated');
  }

  const lines = new Lines();
  // A vendor that lists its calls says whose each is; else the reply's model made the one call there was.
  const writer: ModelName = sale.served ?? sale.asked;
  // "Every attempt that generated output, also one that declined midway, is billed at the rates of the model that ran it.
  // usage.iterations is the record of what you are billed for; the top-level counts describe the attempt that produced the
  // message" (refusals and fallback, as QuantumNous/new-api#7162 quotes it; so do ccusage#1552 and BerriAI/litellm#39294).
  // An attempt without output is free, as a whole reply would be.
  for (const call of sale.calls) {
    const isDeclined = call.type === 'message' && call.model !== writer;
    if (sale.isItemised && isDeclined && call.tokens.output === 0) continue;
    addTokens(lines, call, sale, doubts, sale.isItemised ? call.model : writer);
  }
  addTools(lines, sale, published(writer), doubts);

  if (!sale.isItemised && sale.served !== sale.asked) doubts.add(`served by ${sale.namedAs}`);
  return { nanoUsd: lines.total, doubts: [...doubts], isAmountOpen: OPEN.has(sale.oddity) };
}
