/** The parts of another API's request that a model at Anthropic cannot serve, or that are dropped for it. */
import type { Api, Bytes, ContentPart, Conversation, ConversationTurn, Tool } from '../neutral/conversation.ts';
import { demandedSchema } from '../neutral/demanded-schema.ts';
import { isObject, memberOf } from '../neutral/json-values.ts';
import type { SettingMark, SettingMarks } from '../neutral/settings.ts';
import type { TargetFinding, TargetModel } from '../neutral/translator.ts';
import { mediaTypeOf } from './media-type.ts';
import { reasoningFindings, sentReasoning } from './reasoning.ts';
import { samplingFindings } from './sampling.ts';
import { isStrictSchema, objectSchema, outputSchema, unenforcedKeywords } from './schema.ts';
import { sentLimit } from './write-request.ts';

function preference(reason: string): SettingMark {
  return { mark: 'preference', reason };
}

function unable(reason: string): SettingMark {
  return { mark: 'unable', reason };
}

/** What this API does with each setting. `mapped` includes settings whose values are checked below. */
export const ANTHROPIC_SETTINGS: SettingMarks = {
  maxTokens: 'mapped',
  temperature: 'mapped',
  topP: 'mapped',
  topK: 'mapped',
  seed: preference('this API has no seed'),
  frequencyPenalty: preference('this API has no penalties for repeated words'),
  presencePenalty: preference('this API has no penalties for repeated words'),
  stop: 'mapped',
  verbosity: preference('this API has no verbosity setting'),
  choices: unable('this API gives one reply per request'),
  topLogprobs: unable('this API gives no probabilities of tokens'),
  reasoningShown: 'mapped',
  serviceTier: preference('a tier of another vendor has another price'),
  cacheAuto: 'mapped',
  cacheKey: preference('this API has no cache key'),
  user: 'mapped',
  metadata: preference('this API takes no metadata but the end user'),
  moderation: unable('this API does no moderation within a request'),
};

/** Where a client writes the schema of a reply. */
const SCHEMA: Readonly<Record<Api, string>> = {
  'openai-chat': 'response_format.json_schema.schema',
  'openai-responses': 'text.format.schema',
  'anthropic-messages': 'output_config.format.schema',
};

const IMAGES: ReadonlySet<string> = new Set(['image/jpeg', 'image/png', 'image/gif', 'image/webp']);
const DOCUMENTS: ReadonlySet<string> = new Set(['application/pdf', 'text/plain']);

export function anthropicFindings(conversation: Conversation, target: TargetModel): readonly TargetFinding[] {
  const { settings, output, tools, turns, system } = conversation;
  const found: TargetFinding[] = [];
  if (sentLimit(conversation, target) === undefined) {
    found.push({
      at: 'maxTokens',
      mark: 'unable',
      reason: 'the API needs a limit of output tokens, and the model’s is not known',
    });
  }
  if (settings.stop?.some(text => text.trim() === '') === true) {
    found.push({ at: 'stop', mark: 'unable', reason: 'the API refuses white space alone' });
  }
  if (settings.reasoningShown !== undefined && sentReasoning(conversation, target).thinking === undefined) {
    found.push({ at: 'reasoningShown', mark: 'preference', reason: 'no thinking is asked for' });
  }
  if (output?.kind === 'json') {
    found.push({ at: 'output', mark: 'unable', reason: 'this API gives JSON only with a schema' });
  } else if (output !== undefined && outputSchema(output.schema) === undefined) {
    found.push({
      at: 'output',
      mark: 'unable',
      reason: 'the schema has what this API cannot guarantee: any value, any names, or parts within themselves',
    });
  } else if (output !== undefined) {
    const within = SCHEMA[conversation.api];
    const isChecked = demandedSchema(conversation) !== undefined;
    const reason = `the API does not enforce it: the model reads it in a description, and ${isChecked ? 'the reply is checked here' : 'a reply may break it'}`;
    for (const name of unenforcedKeywords(output.schema))
      found.push({ at: { path: `${within}.${name}` }, mark: 'preference', reason });
  }
  for (const [index, tool] of tools.entries()) {
    if (tool.form !== 'opaque') found.push(...toolFindings(tool, `tools[${index}]`));
  }
  found.push(...samplingFindings(conversation, target), ...reasoningFindings(conversation, target));
  found.push(...system.flatMap(part => partFindings(part, 'system')));
  return [...found, ...turns.flatMap(turnFindings), ...orderFindings(turns, target)];
}

