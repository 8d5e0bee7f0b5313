/** A model of the fake provider: what it costs, how long its answers are, and how often they are right. */
import type { SeededRandom } from '../core/math/random.ts';
import type { FakeRequest, FakeMeter, FakeTier, FakeTokens, PlannedReply } from './fake-api.ts';
import type { FakePrice } from './fake-bill.ts';
import { schemaSample } from './schema-sample.ts';

/** A fixed number, or a range to draw from: both ends included. */
export type FakeCount = number | readonly [least: number, most: number];

export type TokenCounts = Readonly<Partial<Record<FakeMeter | 'reasoning', FakeCount>>>;

export interface FakeModel {
  readonly price: FakePrice;
  /** Prices of other service tiers; a tier left out costs the same and is reported as standard. */
  readonly tierPrices?: Readonly<Partial<Record<Exclude<FakeTier, 'standard'>, FakePrice>>>;
  /**
   * Tokens of an exchange. Input left out: characters of the request ÷ 4; output left out: 40 to 80. A limit set by the
   * caller cuts the output off. A function says them for each task.
   */
  readonly tokens?: TokenCounts | ((task: FakeTask) => TokenCounts);
  readonly latencyMs?: FakeCount;
  /** Probability that an answer solves its task, by feature if need be (`'*'`: every other). Default 1. */
  readonly success?: number | Readonly<Record<string, number>>;
  /**
   * The visible text; default: words for as many tokens as the output has. The marker stands before it, except where the
   * request wants JSON: then a function's text is the whole reply, and without one it is a value of the schema.
   */
  readonly text?: string | ((task: FakeTask & { readonly solved: boolean }) => string);
  /** Events that a streamed text comes in. Default 8. */
  readonly pieces?: number;
  /** Whether the model calls a tool when it is given some. Default true. */
  readonly callsTools?: boolean;
  /** Parameters answered with a 400. */
  readonly unsupported?: readonly string[];
}

/** What the tags in the last message of the user say. */
export interface FakeTask {
  /** `[feature:support.reply]`: looked up in {@link FakeModel.success}. */
  readonly feature: string | undefined;
  /** `[task:17]`: the same task has the same fate at the same model, in whatever order requests come. */
  readonly task: string | undefined;
  /** `[difficulty:0.4]`: solved by exactly the models whose probability of success is higher. */
  readonly difficulty: number | undefined;
  /** `[refuse]`: the model declines. */
  readonly refuse: boolean;
  readonly request: FakeRequest;
}

export function taskOf(request: FakeRequest): FakeTask {
  const text = request.lastUserText;
  const difficulty = tag(text, 'difficulty');
  return {
    feature: tag(text, 'feature'),
    task: tag(text, 'task'),
    difficulty: difficulty === undefined ? undefined : Number(difficulty),
    refuse: text.includes('[refuse]'),
    request,
  };
}

function tag(text: string, name: string): string | undefined {
  return new RegExp(`\\[${name}:([^\\]]*)\\]`).exec(text)?.[1];
}

export const SOLVED = '[solved]';
export const NOT_SOLVED = '[not solved]';

export interface PlanOptions {
  readonly model: FakeModel;
  readonly request: FakeRequest;
  /** Length of the request's body. */
  readonly requestChars: number;
  /** Meters the API does not have. */
  readonly lacks: readonly FakeMeter[];
  readonly random: SeededRandom;
}

/** The reply of a model, a function of the random stream alone. */
export function planReply({ model, request, requestChars, lacks, random }: PlanOptions): PlannedReply {
  const task = taskOf(request);
  const solved = isSolved(model, task, random.fork('success'));
  const drawn = tokensOf(
    typeof model.tokens === 'function' ? model.tokens(task) : (model.tokens ?? {}),
    requestChars + request.rememberedChars,
    random.fork('tokens'),
  );
  const tokens: FakeTokens = { ...drawn, ...Object.fromEntries(lacks.map(meter => [meter, 0])) };
  const common = {
    thinking: request.thinks ? 'Let me think about it.' : undefined,
    refusal: undefined,
    toolCalls: [],
    pieces: model.pieces ?? 8,
  };
  if (task.refuse) {
    return { ...common, text: '', refusal: 'I cannot help with that.', finish: 'refusal', tokens, solved: undefined };
  }
  const tool = toolToCall(model, request);
  if (tool !== undefined) {
    const call = { name: tool.name, arguments: JSON.stringify(schemaSample(tool.schema, 'something')) };
    return { ...common, text: '', toolCalls: [call], finish: 'tool-calls', tokens, solved: undefined };
  }
  const text = textOf(model, task, solved, tokens.output - tokens.reasoning);
  const most = request.maxOutputTokens ?? Number.POSITIVE_INFINITY;
  if (tokens.output <= most) return { ...common, text, finish: 'stop', tokens, solved };
  const cut = { ...tokens, output: most, reasoning: Math.min(tokens.reasoning, most) };
  const kept = Math.floor((text.length * (cut.output - cut.reasoning)) / (tokens.output - tokens.reasoning || 1));
  return { ...common, text: text.slice(0, kept), finish: 'length', tokens: cut, solved: false };
}

function isSolved(model: FakeModel, { feature, difficulty }: FakeTask, random: SeededRandom): boolean {
  const { success = 1 } = model;
  const probability = typeof success === 'number' ? success : (success[feature ?? '*'] ?? success['*'] ?? 1);
  return (difficulty ?? random.next()) < probability;
}

function tokensOf(tokens: TokenCounts, requestChars: number, random: SeededRandom): FakeTokens {
  const draw = (meter: FakeMeter | 'reasoning', otherwise: FakeCount): number =>
    drawCount(tokens[meter] ?? otherwise, random.fork(meter));
  const reasoning = draw('reasoning', 0);
  return {
    input: draw('input', Math.ceil(requestChars / 4)),
    cacheRead: draw('cacheRead', 0),
    cacheWrite5m: draw('cacheWrite5m', 0),
    cacheWrite1h: draw('cacheWrite1h', 0),
    inputAudio: draw('inputAudio', 0),
    output: Math.max(draw('output', [40, 80]), reasoning),
    outputAudio: draw('outputAudio', 0),
    webSearch: draw('webSearch', 0),
    reasoning,
  };
}

export function drawCount(count: FakeCount, random: SeededRandom): number {
  if (typeof count === 'number') return count;
  const [least, most] = count;
  return least + Math.floor(random.next() * (most - least + 1));
}

function toolToCall({ callsTools = true }: FakeModel, request: FakeRequest): FakeRequest['tools'][number] | undefined {
  const { tools, toolChoice, endsWithToolResult } = request;
  if (toolChoice === 'none' || endsWithToolResult) return undefined;
  const forced = tools.find(({ name }) => name === toolChoice);
  return forced ?? (callsTools ? tools[0] : undefined);
}

const WORDS = 'the order was sent on monday and will arrive within three days so there is nothing left to do '.repeat(
  20,
);

function textOf({ text }: FakeModel, task: FakeTask, solved: boolean, tokens: number): string {
  const marker = solved ? SOLVED : NOT_SOLVED;
  const own = typeof text === 'function' ? text({ ...task, solved }) : text;
  if (task.request.schema !== undefined) {
    if (typeof text === 'function' && own !== undefined) return own;
    const schema = task.request.schema === true ? { type: 'object', properties: { answer: {} } } : task.request.schema;
    return JSON.stringify(schemaSample(schema, marker));
  }
  return `${marker} ${own ?? WORDS.slice(0, Math.max(0, tokens * 4 - marker.length - 1)).trimEnd()}`;
}
