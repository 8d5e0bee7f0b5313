/** The fake provider's Messages API (Anthropic). */
import { anthropicError } from './fake-anthropic-errors.ts';
import type { FakeRequest, FakeApi, FakeTokens, PlannedReply, RenderContext, RenderedEvent } from './fake-api.ts';
import type { Json } from './fake-request.ts';
import { contentText, listOf, objectOf, positiveNumber, split, textOr } from './fake-request.ts';

export const fakeAnthropic: FakeApi = {
  name: 'anthropic-messages',
  path: '/v1/messages',
  requestIdHeader: 'request-id',
  lacks: ['inputAudio', 'outputAudio'],
  read,
  json,
  events,
  error: anthropicError,
};

function read(body: Json): FakeRequest {
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

function usageOf(tokens: FakeTokens, output: number): Json {
  return {
    ...inputUsage(tokens),
    cache_creation: {
      ephemeral_5m_input_tokens: tokens.cacheWrite5m,
      ephemeral_1h_input_tokens: tokens.cacheWrite1h,
    },
    output_tokens: output,
    ...lastUsage(tokens),
    service_tier: 'standard',
    inference_geo: null,
    speed: null,
  };
}

function lastUsage({ reasoning, webSearch }: FakeTokens): Json {
  return {
    output_tokens_details: reasoning > 0 ? { thinking_tokens: reasoning } : null,
    server_tool_use: webSearch > 0 ? { web_search_requests: webSearch, web_fetch_requests: 0 } : null,
  };
}

function blocksOf(plan: PlannedReply, { request, id }: RenderContext): readonly Json[] {
  const blocks: Json[] = [];
  if (plan.thinking !== undefined) {
    blocks.push({ type: 'thinking', thinking: plan.thinking, signature: SIGNATURE + request.model });
  }
  const text = plan.refusal ?? plan.text;
  if (text !== '') blocks.push({ type: 'text', text, citations: null });
  for (const call of plan.toolCalls) {
    const input = JSON.parse(call.arguments) as unknown;
    blocks.push({ type: 'tool_use', id: id('toolu'), name: call.name, input, caller: { type: 'direct' } });
  }
  if (plan.finish === 'pause') {
    blocks.push({ type: 'server_tool_use', id: id('srvtoolu'), name: 'web_search', input: { query: 'it' } });
  }
  return blocks;
}

function message(plan: PlannedReply, { request, id }: RenderContext): Json {
  return {
    id: id('msg'),
    type: 'message',
    role: 'assistant',
    model: request.model,
    content: [],
    stop_reason: null,
    stop_sequence: null,
    stop_details: null,
    container: null,
    usage: usageOf(plan.tokens, 1),
  };
}

function json(plan: PlannedReply, context: RenderContext): Json {
  return {
    ...message(plan, context),
    content: blocksOf(plan, context),
    stop_reason: STOP_REASON[plan.finish],
    usage: usageOf(plan.tokens, plan.tokens.output),
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
  const { output } = plan.tokens;
  const usage = { ...inputUsage(plan.tokens), output_tokens: output, ...lastUsage(plan.tokens) };
  const delta = { stop_reason: STOP_REASON[plan.finish], stop_sequence: null, stop_details: null, container: null };
  send('message_delta', { delta, usage }, { reports: 'usage' });
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
    default:
      return [{ ...block, text: '' }, parts(block.text, text => ({ type: 'text_delta', text }))];
  }
}