/** Names of a tool's inputs; names in nested objects may be anything. */
const PROPERTY = /^[\w.-]{1,64}$/;

function toolFindings({ form, input, strict }: Tool, path: string): readonly TargetFinding[] {
  if (form === 'free') return [{ at: { path }, mark: 'unable', reason: 'this API has no tools with free text' }];
  if (isObject(input) && ['anyOf', 'oneOf', 'allOf'].some(name => input[name] !== undefined))
    return [{ at: { path }, mark: 'unable', reason: 'the API refuses a choice at the top of a schema' }];
  if (!Object.keys(memberOf(input, 'properties') ?? {}).every(name => PROPERTY.test(name)))
    return [
      { at: { path }, mark: 'unable', reason: 'the API takes letters, digits, _, . and - in the names of an input' },
    ];
  if (strict !== true || isStrictSchema(objectSchema(input))) return [];
  return [{ at: { path }, mark: 'preference', reason: 'the API cannot guarantee inputs of this schema' }];
}

function turnFindings({ path, name, phase, parts }: ConversationTurn): readonly TargetFinding[] {
  const found: TargetFinding[] = [];
  if (name !== undefined)
    found.push({ at: { path: `${path}.name` }, mark: 'preference', reason: 'this API has no names of speakers' });
  if (phase !== undefined)
    found.push({ at: { path: `${path}.phase` }, mark: 'preference', reason: 'this API has no phases' });
  return [...found, ...parts.flatMap(part => partFindings(part, { path }))];
}

function partFindings(part: ContentPart, at: TargetFinding['at']): readonly TargetFinding[] {
  const no = (reason: string): readonly TargetFinding[] => [{ at, mark: 'unable', reason }];
  switch (part.kind) {
    case 'audio':
      return no('this API takes no audio');
    case 'tool-call':
      return part.form === 'free' ? no('this API has no tools with free text') : [];
    case 'tool-result':
      return part.content.flatMap(each => partFindings(each, at));
    case 'image': {
      if (!takes(part.from, IMAGES))
        return no('this API takes images as JPEG, PNG, GIF or WebP, and addresses with HTTPS only');
      const isAsked = part.detail !== undefined && part.detail !== 'auto';
      return isAsked ? [{ at, mark: 'preference', reason: 'this API has no detail setting for images' }] : [];
    }
    case 'document': {
      const { from } = part;
      if (from.kind === 'parts') return from.parts.flatMap(each => partFindings(each, at));
      return from.kind === 'text' || takes(from, DOCUMENTS)
        ? []
        : no('this API takes documents as PDF or plain text, and addresses with HTTPS only');
    }
    case 'text':
    case 'refusal':
    case 'reasoning':
    case 'opaque':
      return [];
  }
}

function takes(from: Bytes, types: ReadonlySet<string>): boolean {
  if (from.kind === 'url') return /^https:/i.test(from.url);
  return from.kind !== 'base64' || types.has(mediaTypeOf(from));
}

/** Rules of the vendor on the order of turns. */
function orderFindings(
  all: readonly ConversationTurn[],
  { takesMidTurnSystem }: TargetModel,
): readonly TargetFinding[] {
  // Empty turns are not sent.
  const turns = all.filter(({ parts }) => parts.some(part => part.kind !== 'text' || part.text.trim() !== ''));
  const found: TargetFinding[] = [];
  const no = (path: string, reason: string): void => void found.push({ at: { path }, mark: 'unable', reason });
  const [first] = turns;
  const last = turns.at(-1);
  if (first === undefined) found.push({ at: 'turns', mark: 'unable', reason: 'the API needs a message of the user' });
  else if (first.role === 'assistant')
    no(first.path, 'at this API, a conversation must begin with a message of the user');
  if (last?.role === 'assistant') no(last.path, 'the model would continue this message instead of answering it');
  for (const [index, { path, role }] of turns.entries()) {
    if (role !== 'system' && role !== 'developer') continue;
    const after = turns.slice(index).find(turn => !isInstruction(turn));
    const before = turns.slice(0, index).findLast(turn => !isInstruction(turn));
    if (takesMidTurnSystem !== true) no(path, 'the model takes no instructions between turns');
    else if (before?.role !== 'user' || after?.role === 'user')
      no(path, 'at this API, an instruction must stand between a message of the user and the reply');
  }
  return found;
}

function isInstruction({ role }: ConversationTurn): boolean {
  return role === 'system' || role === 'developer';
}
