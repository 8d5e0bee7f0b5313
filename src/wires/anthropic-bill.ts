/**
 * Reads what Anthropic bills for a reply: its own tokens, the calls inside it, searches. Sources: the doc comments of the
 * vendor's SDK, and its pages on refusals and fallback, the advisor tool and pricing, as of November 2026.
 */
import type { BilledCall, PartialUsage, Usage } from '../core/ledger/usage.ts';
import type { AnthropicContent, Handover } from './anthropic-content.ts';
import type { AnthropicTokens } from './anthropic-usage.ts';
import { anthropicCounts, anthropicInputUsage, anthropicStatedUsage, anthropicTokens } from './anthropic-usage.ts';
import { sumOfUsage, withoutZeros } from './canonical-usage.ts';
import { field, listField, stringField } from './json-fields.ts';
import type { Counts, ReplyBill } from './reply-bill.ts';
import { addUnpriced, hasNumber, unlessEmpty } from './reply-bill.ts';

/** The parts of the message itself that decide what is billed. */
export interface AnthropicReplyEnd {
  /** The model that wrote the reply. */
  readonly model: string | undefined;
  readonly stopReason: unknown;
  /** The category in which the model declined, if it did. */
  readonly category: string | undefined;
  readonly content: AnthropicContent;
}

type Bill = Pick<ReplyBill, 'usage' | 'calls' | 'unpriced'>;

const NO_TOKENS: AnthropicTokens = { input: 0, cacheRead: 0, cacheWrite5m: 0, cacheWrite1h: 0, output: 0 };

/** Maximum number of calls that the ledger keeps of one reply. */
const MAX_CALLS = 200;

/** What a whole reply is billed for by its usage object. @param usage as the reply, or the end of its stream, reports it */
export function anthropicBill(usage: unknown, end: AnthropicReplyEnd): Bill {
  const unpriced: string[] = [];
  for (const name of end.content.unknown) addUnpriced(unpriced, `content.${name}`);
  const counts = anthropicCounts(usage, 'usage', unpriced);
  const totals = anthropicTokens(counts);
  const iterations = field(usage, 'iterations');
  if (!Array.isArray(iterations) && hasNumber(iterations)) addUnpriced(unpriced, 'usage.iterations');
  const billed = totals && billOf(listField(usage, 'iterations'), { counts, totals, end, unpriced });
  return { ...billed, unpriced: unpriced.length === 0 ? undefined : unpriced };
}

/**
 * The known counts of an incomplete usage, and those that the blocks of the reply show. @param isWhole the usage is that of a
 * whole reply: for an unfinished stream, only the input is known
 */
export function anthropicPartialUsage(
  usage: unknown,
  content: AnthropicContent,
  isWhole = false,
): PartialUsage | undefined {
  const counts = anthropicCounts(usage, 'usage', []);
  const webSearch = Math.max(counts.webSearch ?? 0, content.webSearches);
  const { input: _, output: __, ...tools } = withoutZeros(countedMeters({ ...counts, webSearch }, content));
  return unlessEmpty({ ...(isWhole ? anthropicStatedUsage(counts) : anthropicInputUsage(counts)), ...tools });
}

/** One of the calls inside a reply. `isOwn`: its tokens are included in the totals. */
interface ReplyCall {
  readonly model?: string | undefined;
  readonly tokens: AnthropicTokens;
  readonly isOwn: boolean;
}

interface ReplyUsage {
  readonly counts: Counts;
  readonly totals: AnthropicTokens;
  readonly end: AnthropicReplyEnd;
  readonly unpriced: string[];
}

function billOf(iterations: readonly unknown[], usage: ReplyUsage): Bill {
  const { counts, totals, end } = usage;
  const calls = iterations.length > 0 ? callsOf(iterations, usage) : ownCall(totals, end);
  const counted = countedMeters(counts, end.content);
  const own = calls.findLast(call => call.isOwn) ?? calls[0] ?? { tokens: NO_TOKENS, isOwn: true };
  const billed = (calls.length > 0 ? calls : [own]).map(
    (call): BilledCall => ({
      model: call.model,
      usage: withoutZeros(call === own ? { ...call.tokens, ...counted } : call.tokens),
    }),
  );
  const sum = sumOfUsage(billed.map(call => call.usage));
  const isOne = billed.length === 1 && own.model === undefined;
  return {
    usage: withoutZeros({ ...sum, reasoning: Math.min(counts.reasoning ?? 0, sum.output ?? 0) }),
    calls: isOne ? undefined : billed,
  };
}

/** Models that decline before any output are paid for in these categories only (since 24 September 2026). */
const CHARGED_REFUSALS: ReadonlySet<string> = new Set(['bio', 'frontier_llm', 'reasoning_extraction']);

