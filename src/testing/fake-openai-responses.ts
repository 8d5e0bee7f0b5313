/** The fake provider's Responses API (OpenAI). */
import type { FakeRequest, FakeApi, PlannedReply, RenderContext, RenderedEvent } from './fake-api.ts';
import type { ErrorKind } from './fake-errors.ts';
import { openaiTier, openaiTierName, promptTokens } from './fake-openai-chat.ts';
import { openaiError } from './fake-openai-errors.ts';
import type { Json } from './fake-request.ts';
import { reportedUsage, servedAs } from './fake-statements.ts';
import { contentText, listOf, objectOf, positiveNumber, split, textOr } from './fake-request.ts';

export const fakeOpenaiResponses: FakeApi = {
  name: 'openai-responses',
  path: '/v1/responses',
  requestIdHeader: 'x-request-id',
  lacks: ['inputAudio', 'outputAudio', 'outputImage'],
  read,
  json,
  events,
  error: openaiError,
};

function read(body: Json, remembered: (id: string) => number | undefined): FakeRequest | ErrorKind {
  const items: readonly Json[] =
    typeof body.input === 'string' ? [{ role: 'user', content: body.input }] : listOf(body.input);
  const previous = textOr(body.previous_response_id, '');
  const rememberedChars = previous === '' ? 0 : remembered(previous);
  if (rememberedChars === undefined) return { kind: 'unknown-response', id: previous };
  const lost = body.store === false ? items.find(isLostReasoning) : undefined;
  if (lost !== undefined) {
    const message = `Item with id '${textOr(lost.id, '')}' not found. Items are not persisted when \`store\` is set to false. Try again with \`store\` set to true, or remove this item from your input.`;
    return { kind: 'broken-rule', status: 404, message, parameter: 'input' };
  }
  const format = objectOf(objectOf(body.text).format);
  const choice = body.tool_choice;
  return {
    model: textOr(body.model, ''),
    stream: body.stream === true,
    lastUserText: contentText(items.findLast(({ role }) => role === 'user')?.content),
    endsWithToolResult: items.at(-1)?.type === 'function_call_output',
    tools: listOf(body.tools)
      .filter(({ type }) => type === 'function')
      .map(({ name, parameters }) => ({ name: textOr(name, ''), schema: parameters })),
    toolChoice: choice === 'none' ? 'none' : (objectOf(choice).name as string | undefined),
    schema: format.type === 'json_schema' ? format.schema : format.type === 'json_object' || undefined,
    maxOutputTokens: positiveNumber(body.max_output_tokens),
    reportsUsage: true,
    tier: openaiTier(body.service_tier),
    thinks: includesSeal(body) || !['none', undefined].includes(objectOf(body.reasoning).effort as string | undefined),
    rememberedChars,
    signedBy: items.flatMap(({ encrypted_content: sealed }) =>
      typeof sealed === 'string' ? [sealed.slice(SEAL.length)] : [],
    ),
  };
}

function includesSeal(body: Json): boolean {
  return Array.isArray(body.include) && body.include.includes('reasoning.encrypted_content');
}

function isLostReasoning({ type, encrypted_content: sealed }: Json): boolean {
  return type === 'reasoning' && typeof sealed !== 'string';
}

/** Fake encrypted content: this prefix, then the name of the only model that can decrypt it. */
const SEAL = 'gAAAAAB-';

function usageOf(plan: PlannedReply): Json {
  const { tokens } = plan;
  const input = promptTokens(tokens);
  return reportedUsage(plan, {
    input_tokens: input,
    input_tokens_details: {
      cached_tokens: tokens.cacheRead,
      cache_write_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h,
      ...(tokens.cacheWrite1h > 0
        ? { cache_write_tokens_details: { ttl_30m_tokens: tokens.cacheWrite5m, ttl_12h_tokens: tokens.cacheWrite1h } }
        : {}),
    },
    output_tokens: tokens.output,
    output_tokens_details: { reasoning_tokens: tokens.reasoning },
    total_tokens: input + tokens.output,
  });
}

/** The tools' usage that the output does not show. */
function toolUsageOf({ tokens, states }: PlannedReply): Json | undefined {
  const { imageGenInput: text, imageGenInputImage: image, imageGenOutput: drawn, webSearch } = tokens;
  if (states?.toolUsage !== undefined || text + image + drawn === 0) return states?.toolUsage;
  return {
    image_gen: {
      input_tokens: text + image,
      input_tokens_details: { text_tokens: text, image_tokens: image },
      output_tokens: drawn,
      output_tokens_details: { text_tokens: 0, image_tokens: drawn },
      total_tokens: text + image + drawn,
    },
    web_search: { num_requests: webSearch },
  };
}

