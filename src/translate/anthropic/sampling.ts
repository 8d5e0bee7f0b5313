/** The sampling settings that may be sent to an Anthropic model. */
import type { Conversation } from '../neutral/conversation.ts';
import type { TargetFinding, TargetModel } from '../neutral/translator.ts';
import { sentReasoning } from './reasoning.ts';

export interface SentSampling {
  readonly temperature?: number | undefined;
  readonly top_p?: number | undefined;
  readonly top_k?: number | undefined;
}

/** The vendor's highest temperature. */
const MAX_TEMPERATURE = 1;

/**
 * Temperature takes precedence over `top_p`, because newer models refuse the two together. Neither is sent with thinking, and
 * some models accept neither.
 */
export function sentSampling(conversation: Conversation, target: TargetModel): SentSampling {
  const { temperature, topP, topK } = conversation.settings;
  if (conversation.api === 'anthropic-messages') return { temperature, top_p: topP, top_k: topK };
  if (refusesSampling(conversation, target)) return {};
  return {
    temperature: temperature === undefined ? undefined : Math.min(temperature, MAX_TEMPERATURE),
    top_p: temperature === undefined ? topP : undefined,
  };
}

function refusesSampling(conversation: Conversation, target: TargetModel): boolean {
  const type = sentReasoning(conversation, target).thinking?.type;
  return target.takesSampling === false || type === 'enabled' || type === 'adaptive';
}

/** Sampling settings that are dropped or changed. */
export function samplingFindings(conversation: Conversation, target: TargetModel): readonly TargetFinding[] {
  const { temperature, topP } = conversation.settings;
  const sent = sentSampling(conversation, target);
  const refused = refusesSampling(conversation, target) ? 'the model, or thinking, refuses it' : undefined;
  const found: TargetFinding[] = [];
  if (temperature !== sent.temperature) {
    found.push({
      at: 'temperature',
      mark: 'preference',
      reason: refused ?? 'it is sent as 1, the highest of this API',
    });
  }
  if (topP !== sent.top_p) {
    found.push({ at: 'topP', mark: 'preference', reason: refused ?? 'the API refuses it beside a temperature' });
  }
  return found;
}
