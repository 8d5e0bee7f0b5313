/** One random conversation in the format of each of the three APIs, written by hand, so that translations can be compared with it. */
import type { SeededRandom } from '../../../src/core/math/random.ts';
import type { Api } from '../../../src/translate/neutral/conversation.ts';
import type { JsonObject } from '../../../src/translate/neutral/json-text.ts';
import { RawJson } from '../../../src/translate/neutral/json-text.ts';
import { oddJson, pick, randomText } from '../../support/random-values.ts';

type Said = { readonly text: string } | { readonly image: string };

interface SpokenCall {
  readonly id: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string;
  readonly result: readonly Said[];
}

/** A question of the user, and the answer: a text, calls with their results, or both. The last one has none. */
interface Exchange {
  readonly question: readonly Said[];
  readonly answer?: { readonly text?: string | undefined; readonly calls: readonly SpokenCall[] };
}

export interface Spoken {
  readonly system: readonly string[];
  readonly exchanges: readonly Exchange[];
  readonly tools: readonly { readonly name: string; readonly description?: string; readonly schema: JsonObject }[];
  readonly choice?: 'auto' | 'required' | 'none' | { readonly name: string };
  readonly isParallel: boolean;
  readonly isStream: boolean;
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly stop: readonly string[];
  readonly user?: string;
  readonly output?: JsonObject;
}

const SCHEMA = { type: 'object', properties: { a: { type: 'string' } }, required: ['a'], additionalProperties: false };

/** @param hasStop one of the two APIs cannot stop at a text */
export function randomSpoken(random: SeededRandom, hasStop: boolean): Spoken {
  const chance = (probability: number): boolean => random.next() < probability;
  const many = <Value>(most: number, make: (index: number) => Value): readonly Value[] =>
    Array.from({ length: Math.floor(random.next() * (most + 1)) }, (_, index) => make(index));
  const said = (): Said =>
    chance(0.8) ? { text: randomText(random) } : { image: pick(random, ['https://x.example/y.png', 'aGk=']) };
  const tools = many(3, index => ({
    name: `tool_${index}`,
    ...(chance(0.5) && { description: randomText(random) }),
    schema: pick(random, [SCHEMA, { type: 'object', properties: {} }]),
  }));
  let ids = 0;
  const call = (): SpokenCall => ({
    id: `call_${ids++}`,
    name: `tool_${Math.floor(random.next() * 3)}`,
    input: oddJson(random).text,
    result: chance(0.8) ? [{ text: randomText(random) }] : [],
  });
  const answer = (): NonNullable<Exchange['answer']> => {
    const calls = chance(0.5) ? many(3, call) : [];
    return { calls, text: calls.length === 0 || chance(0.5) ? randomText(random) : undefined };
  };
  const question = (): readonly Said[] => [said(), ...many(2, said)];
  const choice =
    tools.length > 0 && chance(0.4)
      ? pick(random, ['auto', 'required', 'none', { name: 'tool_0' }] as const)
      : undefined;
  return {
    system: many(2, () => randomText(random)),
    exchanges: [...many(3, () => ({ question: question(), answer: answer() })), { question: question() }],
    tools,
    ...(choice !== undefined && { choice }),
    // Anthropic has no field for "one call at a time" if the request has no tools.
    isParallel: tools.length === 0 || choice === 'none' || chance(0.8),
    isStream: chance(0.3),
    maxTokens: 100 + Math.floor(random.next() * 1000),
    ...(chance(0.3) && { temperature: Math.round(random.next() * 10) / 10 }),
    stop: hasStop && chance(0.2) ? ['END', 'x y'] : [],
    ...(chance(0.2) && { user: 'u-1' }),
    ...(chance(0.2) && { output: SCHEMA }),
  };
}

export function saidIn(api: Api, spoken: Spoken): JsonObject {
  return { 'anthropic-messages': inAnthropic, 'openai-chat': inChat, 'openai-responses': inResponses }[api](spoken);
}

