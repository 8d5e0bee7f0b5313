/** A model's own parameters in the format of Anthropic's API, mainly effort and thinking. */
import type { ModelAbilities } from '../contracts/model-abilities.ts';
import type { NeutralParams } from '../contracts/model-params.ts';
import type { BodyPatch, RequestFacts } from '../contracts/wire.ts';
import type { Effort } from '../core/ledger/effort.ts';
import { field, listField, parseJson } from './json-fields.ts';
import type { Dialect } from './request-body.ts';

/** The API's smallest thinking budget, tokens. */
const MIN_THINKING_BUDGET = 1_024;

/** The fraction of a request's token limit for thinking: the rest is for the answer. */
const THINKING_FRACTION = 0.8;

/**
 * Thinking budgets of models without effort levels, tokens. No vendor publishes an equivalence: these are the numbers of
 * CLIProxyAPI, in the middle of the published ones, which differ six-fold at `high`.
 */
const BUDGETS: Readonly<Record<Effort, number>> = {
  none: 0,
  minimal: 1_024,
  low: 1_024,
  medium: 8_192,
  high: 24_576,
  xhigh: 32_768,
  max: Number.POSITIVE_INFINITY,
};

/**
 * The budget to send, tokens; `undefined` where the limit leaves no room for thinking.
 *
 * @param wanted tokens, or a level of effort
 * @param limit of the request's output tokens
 */
export function budgetWithin(limit: number, wanted: number | Effort): number | undefined {
  const most = Math.floor(THINKING_FRACTION * limit);
  const budget = Math.min(typeof wanted === 'number' ? wanted : BUDGETS[wanted], most);
  return budget >= MIN_THINKING_BUDGET && Number.isFinite(budget) ? budget : undefined;
}

export const anthropicSettings: Dialect['settings'] = (params, { abilities, facts }) => {
  const { maxOutputTokens, temperature, serviceTier } = params;
  const limit = maxOutputTokens ?? (Number(facts.parameter('max_tokens')) || abilities.maxOutputTokens);
  const reasoning: BodyPatch = {
    ...(refusesEffort(params, { abilities, facts }) ? { output_config: { effort: null } } : {}),
    ...reasoningSettings(params, { ...abilities, limit }),
  };
  const type = field(reasoning.thinking, 'type');
  const others = {
    max_tokens: maxOutputTokens,
    temperature,
    service_tier: serviceTier,
    // Newer models refuse a temperature and `top_p` together.
    top_p: temperature !== undefined && facts.parameter('top_p') !== undefined ? null : undefined,
  };
  if (reasoning.thinking === undefined) return { ...reasoning, ...ownThinkingBeside(params, facts), ...others };
  if (type !== 'enabled' && type !== 'adaptive') return { ...reasoning, ...others };
  if (forcesTool(facts) || (type === 'enabled' && lacksThinking(parseJson(facts.parameter('messages') ?? ''))))
    return { ...reasoning, thinking: null, ...others };
  const refused = SAMPLING.filter(name => !['1', undefined].includes(facts.parameter(name)));
  const without = Object.fromEntries(refused.map(name => [name, null]));
  return { ...reasoning, ...others, ...without };
};

/**
 * The change to the caller's own thinking, which the vendor refuses with another temperature, or with a limit below its budget.
 */
function ownThinkingBeside(
  { maxOutputTokens = Number.POSITIVE_INFINITY, temperature = 1 }: NeutralParams,
  facts: Pick<RequestFacts, 'parameter'>,
): BodyPatch {
  const thinking = parseJson(facts.parameter('thinking') ?? '');
  const type = field(thinking, 'type');
  if (type !== 'enabled' && type !== 'adaptive') return {};
  if (temperature !== 1) return { thinking: null };
  const budget = field(thinking, 'budget_tokens');
  if (typeof budget !== 'number' || budget < maxOutputTokens) return {};
  const within = budgetWithin(maxOutputTokens, budget);
  return { thinking: within === undefined ? null : { budget_tokens: within } };
}

/**
 * Whether the caller's own effort must be replaced: the parameters set another one, or a budget for a model without this
 * level.
 */
function refusesEffort(
  { effort, thinkingBudget }: NeutralParams,
  { abilities: { thinking, efforts = [] }, facts }: Parameters<Dialect['settings']>[1],
): boolean {
  const written = facts.parameter('output_config.effort');
  if (written === undefined || effort !== undefined) return written !== undefined;
  return thinkingBudget !== undefined && thinking === 'budget' && !efforts.some(each => each === parseJson(written));
}

/** Settings that the vendor refuses together with thinking, unless they are 1. */
const SAMPLING = ['temperature', 'top_p', 'top_k'];

/** The vendor refuses thinking when a tool is forced. */
function forcesTool(facts: Pick<RequestFacts, 'parameter'>): boolean {
  const type = field(parseJson(facts.parameter('tool_choice') ?? ''), 'type');
  return type === 'any' || type === 'tool';
}

/** With a thinking budget, the vendor refuses to continue a reply that does not begin with its thinking. */
export function lacksThinking(messages: unknown): boolean {
  if (!Array.isArray(messages)) return false;
  const hasRole = (message: unknown, role: string): boolean => field(message, 'role') === role;
  const end = messages.findLastIndex(message => hasRole(message, 'assistant'));
  // Consecutive messages of one role are one: a text after tool results does not begin another turn.
  const after = messages.slice(end + 1).filter(message => hasRole(message, 'user'));
  const hasResult = (message: unknown): boolean =>
    listField(message, 'content').some(block => field(block, 'type') === 'tool_result');
  if (end < 0 || (after.length > 0 && !after.some(hasResult))) return false;
  const start = messages.slice(0, end).findLastIndex(message => !hasRole(message, 'assistant')) + 1;
  const type = field(listField(messages[start], 'content')[0], 'type');
  return type !== 'thinking' && type !== 'redacted_thinking';
}

/** The fields for a model with these abilities, and for a request with this token limit. */
export function reasoningSettings(
  { effort, thinkingBudget }: Pick<NeutralParams, 'effort' | 'thinkingBudget'>,
  { limit, thinking, efforts = [] }: ModelAbilities & { readonly limit?: number | undefined },
): BodyPatch {
  if (effort === undefined && thinkingBudget === undefined) return {};
  if (effort === 'none') return { thinking: thinkingOf('disabled') };
  const hasEffort = thinking !== 'budget' || (effort !== undefined && efforts.includes(effort));
  const byEffort = hasEffort && effort !== undefined ? { output_config: { effort } } : {};
  if (thinkingBudget === undefined && hasEffort)
    return thinking === 'budget' ? byEffort : { ...byEffort, thinking: thinkingOf('adaptive') };
  const budget = budgetWithin(limit ?? Number.POSITIVE_INFINITY, thinkingBudget ?? effort ?? 'none');
  return { ...byEffort, thinking: budget === undefined ? thinkingOf('disabled') : thinkingOf('enabled', budget) };
}

/** The whole object is replaced: the caller's budget must not remain beside another type. */
function thinkingOf(type: 'adaptive' | 'disabled' | 'enabled', budget: number | null = null): BodyPatch {
  return { type, budget_tokens: budget, ...(type === 'disabled' ? { display: null } : {}) };
}
