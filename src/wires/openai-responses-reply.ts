/** Reads a reply of OpenAI's Responses API. */
import { field, listField, stringField } from './json-fields.ts';
import { containerId, responsesBill } from './openai-responses-bill.ts';
import { unfinishedFacts } from './reply-bill.ts';
import { keysOf, sealKey } from './reply-keys.ts';
import { NOT_RETRIEVED } from '../core/ledger/vocabulary.ts';
import type { Finish, ReplyFacts } from '../contracts/wire.ts';

/** Output items that call a tool of the application. */
const CALLS: ReadonlySet<unknown> = new Set([
  'function_call',
  'custom_tool_call',
  'computer_call',
  'local_shell_call',
  'shell_call',
  'apply_patch_call',
  'mcp_approval_request',
]);

/** Parts of a message that are text. */
const SAID: ReadonlySet<unknown> = new Set(['output_text', 'refusal']);

/** True for the item of a server's tool: an image, a search, a run of code. */
function isOtherOutput(item: unknown): boolean {
  const type = field(item, 'type');
  return type !== 'message' && type !== 'reasoning' && !CALLS.has(type);
}

/** @param items output items from the stream's events, for vendors that omit the output in the last event */
export function responsesReply(json: unknown, items: readonly unknown[] = []): ReplyFacts {
  const reported = listField(json, 'output');
  const output = reported.length > 0 ? reported : items;
  const parts = output.flatMap(item => (field(item, 'type') === 'message' ? listField(item, 'content') : []));
  const hasToolCalls = output.some(item => CALLS.has(field(item, 'type')));
  const refused = parts.some(part => field(part, 'type') === 'refusal');
  const bill = responsesBill(json, output);
  const finish = finishOf(json, { refused, hasToolCalls });
  const facts: ReplyFacts = {
    id: stringField(json, 'id'),
    keys: keysOf(
      ...(field(json, 'store') === false
        ? []
        : [stringField(json, 'id'), lastOf(output, idOf), lastOf(output, reasoningId)]),
      stringField(field(json, 'conversation'), 'id'),
      lastOf(output, sealOf),
      lastOf(output, containerId),
    ),
    model: stringField(json, 'model'),
    ...bill,
    finish,
    text: parts.map(part => (field(part, 'type') === 'output_text' ? (stringField(part, 'text') ?? '') : '')).join(''),
    hasToolCalls,
    hasOtherOutput: parts.some(part => !SAID.has(field(part, 'type'))) || output.some(isOtherOutput),
  };
  return finish === 'pending' ? { ...unfinishedFacts(facts), unpriced: [NOT_RETRIEVED] } : facts;
}

/** Characters of all items. Parameters as for {@link responsesReply}. */
export function responsesChars(json: unknown, items: readonly unknown[] = []): number {
  const reported = listField(json, 'output');
  return (reported.length > 0 ? reported : items).reduce<number>((sum, item) => sum + itemChars(item), 0);
}

function itemChars(item: unknown): number {
  const type = field(item, 'type');
  const isReasoning = type === 'reasoning';
  const parts = isReasoning || type === 'message' ? [...listField(item, 'content'), ...listField(item, 'summary')] : [];
  const said = parts.map(part => stringField(part, 'text') ?? stringField(part, 'refusal')).join('').length;
  // Hidden reasoning is output too.
  if (isReasoning) return said || stringField(item, 'encrypted_content')?.length || 1;
  return said + (stringField(item, 'arguments') ?? stringField(item, 'input') ?? '').length;
}

/** The last item that has a value by which a later request refers to the output. */
function lastOf(output: readonly unknown[], read: (item: unknown) => string | undefined): string | undefined {
  return output.map(read).findLast(Boolean);
}

function idOf(item: unknown): string | undefined {
  return stringField(item, 'id');
}

/** Clients may send reasoning by its id, and leave out the ids of messages. */
function reasoningId(item: unknown): string | undefined {
  return field(item, 'type') === 'reasoning' ? idOf(item) : undefined;
}

/** The key of encrypted reasoning, which only the model that wrote it can continue from. */
function sealOf(item: unknown): string | undefined {
  const seal = stringField(item, 'encrypted_content');
  return seal === undefined ? undefined : sealKey(seal);
}

function finishOf(json: unknown, parsed: { readonly refused: boolean; readonly hasToolCalls: boolean }): Finish {
  const reason = field(field(json, 'incomplete_details'), 'reason');
  switch (field(json, 'status')) {
    case 'completed':
      if (parsed.refused) return 'refusal';
      return parsed.hasToolCalls ? 'tool-calls' : 'stop';
    case 'incomplete':
      if (reason === 'content_filter') return 'refusal';
      return reason === 'max_output_tokens' ? 'cut-off' : 'other';
    case 'queued':
    case 'in_progress':
      return 'pending';
    default:
      return 'other';
  }
}