function inAnthropic(spoken: Spoken): JsonObject {
  const { system, exchanges, tools, choice, isParallel, isStream, maxTokens, temperature, stop, user, output } = spoken;
  const block = (said: Said): JsonObject =>
    'text' in said
      ? { type: 'text', text: said.text }
      : {
          type: 'image',
          source: said.image.startsWith('http')
            ? { type: 'url', url: said.image }
            : { type: 'base64', media_type: 'image/png', data: said.image },
        };
  const messages: JsonObject[] = [];
  let results: readonly JsonObject[] = [];
  for (const { question, answer } of exchanges) {
    messages.push({ role: 'user', content: [...results, ...question.map(block)] });
    results = [];
    if (answer === undefined) continue;
    const calls = answer.calls.map(({ id, name, input }) => ({
      type: 'tool_use',
      id,
      name,
      input: new RawJson(input),
    }));
    const text = answer.text === undefined ? [] : [{ type: 'text', text: answer.text }];
    messages.push({ role: 'assistant', content: [...text, ...calls] });
    results = answer.calls.map(({ id, result }) => ({
      type: 'tool_result',
      tool_use_id: id,
      content: result.map(block),
    }));
  }
  const flag = isParallel ? {} : { disable_parallel_tool_use: true };
  const chosen = choice === 'required' ? 'any' : choice === undefined && !isParallel ? 'auto' : choice;
  return {
    model: 'm',
    max_tokens: maxTokens,
    system: system.map(text => ({ type: 'text', text })),
    messages,
    tools: tools.map(({ schema, ...tool }) => ({ ...tool, input_schema: schema })),
    tool_choice:
      chosen === undefined
        ? undefined
        : typeof chosen === 'object'
          ? { type: 'tool', ...chosen, ...flag }
          : { type: chosen, ...(chosen === 'none' ? {} : flag) },
    stream: isStream,
    temperature,
    stop_sequences: stop,
    metadata: user === undefined ? undefined : { user_id: user },
    output_config: output === undefined ? undefined : { format: { type: 'json_schema', schema: output } },
  };
}

function imageUrl(image: string): string {
  return image.startsWith('http') ? image : `data:image/png;base64,${image}`;
}

function inChat(spoken: Spoken): JsonObject {
  const { system, exchanges, tools, choice, isParallel, isStream, maxTokens, temperature, stop, user, output } = spoken;
  const part = (said: Said): JsonObject =>
    'text' in said
      ? { type: 'text', text: said.text }
      : { type: 'image_url', image_url: { url: imageUrl(said.image) } };
  const messages: JsonObject[] = system.map(text => ({ role: 'system', content: text }));
  for (const { question, answer } of exchanges) {
    messages.push({ role: 'user', content: question.map(part) });
    if (answer === undefined) continue;
    const calls = answer.calls.map(({ id, name, input }) => ({
      id,
      type: 'function',
      function: { name, arguments: input },
    }));
    messages.push({
      role: 'assistant',
      content: answer.text ?? null,
      tool_calls: calls.length === 0 ? undefined : calls,
    });
    for (const { id, result } of answer.calls)
      messages.push({
        role: 'tool',
        tool_call_id: id,
        content: result.map(each => ('text' in each ? each.text : '')).join(''),
      });
  }
  return {
    model: 'm',
    messages,
    tools: tools.map(({ schema, ...tool }) => ({ type: 'function', function: { ...tool, parameters: schema } })),
    tool_choice: typeof choice === 'object' ? { type: 'function', function: choice } : choice,
    parallel_tool_calls: isParallel,
    stream: isStream,
    max_completion_tokens: maxTokens,
    temperature,
    stop,
    safety_identifier: user,
    response_format:
      output === undefined
        ? undefined
        : { type: 'json_schema', json_schema: { name: 'reply', schema: output, strict: true } },
  };
}

function inResponses(spoken: Spoken): JsonObject {
  const { system, exchanges, tools, choice, isParallel, isStream, maxTokens, temperature, user, output } = spoken;
  const part = (said: Said): JsonObject =>
    'text' in said
      ? { type: 'input_text', text: said.text }
      : { type: 'input_image', image_url: imageUrl(said.image), detail: 'auto' };
  const input: JsonObject[] = [];
  const [first, ...more] = system;
  if (more.length > 0) for (const text of system) input.push({ type: 'message', role: 'system', content: text });
  for (const { question, answer } of exchanges) {
    input.push({ type: 'message', role: 'user', content: question.map(part) });
    if (answer === undefined) continue;
    if (answer.text !== undefined) input.push({ type: 'message', role: 'assistant', content: answer.text });
    for (const { id, name, input: text } of answer.calls)
      input.push({ type: 'function_call', call_id: id, name, arguments: text });
    for (const { id, result } of answer.calls)
      input.push({
        type: 'function_call_output',
        call_id: id,
        output: result.map(each => ('text' in each ? each.text : '')).join(''),
      });
  }
  return {
    model: 'm',
    instructions: more.length === 0 ? first : undefined,
    input,
    store: false,
    // Absent, it would mean true in this API only.
    tools: tools.map(({ schema, ...tool }) => ({ type: 'function', ...tool, parameters: schema, strict: false })),
    tool_choice: typeof choice === 'object' ? { type: 'function', ...choice } : choice,
    parallel_tool_calls: isParallel,
    stream: isStream,
    max_output_tokens: maxTokens,
    temperature,
    safety_identifier: user,
    text:
      output === undefined
        ? undefined
        : { format: { type: 'json_schema', name: 'reply', schema: output, strict: true } },
  };
}