function isFree({ output }: AnthropicTokens, category: string | undefined): boolean {
  return output === 0 && !CHARGED_REFUSALS.has(category ?? '');
}

function ownCall(tokens: AnthropicTokens, { stopReason, category }: AnthropicReplyEnd): readonly ReplyCall[] {
  return stopReason === 'refusal' && isFree(tokens, category) ? [] : [{ tokens, isOwn: true }];
}

/**
 * The calls of a reply. The totals omit compactions and advisors, and, with a fallback model, all attempts except the one that
 * answered; some versions of the API omit later turns. So each iteration is billed as a call of its own. This is also right where
 * a price depends on the length of the input: the totals add up inputs that no model read at once. Counts that are in the totals
 * and in no iteration are billed too.
 */
function callsOf(iterations: readonly unknown[], { totals, end, unpriced }: ReplyUsage): readonly ReplyCall[] {
  const calls: ReplyCall[] = [];
  const hasFallback =
    end.content.handovers.length > 0 || iterations.some(entry => field(entry, 'type') === 'fallback_message');
  const isRefusal = end.stopReason === 'refusal';
  if (iterations.length > MAX_CALLS) addUnpriced(unpriced, 'usage.iterations');
  let inTotals = NO_TOKENS;
  for (const [index, entry] of iterations.slice(0, MAX_CALLS).entries()) {
    const type = stringField(entry, 'type') ?? '';
    const path = `usage.iterations.${type}`;
    const counts = anthropicCounts(entry, path, unpriced);
    const isOwn = type === 'message' || type === 'fallback_message';
    // If an iteration does not state the lifetime of its cache writes, the totals do.
    const tokens = anthropicTokens(counts, isOwn ? minus(totals, inTotals).cacheWrite1h : 0);
    if (tokens === undefined || !(isOwn || type === 'compaction' || type === 'advisor_message')) {
      addUnpriced(unpriced, path);
      continue;
    }
    const named = stringField(entry, 'model');
    const handover = type === 'message' && hasFallback && named !== end.model ? handoverOf(named, end) : undefined;
    if (isOwn && handover === undefined) inTotals = plus(inTotals, tokens);
    const ending = handover ?? (isRefusal && index === iterations.length - 1 ? end : undefined);
    if (isNothing(tokens) || (ending !== undefined && isFree(tokens, ending.category))) continue;
    if (named === undefined && (type === 'advisor_message' || handover !== undefined)) {
      addUnpriced(unpriced, `${path}.model`);
    }
    const model = named ?? handover?.from;
    calls.push({ model: type === 'message' && model === end.model ? undefined : model, tokens, isOwn });
  }
  const rest = minus(totals, inTotals);
  return isNothing(rest) ? calls : [...calls, { tokens: rest, isOwn: true }];
}

/** The handover of a model that declined: its message precedes that of the answering model. */
function handoverOf(model: string | undefined, { content: { handovers } }: AnthropicReplyEnd): Handover {
  return handovers.find(({ from }) => from === model) ?? handovers[0] ?? { from: undefined, category: undefined };
}

/** Meters that count something other than tokens. */
function countedMeters(
  { webSearch: searches, webFetch = 0, codeRuns = 0 }: Counts,
  { webSearches, hasRunCode }: AnthropicContent,
): Usage {
  const webSearch = searches ?? webSearches;
  // Code execution costs by the hour, after a free quota; with the web tools it is free.
  return { webSearch, codeSession: (hasRunCode || codeRuns > 0) && webSearch + webFetch === 0 ? 1 : 0 };
}

function isNothing(tokens: AnthropicTokens): boolean {
  return Object.values(tokens).every(count => count === 0);
}

function plus(one: AnthropicTokens, other: AnthropicTokens): AnthropicTokens {
  return {
    input: one.input + other.input,
    cacheRead: one.cacheRead + other.cacheRead,
    cacheWrite5m: one.cacheWrite5m + other.cacheWrite5m,
    cacheWrite1h: one.cacheWrite1h + other.cacheWrite1h,
    output: one.output + other.output,
  };
}

/**
 * The counts minus those of `other`. Cache writes are compared as a whole, because either side may not know their
 * lifetimes.
 */
function minus(one: AnthropicTokens, other: AnthropicTokens): AnthropicTokens {
  const left = (name: keyof AnthropicTokens): number => Math.max(0, one[name] - other[name]);
  const written = one.cacheWrite5m + one.cacheWrite1h - other.cacheWrite5m - other.cacheWrite1h;
  const cacheWrite1h = Math.min(left('cacheWrite1h'), Math.max(0, written));
  return {
    input: left('input'),
    cacheRead: left('cacheRead'),
    cacheWrite5m: Math.max(0, written) - cacheWrite1h,
    cacheWrite1h,
    output: left('output'),
  };
}
