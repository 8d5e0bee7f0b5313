/** The fake provider's Messages API (Anthropic). */
import { brokenThinkingRule } from './fake-anthropic-rules.ts';
import type { ErrorKind } from './fake-errors.ts';
import { anthropicError } from './fake-anthropic-errors.ts';
import type { FakeRequest, FakeApi, PlannedReply, RenderContext, RenderedEvent } from './fake-api.ts';
import type { FakeTokens } from './fake-tokens.ts';
import { tokensWith } from './fake-tokens.ts';
import type { Json } from './fake-request.ts';
import { contentText, listOf, objectOf, positiveNumber, split, textOr } from './fake-request.ts';
import { reportedUsage, servedAs } from './fake-statements.ts';

export const fakeAnthropic: FakeApi = {
  name: 'anthropic-messages',
  path: '/v1/messages',
  requestIdHeader: 'request-id',
  lacks: [
    'inputAudio',
    'outputAudio',
    'outputImage',
    'imageGenInput',
    'imageGenInputImage',
    'imageGenOutput',
    'fileSearch',
  ],
  read,
  json,
  events,
  error: anthropicError,
};

function read(body: Json): FakeRequest | ErrorKind {
  const broken = brokenThinkingRule(body);
  if (broken !== undefined) return broken;
  const messages = listOf(body.messages);
  const last = messages.at(-1);
  const choice = objectOf(body.tool_choice);
  const format = objectOf(body.output_format ?? objectOf(body.output_config).format);
  const thinking = objectOf(body.thinking).type;
  return {
    model: textOr(body.model, ''),
    stream: body.stream === true,
    lastUserText: contentText(
      messages.findLast(message => message.role === 'user' && contentText(message.content) !== '')?.content,
    ),
    endsWithToolResult: listOf(last?.content).some(({ type }) => type === 'tool_result'),
    tools: listOf(body.tools)
      .filter(({ input_schema: schema }) => schema !== undefined)
      .map(({ name, input_schema: schema }) => ({ name: textOr(name, ''), schema })),
    toolChoice: choice.type === 'none' ? 'none' : (choice.name as string | undefined),
    schema: format.type === 'json_schema' ? format.schema : undefined,
    maxOutputTokens: positiveNumber(body.max_tokens),
    reportsUsage: true,
    tier: 'standard',
    speed: textOr(body.speed, '') || undefined,
    region: textOr(body.inference_geo, '') || undefined,
    thinks: thinking === 'enabled' || thinking === 'adaptive',
    rememberedChars: 0,
    signedBy: messages.flatMap(({ content }) =>
      listOf(content).flatMap(({ type, signature }) =>
        type === 'thinking' && typeof signature === 'string' ? [signature.slice(SIGNATURE.length)] : [],
      ),
    ),
  };
}

/** A fake signature: this prefix, then the name of the model that signed. */
const SIGNATURE = 'EqQBCgIYAhIM-';

const STOP_REASON = {
  stop: 'end_turn',
  length: 'max_tokens',
  'tool-calls': 'tool_use',
  refusal: 'refusal',
  pause: 'pause_turn',
} as const;

function inputUsage(tokens: FakeTokens): Json {
  return {
    input_tokens: tokens.input,
    cache_creation_input_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h,
    cache_read_input_tokens: tokens.cacheRead,
  };
}

function usageOf(plan: PlannedReply, { request }: RenderContext, part: 'start' | 'whole' | 'end'): Json {
  const { tokens } = plan;
  const { tier, speed = null, region = null } = servedAs(plan, request);
  return reportedUsage(plan, {
    ...inputUsage(tokens),
    output_tokens: part === 'start' ? 1 : tokens.output,
    ...lastUsage(tokens),
    // The end of a stream repeats only counts.
    ...(part === 'end'
      ? {}
      : { cache_creation: cacheCreation(tokens), service_tier: tier, inference_geo: region, speed }),
    ...(part === 'start' ? {} : iterationsOf(plan)),
  });
}

function cacheCreation({ cacheWrite5m, cacheWrite1h }: FakeTokens): Json {
  return { ephemeral_5m_input_tokens: cacheWrite5m, ephemeral_1h_input_tokens: cacheWrite1h };
}

function iterationsOf({ states }: PlannedReply): Json {
  if (states?.calls === undefined) return {};
  const iterations = states.calls.map(({ type, model, tokens: counts }) => {
    const tokens = tokensWith(counts);
    const own = model === undefined ? {} : { model };
    return { type, ...own, ...inputUsage(tokens), cache_creation: cacheCreation(tokens), output_tokens: tokens.output };
  });
  return { iterations };
}

function lastUsage({ reasoning, webSearch }: FakeTokens): Json {
  return {
    output_tokens_details: reasoning > 0 ? { thinking_tokens: reasoning } : null,
    server_tool_use: webSearch > 0 ? { web_search_requests: webSearch, web_fetch_requests: 0 } : null,
  };
}

