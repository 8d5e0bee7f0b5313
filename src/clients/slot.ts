/**
 * The text that an application writes into the `model` slot of a request: `feature:support.reply`,
 * `feature:support.reply#<intent>`, or for a judge's call `feature:support.reply#<intent>~<model>@<node>`.
 */
import type { NodeKey } from '../core/ledger/vocabulary.ts';
import { invalidValue } from '../errors.ts';
import { checkIntentId } from './intent-input.ts';

export const SLOT_PREFIX = 'feature:';

export interface Slot {
  readonly feature: string;
  readonly intentId?: string;
  readonly judge?: { readonly model: string; readonly node: NodeKey };
}

export function isSlot(model: unknown): model is string {
  return typeof model === 'string' && model.startsWith(SLOT_PREFIX);
}

export function featureSlot(feature: string): string {
  return SLOT_PREFIX + feature;
}

export function intentSlot(feature: string, intentId: string): string {
  return `${SLOT_PREFIX}${feature}#${intentId}`;
}

export function judgeSlot(feature: string, intentId: string, model: string, node: NodeKey): string {
  return `${intentSlot(feature, intentId)}~${model}@${node}`;
}

/**
 * @param text starts with {@link SLOT_PREFIX}
 * @throws RouterError `invalid-value` for an id that no intent can have, and for a judge's slot without a node
 */
export function parseSlot(text: string): Slot {
  const hash = text.indexOf('#');
  if (hash < 0) return { feature: text.slice(SLOT_PREFIX.length) };
  const feature = text.slice(SLOT_PREFIX.length, hash);
  const tilde = text.indexOf('~', hash);
  const intentId = text.slice(hash + 1, tilde < 0 ? undefined : tilde);
  checkIntentId(intentId, 'model');
  if (tilde < 0) return { feature, intentId };
  const atSign = text.indexOf('@', tilde);
  if (atSign < 0) throw invalidValue(text, 'model', 'feature:<feature>#<intent>~<model>@<node> for a judge');
  const judge = { model: text.slice(tilde + 1, atSign), node: text.slice(atSign + 1) };
  return { feature, intentId, judge };
}
