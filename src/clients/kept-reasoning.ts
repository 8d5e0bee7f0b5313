/**
 * Keeps reasoning for clients whose API has no field for it. This process keeps the turn that has the reasoning until the results of its
 * tool calls come back; in another process, or after many others, the model continues without its reasoning.
 */
import { recentlyUsed } from '../recently-used.ts';
import type { ContentPart, Conversation } from '../translate/neutral/conversation.ts';
import { callIdAt } from '../translate/neutral/call-ids.ts';
import { callTurnKeys, withKnownTurns } from '../translate/neutral/call-turns.ts';
import { jsonText } from '../translate/neutral/json-text.ts';
import { owns } from '../translate/neutral/ownership.ts';
import type { TargetModel } from '../translate/neutral/translator.ts';

/** Limit on the characters of sealed reasoning, of all turns together. */
const MAX_KEPT_CHARS = 16 * 2 ** 20;

export interface KeptReasoning {
  /** Keeps what a model wrote, if it reasoned before a tool call. */
  keep(asked: Conversation, parts: readonly ContentPart[]): void;
  /** The conversation, with the reasoning that this model wrote in it. */
  restored(asked: Conversation, target: TargetModel): Conversation;
}

const kept = new WeakMap<object, KeptReasoning>();

/** Marks turns that differ only in their reasoning. */
const AMBIGUOUS: readonly ContentPart[] = [];

/** The kept reasoning of one router. */
export function keptReasoning(engine: object): KeptReasoning {
  const known = kept.get(engine) ?? keeper();
  kept.set(engine, known);
  return known;
}

function keeper(): KeptReasoning {
  const turns = recentlyUsed<string, readonly ContentPart[]>(MAX_KEPT_CHARS, sizeOf);
  return {
    keep(asked, parts) {
      if (!parts.some(part => part.kind === 'reasoning' && part.sealed.length > 0)) return;
      const turn = { path: '', role: 'assistant' as const, parts: parts.map(withClientId) };
      const key = callTurnKeys({ ...asked, turns: [...asked.turns, turn] }).at(-1);
      if (key === undefined) return;
      const known = turns.get(key);
      // Two replies with the same key cannot be told apart when one comes back, so neither continues with its
      // reasoning.
      turns.set(key, known === undefined || isSame(known, turn.parts) ? turn.parts : AMBIGUOUS);
    },
    restored(asked, target) {
      return withKnownTurns(asked, key => {
        const parts = turns.get(key);
        if (parts === AMBIGUOUS) return undefined;
        return parts?.every(part => part.kind !== 'reasoning' || owns(target, part.owner.api, part.owner)) === true
          ? parts
          : undefined;
      });
    },
  };
}

function isSame(known: readonly ContentPart[], parts: readonly ContentPart[]): boolean {
  return sealedIn(known) === sealedIn(parts);
}

function sealedIn(parts: readonly ContentPart[]): string {
  return jsonText(parts.flatMap(part => (part.kind === 'reasoning' ? part.sealed : [])));
}

/** Tool results will name the calls by these ids. */
function withClientId(part: ContentPart): ContentPart {
  return part.kind === 'tool-call' ? { ...part, id: callIdAt('openai-chat', part.id) } : part;
}

function sizeOf(parts: readonly ContentPart[]): number {
  return parts.reduce((sum, part) => {
    if (part.kind === 'reasoning') return sum + jsonText(part.sealed).length;
    return sum + (part.kind === 'tool-call' ? part.input.length : 'text' in part ? part.text.length : 0);
  }, 1);
}
