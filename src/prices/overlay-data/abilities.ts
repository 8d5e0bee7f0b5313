/**
 * The parameters that models accept. One line per family; the first pattern that matches a name applies; abilities without a
 * source are left out. A model that is not listed gets every parameter, and the router learns from its refusals.
 */
import type { ModelAbilities } from '../../contracts/model-abilities.ts';
import { EFFORTS } from '../../core/ledger/effort.ts';

const [none, minimal, low, medium, high, xhigh, max] = EFFORTS;

/** OpenAI's reasoning models accept no temperature; from 5.1 to 5.6 they do with effort `none`. */
const REASONS: ModelAbilities = { takesSampling: false, limitName: 'max_completion_tokens' };
const REASONS_ON_DEMAND: ModelAbilities = { limitName: 'max_completion_tokens' };
const NO_REASONING: ModelAbilities = { efforts: [] };

/** These models refuse manual budgets and sampling. */
const ADAPTIVE: ModelAbilities = {
  thinking: 'adaptive',
  takesSampling: false,
  maxOutputTokens: 128_000,
  takesMidTurnSystem: true,
};
const BUDGET: ModelAbilities = { thinking: 'budget', maxOutputTokens: 64_000 };

/**
 * OpenAI: its reasoning guide (developers.openai.com/api/docs/guides/reasoning), the table that its users verified
 * (community.openai.com/t/1371738), and the type file of the AI SDK's provider. Anthropic: "Effort" and "Adaptive thinking"
 * (platform.claude.com/docs/en/build-with-claude), and the same provider's table. All as of 2026-11.
 */
export const ABILITIES: readonly (readonly [family: RegExp, abilities: ModelAbilities])[] = [
  [/^gpt-5(\.\d)?-chat/, { efforts: [medium] }],
  [/^gpt-5-pro/, { ...REASONS, efforts: [high] }],
  [/^gpt-5\.2-pro/, { ...REASONS, efforts: [medium, high, xhigh] }],
  [/^gpt-5(\.1)?-codex(-mini)?(-\d{4}|$)/, { ...REASONS, efforts: [low, medium, high] }],
  [/^gpt-5\.[123]-codex/, { ...REASONS, efforts: [low, medium, high, xhigh] }],
  [/^gpt-5(-mini|-nano)?(-\d{4}|$)/, { ...REASONS, efforts: [minimal, low, medium, high] }],
  [/^gpt-5\.1(-\d{4}|$)/, { ...REASONS_ON_DEMAND, efforts: [none, low, medium, high] }],
  [/^gpt-5\.[2-5](-mini|-nano)?(-\d{4}|$)/, { ...REASONS_ON_DEMAND, efforts: [none, low, medium, high, xhigh] }],
  [/^gpt-5\.6/, { ...REASONS_ON_DEMAND, efforts: [none, low, medium, high, xhigh, max] }],
  [/^gpt-6/, { ...REASONS, efforts: [none, low, medium, high, xhigh, max] }],
  [/^o[134](-|$)/, { ...REASONS, efforts: [low, medium, high] }],
  [/^(gpt-4|gpt-3\.5|chatgpt-4)/, NO_REASONING],
  [/claude-(fable|mythos)-5|claude-(opus|sonnet)-5-5/, { ...ADAPTIVE, efforts: [low, medium, high, xhigh, max] }],
  [/claude-[a-z]+-5|claude-opus-4-[78]/, { ...ADAPTIVE, efforts: [none, low, medium, high, xhigh, max] }],
  [
    /claude-(opus|sonnet)-4-6/,
    { thinking: 'adaptive', maxOutputTokens: 128_000, efforts: [none, low, medium, high, max] },
  ],
  [/claude-opus-4-5/, { ...BUDGET, efforts: [none, low, medium, high] }],
  [/claude-opus-4/, { ...BUDGET, maxOutputTokens: 32_000 }],
  [/claude-(sonnet|haiku)-4|claude-3-7/, BUDGET],
  [/claude-3-5/, { thinking: 'none', efforts: [], maxOutputTokens: 8_192 }],
  [/claude-3/, { thinking: 'none', efforts: [], maxOutputTokens: 4_096 }],
];