function outputOf(plan: PlannedReply, { request, body, id }: RenderContext): readonly Json[] {
  const output: Json[] = [];
  const status = plan.finish === 'length' ? 'incomplete' : 'completed';
  for (let search = 0; search < plan.tokens.webSearch; search++) {
    output.push({
      id: id('ws'),
      type: 'web_search_call',
      status: 'completed',
      action: { type: 'search', query: 'it' },
    });
  }
  for (let search = 0; search < plan.tokens.fileSearch; search++) {
    output.push({ id: id('fs'), type: 'file_search_call', status: 'completed', queries: ['it'], results: null });
  }
  for (let session = 0; session < plan.tokens.codeSession; session++) {
    const ran = { type: 'code_interpreter_call', status: 'completed', code: '1', outputs: null };
    output.push({ id: id('ci'), container_id: id('cntr'), ...ran });
  }
  output.push(...(plan.states?.items ?? []));
  if (plan.thinking !== undefined) {
    const seal = includesSeal(body) ? { encrypted_content: SEAL + request.model } : {};
    output.push({ id: id('rs'), type: 'reasoning', summary: [], ...seal });
  }
  if (plan.image !== undefined) {
    output.push({ id: id('ig'), type: 'image_generation_call', status: 'completed', result: plan.image });
  }
  const isWithoutText = plan.toolCalls.length > 0 || plan.image !== undefined;
  if (!isWithoutText || plan.text !== '' || plan.refusal !== undefined) {
    const part =
      plan.refusal === undefined
        ? { type: 'output_text', annotations: [], logprobs: [], text: plan.text }
        : { type: 'refusal', refusal: plan.refusal };
    output.push({ id: id('msg'), type: 'message', status, role: 'assistant', content: [part] });
  }
  for (const call of plan.toolCalls) {
    output.push({ id: id('fc'), type: 'function_call', status: 'completed', call_id: id('call'), ...call });
  }
  return output;
}

function json(plan: PlannedReply, context: RenderContext): Json {
  return finished(plan, context, begun(plan, context), outputOf(plan, context));
}

/** The response before the model has written anything. */
function begun(plan: PlannedReply, { request, body, id, createdAtS }: RenderContext): Json {
  const { model, tier } = servedAs(plan, request);
  return {
    id: id('resp'),
    object: 'response',
    created_at: createdAtS,
    status: 'in_progress',
    background: body.background === true,
    error: null,
    incomplete_details: null,
    instructions: body.instructions ?? null,
    max_output_tokens: body.max_output_tokens ?? null,
    model,
    output: [],
    parallel_tool_calls: true,
    previous_response_id: body.previous_response_id ?? null,
    reasoning: { effort: null, summary: null },
    service_tier: openaiTierName(tier),
    store: body.store !== false,
    temperature: 1,
    text: body.text ?? { format: { type: 'text' } },
    tool_choice: body.tool_choice ?? 'auto',
    tools: body.tools ?? [],
    top_p: 1,
    top_logprobs: 0,
    truncation: 'disabled',
    access_programs: null,
    usage: null,
    metadata: body.metadata ?? {},
  };
}

function finished(plan: PlannedReply, { createdAtS }: RenderContext, response: Json, output: readonly Json[]): Json {
  const isCut = plan.finish === 'length';
  const toolUsage = toolUsageOf(plan);
  return {
    ...response,
    status: isCut ? 'incomplete' : 'completed',
    incomplete_details: isCut ? { reason: 'max_output_tokens' } : null,
    completed_at: isCut ? null : createdAtS,
    output,
    usage: usageOf(plan),
    ...(toolUsage === undefined ? {} : { tool_usage: toolUsage }),
  };
}

function events(plan: PlannedReply, context: RenderContext): readonly RenderedEvent[] {
  const rendered: RenderedEvent[] = [];
  const send = (type: string, data: Json, more: Partial<RenderedEvent> = {}): void => {
    const event = { type, sequence_number: rendered.length, ...data };
    rendered.push({ text: `event: ${type}\ndata: ${JSON.stringify(event)}\n\n`, chars: 0, ...more });
  };
  const response = begun(plan, context);
  const output = outputOf(plan, context);
  send('response.created', { response }, { withoutOutput: true });
  send('response.in_progress', { response }, { withoutOutput: true });
  for (const [index, item] of output.entries()) sendItem(send, { index, item, pieces: plan.pieces });
  const end = plan.finish === 'length' ? 'response.incomplete' : 'response.completed';
  send(end, { response: finished(plan, context, response, output) }, { reports: 'usage' });
  return rendered;
}

type Send = (type: string, data: Json, more?: Partial<RenderedEvent>) => void;

interface OutputItem {
  readonly index: number;
  readonly item: Json;
  readonly pieces: number;
}

/** The members of an item before it has content. */
const EMPTY: Readonly<Record<string, Json>> = {
  function_call: { arguments: '' },
  message: { content: [] },
  image_generation_call: { result: null },
};

function sendItem(send: Send, { index, item, pieces }: OutputItem): void {
  const position = { item_id: item.id, output_index: index };
  const begins = EMPTY[String(item.type)] ?? {};
  send('response.output_item.added', { output_index: index, item: { ...item, ...begins, status: 'in_progress' } });
  if (item.type === 'function_call') {
    const args = textOr(item.arguments, '');
    for (const delta of split(args, pieces)) {
      send('response.function_call_arguments.delta', { ...position, delta }, { chars: delta.length });
    }
    send('response.function_call_arguments.done', { ...position, name: item.name, arguments: args });
  }
  for (const part of listOf(item.content)) sendPart(send, { ...position, content_index: 0 }, part, pieces);
  send('response.output_item.done', { output_index: index, item });
}

function sendPart(send: Send, position: Json, part: Json, pieces: number): void {
  const [name, key] = part.type === 'refusal' ? (['refusal', 'refusal'] as const) : (['output_text', 'text'] as const);
  const logprobs = key === 'text' ? { logprobs: [] } : {};
  send('response.content_part.added', { ...position, part: { ...part, [key]: '' } });
  for (const delta of split(textOr(part[key], ''), pieces)) {
    send(`response.${name}.delta`, { ...position, delta, ...logprobs }, { chars: delta.length });
  }
  send(`response.${name}.done`, { ...position, [key]: part[key], ...logprobs });
  send('response.content_part.done', { ...position, part });
}
