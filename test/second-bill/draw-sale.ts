/** Random sales, from a seed: every model with every tier, speed, region, cache, tool and kind of call that it may have. */
import type { ModelName } from './published-rates.ts';
import { published } from './published-rates.ts';
import type { Call, Dialect, Sale, Tokens, ToolsUsed } from './sale.ts';

export interface Dice {
  /** A whole number from `from` to `to`. */
  whole(from: number, to: number): number;
  chance(probability: number): boolean;
  of<T>(choices: readonly T[]): T;
}

/** A generator of its own (splitmix32), so that a sale can be drawn again from its seed and number alone. */
export function dice(seed: number, number: number): Dice {
  let state = (Math.imul(seed, 0x9e3779b1) ^ Math.imul(number + 1, 0x85ebca6b)) | 0;
  const next = () => {
    state = (state + 0x9e3779b9) | 0;
    let mixed = state ^ (state >>> 16);
    mixed = Math.imul(mixed, 0x21f0aaad);
    mixed ^= mixed >>> 15;
    mixed = Math.imul(mixed, 0x735a2d97);
    return ((mixed ^ (mixed >>> 15)) >>> 0) / 2 ** 32;
  };
  const whole = (from: number, to: number) => from + Math.floor(next() * (to - from + 1));
  return {
    whole,
    chance: probability => next() < probability,
    of: choices => choices[whole(0, choices.length - 1)] as never,
  };
}

const NO_TOKENS: Tokens = {
  input: 0,
  cacheRead: 0,
  cacheWrite: 0,
  cacheWrite1h: 0,
  audioInput: 0,
  output: 0,
  reasoning: 0,
  audioOutput: 0,
};
const NO_TOOLS: ToolsUsed = { searches: 0, pages: 0, fileSearches: 0, codeRuns: [], computerCalls: 0 };

/** A random count: 0 in 15 % of cases, otherwise a number with a random number of digits. */
const count = (on: Dice, digits: number) => (on.chance(0.15) ? 0 : on.whole(1, 10 ** on.whole(1, digits)));

const sum = (calls: readonly Call[]): Tokens =>
  calls.reduce(
    (total, { tokens }) => ({
      input: total.input + tokens.input,
      cacheRead: total.cacheRead + tokens.cacheRead,
      cacheWrite: total.cacheWrite + tokens.cacheWrite,
      cacheWrite1h: total.cacheWrite1h + tokens.cacheWrite1h,
      audioInput: total.audioInput + tokens.audioInput,
      output: total.output + tokens.output,
      reasoning: total.reasoning + tokens.reasoning,
      audioOutput: total.audioOutput + tokens.audioOutput,
    }),
    NO_TOKENS,
  );

export const totalOf = sum;

/** Sometimes replaces the input by one that is exactly at the price bracket of the model, or one token above it. */
function atBracket(on: Dice, model: ModelName, tokens: Tokens): Tokens {
  const { long } = published(model);
  if (long === undefined || !on.chance(0.3)) return tokens;
  const others = tokens.cacheRead + tokens.cacheWrite + tokens.cacheWrite1h + tokens.audioInput;
  const wanted = long.above + on.whole(0, 1);
  return others <= wanted ? { ...tokens, input: wanted - others } : tokens;
}

/** Every request has at least one token of input. */
function withInput(on: Dice, model: ModelName, tokens: Tokens): Tokens {
  const drawn = atBracket(on, model, tokens);
  const { input, cacheRead, cacheWrite, cacheWrite1h, audioInput } = drawn;
  return input + cacheRead + cacheWrite + cacheWrite1h + audioInput > 0 ? drawn : { ...drawn, input: 1 };
}

// Anthropic

const CLAUDES = [
  'claude-opus-4-6',
  'claude-opus-4-8',
  'claude-opus-5',
  'claude-fable-5',
  'claude-sonnet-4-6',
  'claude-sonnet-4-5',
  'claude-haiku-4-5',
] as const satisfies readonly ModelName[];

const SNAPSHOTS: Partial<Record<ModelName, string>> = {
  'claude-sonnet-4-5': 'claude-sonnet-4-5-20250929',
  'claude-haiku-4-5': 'claude-haiku-4-5-20251001',
  'gpt-5': 'gpt-5-2025-08-07',
  'gpt-5-mini': 'gpt-5-mini-2025-08-07',
  'gpt-5-nano': 'gpt-5-nano-2025-08-07',
  'gpt-4.1': 'gpt-4.1-2025-04-14',
  'gpt-4o-mini': 'gpt-4o-mini-2024-07-18',
};

