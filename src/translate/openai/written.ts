/** What a writer of OpenAI's APIs knows while it writes the parts of one conversation. */
import type { ContentPart, DocumentPart, SystemPart, ToolResultPart } from '../neutral/conversation.ts';
import type { JsonDraft } from '../neutral/json-text.ts';
import type { NeutralReply } from '../neutral/reply.ts';
import type { Breakpoints } from './cache-breakpoints.ts';
import { writtenBreakpoint } from './cache-breakpoints.ts';
import { hasNote, putBack } from '../neutral/own.ts';

export interface PartWriting {
  /** The conversation was read from this API, so the fields that only this API has are restored. */
  readonly isOwn: boolean;
  readonly breakpoints: Breakpoints;
}

/** Adds the part's breakpoint, and the fields that only this API knows, to the last object. */
export function completed(
  written: readonly JsonDraft[],
  part: ContentPart,
  writing: PartWriting,
): readonly JsonDraft[] {
  const last = written.at(-1);
  const cache = writing.breakpoints.get(part);
  if (last === undefined) return written;
  if (cache !== undefined) last.prompt_cache_breakpoint = writtenBreakpoint(cache);
  if (writing.isOwn) putBack(last, part.own);
  return written;
}

/** The name and the context of a document, as texts before it: neither API of OpenAI has fields for them. */
export function documentTexts({ context, name }: Pick<DocumentPart, 'context' | 'name'>): readonly string[] {
  return [name === undefined ? '' : `Document: ${name}`, context ?? ''].filter(text => text !== '');
}

/** The name of a file, which the vendor requires beside its data. */
export function fileName({ name, from }: DocumentPart): string | undefined {
  if (name !== undefined || from.kind !== 'base64') return name;
  return from.mediaType === 'application/pdf' ? 'document.pdf' : 'document';
}

/** The instructions as messages: one message per role, unless the caller had several. */
export function instructionMessages(
  system: readonly SystemPart[],
): readonly (readonly [SystemPart, ...SystemPart[]])[] {
  const messages: [SystemPart, ...SystemPart[]][] = [];
  for (const part of system) {
    const last = messages.at(-1);
    if (last === undefined || last[0].role !== part.role || hasNote(part.own, 'message')) messages.push([part]);
    else last.push(part);
  }
  return messages;
}

/** The first line of a result that is an error: neither API has a field for it. */
const ERROR: ContentPart = { kind: 'text', text: '[tool error]' };

/** The content of a tool's result. */
export function resultContent({ content, isError }: ToolResultPart): readonly ContentPart[] {
  return isError ? [ERROR, ...content] : content;
}

/** The tier in which the vendor served a reply, in OpenAI's terms: another vendor's tiers have other prices. */
export function tierOf({ api, tier }: Pick<NeutralReply, 'api' | 'tier'>): string | undefined {
  return api === 'anthropic-messages' ? undefined : tier;
}
