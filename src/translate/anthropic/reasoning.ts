/** Effort and thinking, in Anthropic's terms. */
import type { Effort } from '../../core/ledger/effort.ts';
import { budgetWithin } from '../../wires/anthropic-params.ts';
import type { Conversation } from '../neutral/conversation.ts';
import { nearestEffort } from '../neutral/effort.ts';
import type { JsonObject } from '../neutral/json-text.ts';
import { owns } from '../neutral/ownership.ts';
import type { TargetFinding, TargetModel } from '../neutral/translator.ts';
import { alternating } from './turns.ts';

export interface SentReasoning {
  readonly effort?: Effort | undefined;
  readonly thinking?: (JsonObject & { readonly type: string }) | undefined;
}

/** The levels of `output_config.effort`. */
const EFFORTS: readonly Effort[] = ['low', 'medium', 'high', 'xhigh', 'max'];

/** The reasoning settings to send. A request in this API's format keeps its own. */
export function sentReasoning(conversation: Conversation, target: TargetModel): SentReasoning {
  const { api, reasoning = {} } = conversation;
  if (api === 'anthropic-messages') return { effort: reasoning.effort, thinking: ownThinking(conversation) };
  const { effort } = reasoning;
  if (effort === undefined || target.thinking === 'none') return {};
  if (effort === 'none') return disabled(target);
  if (target.thinking === 'budget') return { thinking: budgetThinking(effort, conversation, target) };
  const level = nearestEffort(
    effort,
    (target.efforts ?? EFFORTS).filter(each => EFFORTS.includes(each)),
  );
  return {
    effort: level,
    thinking:
      effort === 'minimal' || level === undefined || forcesTool(conversation)
        ? undefined
        : shown(conversation, { type: 'adaptive' }),
  };
}

const FORCED = 'a model does not think where it must call a tool';

/** Findings for the requested preferences that the model does not accept unchanged. */
export function reasoningFindings(conversation: Conversation, target: TargetModel): readonly TargetFinding[] {
  const asked = conversation.reasoning?.effort;
  if (asked === undefined || asked === 'none') return asked === undefined ? [] : noneFindings(target);
  const dropped = (reason: string): readonly TargetFinding[] => [{ at: 'effort', mark: 'preference', reason }];
  const { effort, thinking } = sentReasoning(conversation, target);
  if (target.thinking === 'budget') {
    if (thinking !== undefined) return [];
    return dropped(
      forcesTool(conversation)
        ? FORCED
        : lacksThinking(conversation, target)
          ? 'the reasoning before the last call of a tool was not sent back'
          : 'the limit leaves no room to think',
    );
  }
  if (effort === undefined) return dropped('the model does not reason');
  if (forcesTool(conversation)) return dropped(FORCED);
  return effort === asked || asked === 'minimal' ? [] : dropped(`the model takes ${effort}`);
}

function noneFindings(target: TargetModel): readonly TargetFinding[] {
  if (disabled(target).thinking !== undefined || target.thinking === 'none') return [];
  return [{ at: 'effort', mark: 'preference', reason: 'the model always reasons: its lowest effort is sent' }];
}

/** Some models refuse to stop thinking: they get their lowest effort. */
function disabled({ efforts }: TargetModel): SentReasoning {
  if (efforts === undefined || efforts.length === 0 || efforts.includes('none'))
    return { thinking: { type: 'disabled' } };
  return { effort: nearestEffort('low', efforts) };
}

function budgetThinking(effort: Effort, conversation: Conversation, target: TargetModel): SentReasoning['thinking'] {
  const limit = Math.min(conversation.settings.maxTokens ?? Infinity, target.maxOutputTokens ?? Infinity);
  const budget = budgetWithin(limit, effort);
  if (budget === undefined || forcesTool(conversation) || lacksThinking(conversation, target)) return undefined;
  return shown(conversation, { type: 'enabled', budget_tokens: budget });
}

/**
 * Whether the model is to continue after a tool call without the thinking that came before the call. A client of chat completions
 * has no field for that thinking, and the vendor refuses such a request with a thinking budget.
 */
function lacksThinking({ turns }: Conversation, target: TargetModel): boolean {
  // The vendor sees a text after results as one message with them, and the turn goes on.
  const merged = alternating(turns);
  const question = merged.findLastIndex(
    ({ role, parts }) => role === 'user' && !parts.some(({ kind }) => kind === 'tool-result'),
  );
  const last = merged.slice(question + 1).findLast(({ role }) => role === 'assistant');
  if (last === undefined) return false;
  const [first] = last.parts;
  if (first?.kind !== 'reasoning' || first.sealed.length === 0) return true;
  return !owns(target, 'anthropic-messages', first.owner);
}

/** The vendor refuses thinking together with a forced tool. */
function forcesTool({ toolChoice, tools }: Conversation): boolean {
  if (toolChoice === undefined || tools.length === 0) return false;
  return (
    toolChoice.kind === 'required' || toolChoice.kind === 'one' || (toolChoice.kind === 'some' && toolChoice.isRequired)
  );
}

/** OpenAI has several kinds of summary, Anthropic one. */
function shown({ settings }: Conversation, thinking: JsonObject & { type: string }): SentReasoning['thinking'] {
  return settings.reasoningShown === undefined ? thinking : { ...thinking, display: 'summarized' };
}

const TYPES = { off: 'disabled', adaptive: 'adaptive', manual: 'enabled', 'between-tools': 'between_tools' } as const;

function ownThinking({ reasoning, settings }: Conversation): SentReasoning['thinking'] {
  if (reasoning?.thinking === undefined) return undefined;
  return { type: TYPES[reasoning.thinking], budget_tokens: reasoning.budgetTokens, display: settings.reasoningShown };
}