function claudeTokens(on: Dice, model: ModelName): Tokens {
  const hasCache = on.chance(0.6);
  const output = count(on, 5);
  return withInput(on, model, {
    ...NO_TOKENS,
    input: count(on, 6),
    cacheRead: hasCache ? count(on, 6) : 0,
    cacheWrite: hasCache ? count(on, 5) : 0,
    cacheWrite1h: hasCache && on.chance(0.4) ? count(on, 5) : 0,
    output,
    reasoning: on.chance(0.3) ? on.whole(0, output) : 0,
  });
}

/** A call that wrote something, as it must have where it used a tool or answered for another one. */
function atLeastOne(call: Call): Call {
  const { input, output } = call.tokens;
  return { ...call, tokens: { ...call.tokens, input: input + 1, output: output + 1 } };
}

function drawMessages(on: Dice): Sale {
  const asked = on.of(CLAUDES);
  const call = (type: Call['type'], model: ModelName): Call => ({ type, model, tokens: claudeTokens(on, model) });
  const base = {
    api: 'messages',
    dialect: 'openai',
    isStreamed: on.chance(0.5),
    asked,
    namedAs: on.chance(0.3) ? (SNAPSHOTS[asked] ?? asked) : asked,
    served: asked,
    tools: on.chance(0.3) ? { ...NO_TOOLS, searches: on.whole(0, 4), pages: on.whole(0, 3) } : NO_TOOLS,
  } as const satisfies Partial<Sale>;
  // Which models may be served from the United States alone, and which in fast mode, is the vendor's rule; a reply of another
  // model says `not_available`, or is the subject of a doubt.
  const { us, fast } = published(asked);
  const region = on.chance(0.5)
    ? {}
    : { region: us === 'more' && on.chance(0.6) ? 'us' : on.of(us === 'more' ? ['global'] : ['not_available']) };
  const tier = on.chance(0.5) ? {} : { tier: on.chance(0.7) ? 'standard' : on.of(['batch', 'priority']) };
  // Fast mode is not sold in batches, and standard speed may be named or not.
  const speed =
    tier.tier === 'batch' || on.chance(0.4)
      ? {}
      : { speed: fast !== undefined && on.chance(0.7) ? 'fast' : 'standard' };
  const odd = on.chance(0.06)
    ? on.of<Partial<Sale>>([
        { speed: 'turbo' },
        { region: 'atlantis' },
        { tier: 'ultrafast' },
        { oddity: 'usage.tokens' },
        { oddity: 'server_tool_use' },
        { oddity: 'iteration' },
      ])
    : {};
  const terms = { ...tier, ...speed, ...region };

  switch (on.whole(0, 6)) {
    case 0: {
      // A tool loop on the server, an advisor now and then, a compaction of what came before. Fast mode's advisor: unpublished.
      const calls: Call[] = [];
      if (on.chance(0.3)) calls.push(call('compaction', asked));
      const loops = on.whole(1, 3);
      const mayAdvise = terms.speed !== 'fast';
      for (let loop = 0; loop < loops; loop++) {
        calls.push(atLeastOne(call('message', asked)));
        if (mayAdvise && loop < loops - 1 && on.chance(0.6))
          calls.push(call('advisor_message', advisorFor(on, terms.region)));
      }
      return { ...base, ...terms, ...odd, calls, isItemised: true };
    }
    case 1: {
      // A fallback model wrote the message; whether it was in fast mode as well is not published per attempt.
      const served = on.of(
        CLAUDES.filter(model => model !== asked && (terms.region !== 'us' || published(model).us === 'more')),
      );
      const calls: Call[] = [];
      const declined = call('message', asked);
      calls.push(on.chance(0.5) ? declined : { ...declined, tokens: { ...declined.tokens, output: 0, reasoning: 0 } });
      if (on.chance(0.3)) calls.push(call('message', served));
      calls.push(atLeastOne(call('fallback_message', served)));
      const { speed: _, ...slow } = terms;
      return { ...base, ...slow, served, namedAs: served, calls, isItemised: true, tools: NO_TOOLS };
    }
    case 2: {
      if (!on.chance(0.2)) break;
      const refused = { ...claudeTokens(on, asked), output: 0, reasoning: 0 };
      const calls: Call[] = [{ type: 'message', model: asked, tokens: refused }];
      return { ...base, ...terms, calls, isItemised: on.chance(0.3), isRefused: true, tools: NO_TOOLS };
    }
  }
  const isItemised = odd.oddity === 'iteration' || on.chance(0.2);
  const only = call('message', asked);
  return { ...base, ...terms, ...odd, calls: [base.tools.searches > 0 ? atLeastOne(only) : only], isItemised };
}

const advisorFor = (on: Dice, region: string | undefined): ModelName =>
  on.of(CLAUDES.filter(model => region !== 'us' || published(model).us === 'more'));

// OpenAI and the vendors behind its API