function blocksOf(plan: PlannedReply, { request, id }: RenderContext): readonly Json[] {
  const blocks: Json[] = handovers(plan, request.model);
  if (plan.thinking !== undefined) {
    blocks.push({ type: 'thinking', thinking: plan.thinking, signature: SIGNATURE + request.model });
  }
  const text = plan.refusal ?? plan.text;
  if (text !== '') blocks.push({ type: 'text', text, citations: null });
  for (const call of plan.toolCalls) {
    const input = JSON.parse(call.arguments) as unknown;
    blocks.push({ type: 'tool_use', id: id('toolu'), name: call.name, input, caller: { type: 'direct' } });
  }
  for (let session = 0; session < plan.tokens.codeSession; session++) {
    blocks.push({ type: 'server_tool_use', id: id('srvtoolu'), name: 'bash_code_execution', input: { command: 'ls' } });
  }
  blocks.push(...(plan.states?.items ?? []));
  if (plan.finish === 'pause') {
    blocks.push({ type: 'server_tool_use', id: id('srvtoolu'), name: 'web_search', input: { query: 'it' } });
  }
  return blocks;
}

/** One block for each model that declined and handed over to the next. */
function handovers({ states }: PlannedReply, asked: string): Json[] {
  const { calls = [] } = states ?? {};
  return calls.flatMap(({ declined, model = asked }, index) => {
    const next = calls[index + 1];
    if (declined === undefined || next === undefined) return [];
    const trigger = { type: 'refusal', category: declined };
    return [{ type: 'fallback', from: { model }, to: { model: next.model ?? asked }, trigger }];
  });
}

function message(plan: PlannedReply, context: RenderContext): Json {
  const { request, id } = context;
  // A stream has already named its model when another one takes over.
  const isHandedOver = request.stream && handovers(plan, request.model).length > 0;
  return {
    id: id('msg'),
    type: 'message',
    role: 'assistant',
    model: isHandedOver ? request.model : servedAs(plan, request).model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    diagnostics: null,
    usage: usageOf(plan, context, 'start'),
  };
}

function stopDetails({ states }: PlannedReply): Json | null {
  const { declined } = states ?? {};
  return declined === undefined ? null : { type: 'refusal', category: declined, explanation: null };
}

function json(plan: PlannedReply, context: RenderContext): Json {
  return {
    ...message(plan, context),
    content: blocksOf(plan, context),
    stop_reason: STOP_REASON[plan.finish],
    stop_details: stopDetails(plan),
    usage: usageOf(plan, context, 'whole'),
  };
}

function events(plan: PlannedReply, context: RenderContext): readonly RenderedEvent[] {
  const rendered: RenderedEvent[] = [];
  const send = (type: string, data: Json, more: Partial<RenderedEvent> = {}): void => {
    rendered.push({ text: `event: ${type}\ndata: ${JSON.stringify({ type, ...data })}\n\n`, chars: 0, ...more });
  };
  send('message_start', { message: message(plan, context) }, { reports: 'input', withoutOutput: true });
  for (const [index, block] of blocksOf(plan, context).entries()) {
    const [empty, deltas] = deltasOf(block, plan.pieces);
    send('content_block_start', { index, content_block: empty });
    if (index === 0) send('ping', {});
    for (const { delta, chars } of deltas) send('content_block_delta', { index, delta }, { chars });
    send('content_block_stop', { index });
  }
  const end = { stop_reason: STOP_REASON[plan.finish], stop_details: stopDetails(plan) };
  const delta = { ...end, stop_sequence: null, container: null };
  send('message_delta', { delta, usage: usageOf(plan, context, 'end') }, { reports: 'usage' });
  send('message_stop', {});
  return rendered;
}

/** A block as it starts, and its deltas. */
function deltasOf(
  block: Json,
  pieces: number,
): readonly [Json, readonly { readonly delta: Json; readonly chars: number }[]] {
  const parts = (text: unknown, as: (piece: string) => Json) =>
    split(textOr(text, ''), pieces).map(piece => ({ delta: as(piece), chars: piece.length }));
  switch (block.type) {
    case 'thinking':
      return [
        { ...block, thinking: '', signature: '' },
        [
          ...parts(block.thinking, thinking => ({ type: 'thinking_delta', thinking })),
          { delta: { type: 'signature_delta', signature: block.signature }, chars: 0 },
        ],
      ];
    case 'server_tool_use':
    case 'tool_use': {
      const input = JSON.stringify(block.input);
      const as = (piece: string): Json => ({ type: 'input_json_delta', partial_json: piece });
      return [{ ...block, input: {} }, [{ delta: as(''), chars: 0 }, ...parts(input, as)]];
    }
    case 'text':
      return [{ ...block, text: '' }, parts(block.text, text => ({ type: 'text_delta', text }))];
    default:
      return [block, []];
  }
}
