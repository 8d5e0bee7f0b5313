/** The fake provider's Chat Completions API (OpenAI). */
import type { FakeRequest, FakeApi, PlannedReply, RenderContext, RenderedEvent } from './fake-api.ts';
import type { FakeTokens } from './fake-tokens.ts';
import { openaiError } from './fake-openai-errors.ts';
import { reportedUsage, servedAs } from './fake-statements.ts';
import type { Json } from './fake-request.ts';
import { contentText, listOf, objectOf, positiveNumber, split, textOr } from './fake-request.ts';

export const fakeOpenaiChat: FakeApi = {
  name: 'openai-chat',
  path: '/v1/chat/completions',
  requestIdHeader: 'x-request-id',
  lacks: [
    'cacheWrite1h',
    'imageGenInput',
    'imageGenInputImage',
    'imageGenOutput',
    'webSearch',
    'fileSearch',
    'codeSession',
  ],
  read,
  json,
  events,
  error: openaiError,
};

function read(body: Json): FakeRequest {
  const messages = listOf(body.messages);
  const format = objectOf(body.response_format);
  const choice = body.tool_choice;
  const tier = openaiTier(body.service_tier);
  return {
    model: textOr(body.model, ''),
    stream: body.stream === true,
    lastUserText: contentText(messages.findLast(({ role }) => role === 'user')?.content),
    endsWithToolResult: messages.at(-1)?.role === 'tool',
    tools: listOf(body.tools).map(tool => {
      const { name, parameters } = objectOf(tool.function);
      return { name: textOr(name, ''), schema: parameters };
    }),
    toolChoice: choice === 'none' ? 'none' : (objectOf(objectOf(choice).function).name as string | undefined),
    schema:
      format.type === 'json_schema' ? objectOf(format.json_schema).schema : format.type === 'json_object' || undefined,
    maxOutputTokens: positiveNumber(body.max_completion_tokens) ?? positiveNumber(body.max_tokens),
    reportsUsage: body.stream !== true || objectOf(body.stream_options).include_usage === true,
    tier,
    thinks: false,
    rememberedChars: 0,
    signedBy: [],
  };
}

export function openaiTier(tier: unknown): FakeRequest['tier'] {
  return tier === 'flex' || tier === 'priority' ? tier : 'standard';
}

export function openaiTierName(tier: string): string {
  return tier === 'standard' ? 'default' : tier;
}

const FINISH = { stop: 'stop', length: 'length', 'tool-calls': 'tool_calls', refusal: 'stop', pause: 'stop' } as const;

function usageOf(plan: PlannedReply): Json {
  const { tokens } = plan;
  const prompt = promptTokens(tokens);
  const completion = tokens.output + tokens.outputAudio + tokens.outputImage;
  return reportedUsage(plan, {
    prompt_tokens: prompt,
    completion_tokens: completion,
    total_tokens: prompt + completion,
    prompt_tokens_details: {
      cached_tokens: tokens.cacheRead,
      audio_tokens: tokens.inputAudio,
      cache_write_tokens: tokens.cacheWrite5m,
    },
    completion_tokens_details: {
      reasoning_tokens: tokens.reasoning,
      audio_tokens: tokens.outputAudio,
      accepted_prediction_tokens: 0,
      rejected_prediction_tokens: 0,
      ...(tokens.outputImage > 0 ? { image_tokens: tokens.outputImage } : {}),
    },
  });
}

/** Prompt tokens as OpenAI counts them: cached and audio tokens included. */
export function promptTokens({ input, cacheRead, cacheWrite5m, cacheWrite1h, inputAudio }: FakeTokens): number {
  return input + cacheRead + cacheWrite5m + cacheWrite1h + inputAudio;
}

function json(plan: PlannedReply, { request, id, createdAtS }: RenderContext): Json {
  const calls = plan.toolCalls.map(call => ({ id: id('call'), type: 'function', function: call }));
  const message = {
    role: 'assistant',
    content: plan.text === '' ? null : plan.text,
    refusal: plan.refusal ?? null,
    annotations: [],
    ...(calls.length > 0 ? { tool_calls: calls } : {}),
    ...mediaOf(plan, id, createdAtS),
  };
  const { model, tier } = servedAs(plan, request);
  return {
    id: id('chatcmpl'),
    object: 'chat.completion',
    created: createdAtS,
    model,
    choices: [{ index: 0, message, logprobs: null, finish_reason: FINISH[plan.finish] }],
    usage: usageOf(plan),
    service_tier: openaiTierName(tier),
    system_fingerprint: null,
  };
}

/** The parts of a message that are not text. OpenAI sends speech; gateways add images in the same way. */
function mediaOf({ image, audio }: PlannedReply, id: RenderContext['id'], createdAtS: number): Json {
  const url = `data:image/png;base64,${image ?? ''}`;
  return {
    ...(image === undefined ? {} : { images: [{ type: 'image_url', index: 0, image_url: { url } }] }),
    ...(audio === undefined ? {} : { audio: { id: id('audio'), expires_at: createdAtS + 3600, ...audio } }),
  };
}

function events(plan: PlannedReply, { request, id, createdAtS }: RenderContext): readonly RenderedEvent[] {
  const { model, tier } = servedAs(plan, request);
  const head = {
    id: id('chatcmpl'),
    object: 'chat.completion.chunk',
    created: createdAtS,
    model,
    service_tier: openaiTierName(tier),
    system_fingerprint: null,
  };
  const rendered: RenderedEvent[] = [];
  const chunk = (choices: readonly Json[], usage: Json | null, more: Partial<RenderedEvent>): void => {
    const data = request.reportsUsage ? { ...head, choices, usage } : { ...head, choices };
    rendered.push({ text: `data: ${JSON.stringify(data)}\n\n`, chars: 0, ...more });
  };
  const choice = (delta: Json, finish: string | null, more: Partial<RenderedEvent>): void =>
    chunk([{ index: 0, delta, logprobs: null, finish_reason: finish }], null, more);
  const delta = (fields: Json, chars: number): void => choice(fields, null, { chars });
  const opening = { role: 'assistant', content: plan.toolCalls.length > 0 ? null : '', refusal: null };
  choice(opening, null, { withoutOutput: true });
  for (const piece of split(plan.text, plan.pieces)) delta({ content: piece }, piece.length);
  for (const piece of split(plan.refusal ?? '', plan.pieces)) delta({ refusal: piece }, piece.length);
  const media = mediaOf(plan, id, createdAtS);
  if (Object.keys(media).length > 0) delta(media, plan.audio?.transcript.length ?? 0);
  for (const [index, call] of plan.toolCalls.entries()) {
    const start = { index, id: id('call'), type: 'function', function: { name: call.name, arguments: '' } };
    delta({ tool_calls: [start] }, 0);
    for (const piece of split(call.arguments, plan.pieces)) {
      delta({ tool_calls: [{ index, function: { arguments: piece } }] }, piece.length);
    }
  }
  choice({}, FINISH[plan.finish], {});
  if (request.reportsUsage) chunk([], usageOf(plan), { reports: 'usage', part: 'usage-chunk' });
  return [...rendered, { text: 'data: [DONE]\n\n', chars: 0, part: 'done' }];
}