function gptTokens(on: Dice, model: ModelName): Tokens {
  const price = published(model);
  const hasAudio = price.audioInput !== undefined && on.chance(0.3);
  const hasCache = !hasAudio && on.chance(0.5);
  const output = Math.max(1, count(on, 5));
  return withInput(on, model, {
    ...NO_TOKENS,
    input: count(on, 6),
    cacheRead: hasCache ? count(on, 6) : 0,
    cacheWrite: hasCache && price.cacheWrite !== undefined ? count(on, 5) : 0,
    cacheWrite1h: hasCache && price.cacheWrite1h !== undefined && on.chance(0.4) ? count(on, 5) : 0,
    audioInput: hasAudio ? count(on, 4) : 0,
    output,
    reasoning: on.chance(0.5) ? on.whole(0, output) : 0,
    audioOutput: hasAudio ? count(on, 4) : 0,
  });
}

const isLong = (model: ModelName, { input, cacheRead, cacheWrite, cacheWrite1h, audioInput }: Tokens) =>
  input + cacheRead + cacheWrite + cacheWrite1h + audioInput >
  (published(model).long?.above ?? Number.POSITIVE_INFINITY);

/** A tier as the vendor names it in a reply. */
function tierOf(on: Dice, model: ModelName, tokens: Tokens): { tier?: string } {
  const price = published(model);
  switch (on.whole(0, 5)) {
    case 0:
      return { tier: on.of(['default', 'auto']) };
    case 1:
      return price.halfPrice === 'flex' ? { tier: 'flex' } : {};
    case 2:
      // "Excludes long context": such a request is served, and named, as the default tier.
      return price.priority !== undefined && !isLong(model, tokens) ? { tier: 'priority' } : { tier: 'default' };
    case 3:
      return on.chance(0.2) ? { tier: on.of(['ultrafast', 'scale-x', ...(price.priority ? [] : ['priority'])]) } : {};
    default:
      return {};
  }
}

const GPTS = [
  'gpt-5',
  'gpt-5-mini',
  'gpt-5-nano',
  'gpt-5.4',
  'gpt-5.6-luna',
  'gpt-4.1',
  'gpt-4o-mini',
  'contract',
  'negotiated',
] as const;

/** The model as the reply names it: itself, its snapshot, with the vendor before it or in capitals; or another model. */
function naming(on: Dice, asked: ModelName): Pick<Sale, 'namedAs' | 'served'> {
  if (published(asked).vendor === 'compatible') return { namedAs: asked, served: asked };
  switch (on.whole(0, 9)) {
    case 0:
      return { namedAs: `openai/${asked}`, served: asked };
    case 1:
      return { namedAs: asked.toUpperCase(), served: asked };
    case 2: {
      if (!on.chance(0.4)) break;
      const served = on.of(
        (['gpt-5', 'gpt-5-mini', 'gpt-4.1', 'gpt-4o-mini'] as const).filter(model => model !== asked),
      );
      return { namedAs: on.chance(0.5) ? served : (SNAPSHOTS[served] ?? served), served };
    }
    case 3:
      if (on.chance(0.2)) return { namedAs: 'acme-secret-model' };
      break;
    case 4:
    case 5:
    case 6:
      return { namedAs: SNAPSHOTS[asked] ?? asked, served: asked };
  }
  return { namedAs: asked, served: asked };
}

function drawResponses(on: Dice): Sale {
  const asked = on.of(GPTS);
  const names = naming(on, asked);
  const writer = names.served ?? asked;
  const drawn = gptTokens(on, writer);
  // The Responses API counts no audio, and one kind of cache write.
  const tokens = {
    ...drawn,
    audioInput: 0,
    audioOutput: 0,
    cacheWrite1h: 0,
    output: drawn.output + 1,
    input: Math.max(1, drawn.input),
  };
  const price = published(writer);
  const mayUse = price.fileSearch !== undefined;
  const tools: ToolsUsed =
    mayUse && on.chance(0.5)
      ? {
          searches: on.whole(0, 4),
          pages: on.whole(0, 3),
          fileSearches: on.whole(0, 3),
          codeRuns: Array.from({ length: on.chance(0.3) ? on.whole(1, 3) : 0 }, () => `cntr_${on.whole(1, 2)}`),
          computerCalls: on.whole(0, 2),
          ...(on.chance(0.3) && {
            image: { text: count(on, 3), image: on.chance(0.5) ? count(on, 4) : 0, output: count(on, 4) },
          }),
        }
      : NO_TOOLS;
  const oddity = on.chance(0.04)
    ? on.of([
        'usage.tokens',
        'usage.details.tokens',
        'tool_usage',
        'output.item',
        'image without counts',
        'svg',
      ] as const)
    : undefined;
  return {
    api: 'responses',
    dialect: 'openai',
    isStreamed: on.chance(0.5),
    asked,
    ...names,
    calls: [{ type: 'message', model: writer, tokens }],
    isItemised: false,
    ...tierOf(on, writer, tokens),
    tools: oddity === 'image without counts' || oddity === 'svg' ? withoutImage(tools) : tools,
    ...(oddity !== undefined && { oddity }),
  };
}

