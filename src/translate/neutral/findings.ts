/**
 * What prevents a candidate of another API from serving, and what is dropped for it: found in one pass, before any body is
 * built.
 */
import type { ContentPart, Conversation, ConversationTurn, Own } from './conversation.ts';
import { pathOf, sharedOwn } from './own.ts';
import { owns } from './ownership.ts';
import type { Setting } from './settings.ts';
import type { Finding, TargetModel, Translator } from './translator.ts';

export interface FindingOptions {
  /** The API that the client speaks. */
  readonly source: Translator;
  /** The API of the candidate. */
  readonly target: Translator;
  readonly model: TargetModel;
}

/** Everything in a request that this target cannot serve, that is bound to another model, or that is dropped. */
export function findingsFor(conversation: Conversation, options: FindingOptions): readonly Finding[] {
  const { source, target, model } = options;
  if (source.api === target.api) return [];
  const found: Finding[] = [];
  for (const [name, value] of Object.entries(conversation.settings) as readonly [Setting, unknown][]) {
    const mark = target.settings[name];
    if (value !== undefined && mark !== 'mapped') found.push({ path: source.names[name], ...mark });
  }
  for (const { at, ...finding } of target.findings(conversation, model)) {
    found.push({ path: typeof at === 'string' ? source.names[at] : at.path, ...finding });
  }
  const shared = sharedOwn(conversation.own, target.api);
  addOwn(
    found,
    '',
    conversation.own.filter(each => !shared.includes(each)),
  );
  addParts(found, source.names.system, conversation.system);
  for (const { path, own = [], parts } of conversation.turns) {
    addOwn(found, path, own);
    addParts(found, path, parts);
  }
  addReasoning(found, conversation.turns, options);
  for (const [index, tool] of conversation.tools.entries()) {
    const path = `${source.names.tools}[${index}]`;
    if (tool.form === 'opaque') found.push({ path, mark: 'unable', reason: tool.reason });
    else addOwn(found, path, tool.own ?? []);
  }
  return found;
}

function addParts(found: Finding[], path: string, parts: readonly ContentPart[]): void {
  for (const part of parts) {
    if (part.kind === 'opaque') found.push({ path, mark: part.mark, reason: part.reason });
    if (part.kind === 'tool-result') addParts(found, path, part.content);
    if ((part.kind === 'image' || part.kind === 'document') && part.from.kind === 'file')
      found.push({ path, mark: 'bound', reason: 'the file is kept by its vendor' });
    if (part.kind === 'document' && part.from.kind === 'parts') addParts(found, path, part.from.parts);
    if (part.own !== undefined) addOwn(found, path, part.own);
  }
}

/** Only its own model can continue from sealed reasoning. */
function addReasoning(found: Finding[], turns: readonly ConversationTurn[], { target, model }: FindingOptions): void {
  for (const { path, parts } of turns) {
    for (const part of parts) {
      if (part.kind !== 'reasoning' || part.sealed.length === 0) continue;
      if (owns(model, target.api, part.owner)) continue;
      found.push({ path, mark: 'bound', reason: 'only the model that reasoned can go on from it' });
    }
  }
}

function addOwn(found: Finding[], within: string, own: readonly Own[]): void {
  for (const each of own) {
    const { mark, reason } = each;
    const path = pathOf(each);
    if (mark !== 'default') found.push({ path: within === '' ? path : `${within}.${path}`, mark, reason });
  }
}
