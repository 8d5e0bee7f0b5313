/** What stands in the way of a candidate of another API, and what is dropped for it: one pass, before any body is built. */
import type { ContentPart, Conversation, Own } from './conversation.ts';
import type { Setting } from './settings.ts';
import type { Finding, TargetModel, Translator } from './translator.ts';

export interface FindingOptions {
  /** The API that the client speaks. */
  readonly source: Translator;
  /** The API of the candidate. */
  readonly target: Translator;
  readonly model: TargetModel;
}

/** Everything of a request that this target cannot serve, is bound to another model, or is dropped. */
export function findingsFor(conversation: Conversation, { source, target, model }: FindingOptions): readonly Finding[] {
  if (source.api === target.api) return [];
  const found: Finding[] = [];
  for (const [name, value] of Object.entries(conversation.settings) as readonly [Setting, unknown][]) {
    const mark = target.settings[name];
    if (value !== undefined && mark !== 'mapped') found.push({ path: source.names[name], ...mark });
  }
  for (const { at, ...finding } of target.findings(conversation, model)) {
    found.push({ path: typeof at === 'string' ? source.names[at] : at.path, ...finding });
  }
  addOwn(found, '', conversation.own);
  addParts(found, source.names.system, conversation.system);
  for (const { path, own = [], parts } of conversation.turns) {
    addOwn(found, path, own);
    addParts(found, path, parts);
  }
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
    if (part.kind === 'document' && part.from.kind === 'parts') addParts(found, path, part.from.parts);
    if (part.own !== undefined) addOwn(found, path, part.own);
  }
}

function addOwn(found: Finding[], within: string, own: readonly Own[]): void {
  for (const { path, mark, reason } of own) {
    if (mark !== 'default') found.push({ path: within === '' ? path : `${within}.${path}`, mark, reason });
  }
}