function withoutImage({ image: _, ...tools }: ToolsUsed): ToolsUsed {
  return tools;
}

const DIALECTS = [
  'deepseek',
  'gemini',
  'moonshot',
  'xai',
  'groq',
  'litellm',
  'openrouter',
  'perplexity',
  'excluding',
  'xai-stated',
  'perplexity-stated',
] as const;

function drawChat(on: Dice): Sale {
  const dialect: Dialect = on.chance(0.4) ? 'openai' : on.of(DIALECTS);
  const asked: ModelName = dialect === 'openai' ? on.of(GPTS) : dialect;
  const names = dialect === 'openai' ? naming(on, asked) : { namedAs: asked, served: asked };
  const writer = names.served ?? asked;
  let tokens = gptTokens(on, writer);
  // A total that is larger than the sum of its parts by just the cached tokens may mean that the prompt leaves them out, as
  // some gateways' do. Gemini's thoughts may come to the same number: no reply tells the two apart.
  const isAmbiguous = dialect === 'gemini' || dialect === 'excluding';
  if (isAmbiguous && tokens.reasoning === tokens.cacheRead) tokens = { ...tokens, reasoning: 0 };
  // A fee is billed whatever is used: without an output token, a tier without a price would be reported for nothing but the fee.
  if (published(asked).perRequest !== undefined) tokens = { ...tokens, output: tokens.output + 1 };
  if (dialect === 'perplexity') tokens = { ...tokens, cacheRead: 0, input: Math.max(1, tokens.input) };
  const tier =
    dialect === 'groq'
      ? { tier: on.of(['on_demand', 'default']) }
      : dialect === 'openai'
        ? tierOf(on, writer, tokens)
        : {};
  const oddity =
    dialect !== 'gemini' && !isStated(dialect) && on.chance(0.03)
      ? on.of(['usage.tokens', 'usage.details.tokens'] as const)
      : undefined;
  return {
    api: 'chat',
    dialect,
    isStreamed: on.chance(0.5),
    asked,
    ...names,
    calls: [{ type: 'message', model: writer, tokens }],
    isItemised: false,
    ...tier,
    ...(dialect === 'litellm' && claudeTerms(on)),
    tools: NO_TOOLS,
    ...(oddity !== undefined && { oddity }),
    ...(dialect === 'openrouter' && { stated: drawStated(on) }),
    // Whole ticks of 10⁻¹⁰ dollars; a sum of amounts of a few places.
    ...(dialect === 'xai-stated' && { stated: { usd: JSON.stringify(on.whole(0, 10 ** on.whole(1, 10)) / 1e10) } }),
    ...(dialect === 'perplexity-stated' && { stated: { usd: JSON.stringify(on.whole(5_000, 9_999_999) / 1e6) } }),
  };
}

/** Such a cost has everything in it. */
const isStated = (dialect: Dialect) => dialect === 'openrouter' || dialect.endsWith('-stated');

const dollars = (on: Dice) => {
  const text = JSON.stringify(Number(`0.${on.whole(0, 99)}${on.whole(1, 10 ** on.whole(1, 9))}`));
  // A half of a nano-dollar, and amounts below one.
  if (on.chance(0.1)) return JSON.stringify((10 * on.whole(0, 1_000_000) + 5) / 1e10);
  return on.chance(0.05) ? JSON.stringify(on.whole(1, 999_999) / 1e12) : text;
};

/** What a proxy of Claude passes on. */
function claudeTerms(on: Dice): Pick<Sale, 'speed' | 'region'> {
  return {
    ...(on.chance(0.3) && { speed: on.of(['fast', 'standard', 'fast', 'turbo']) }),
    ...(on.chance(0.3) && { region: on.of(['us', 'global', 'us', 'not_available']) }),
  };
}

/** OpenRouter's `cost`; for a customer's own key, its fee, and the model's cost beside it where OpenRouter knows it. */
function drawStated(on: Dice): NonNullable<Sale['stated']> {
  if (on.chance(0.1)) return {};
  if (on.chance(0.2)) return { usd: '0', upstreamUsd: on.chance(0.7) ? dollars(on) : null };
  return { usd: dollars(on) };
}

export function drawSale(seed: number, number: number): Sale {
  const on = dice(seed, number);
  switch (on.whole(0, 2)) {
    case 0:
      return drawMessages(on);
    case 1:
      return drawResponses(on);
    default:
      return drawChat(on);
  }
}
