/** The changes that requests need for a model, and the models that cannot take them: as configured, and as learned from refusals. */
import { parseJson } from '../wires/json-fields.ts';
import type { ResolvedModel } from '../config/resolved.ts';
import { isPreference } from '../contracts/preference-names.ts';
import type {
  RefusedParameter,
  ReplyError,
  RequestChanges,
  RequestFacts,
  RequestTransform,
} from '../contracts/wire.ts';
import { estimateUsage } from '../core/ledger/usage.ts';
import type { Runtime } from '../runtime.ts';
import type { LearntLimit, Limit, NamedParameter, ParameterValue } from './learnt-limits.ts';
import { learntLimits } from './learnt-limits.ts';
import { factsAsSent, settingsOf } from './model-settings.ts';

/** A request that a model refused. */
export interface RefusedRequest {
  readonly model: ResolvedModel;
  /** The transform that it was sent with. */
  readonly transform: RequestTransform | undefined;
  readonly request: { readonly facts: RequestFacts };
}

export interface ModelTransforms {
  readonly of: (model: ResolvedModel, facts: RequestFacts) => RequestChanges | undefined;
  /**
   * Learns from a refusal.
   *
   * @returns `resend` when the same model may take the request as it would be sent now, `unable` when it cannot take this
   * request but another model may, `undefined` when the error says neither
   */
  learn(refused: RefusedRequest, error: ReplyError): 'resend' | 'unable' | undefined;
  /**
   * Returns a function that is true for models that are known to be unable to take the request; `undefined` where every
   * model may take it, the usual case.
   */
  unable(facts: RequestFacts): ((model: ResolvedModel) => boolean) | undefined;
  /** What the router has learned about a model. */
  readonly learnt: (model: string) => readonly LearntLimit[];
}

/** Parameters that newer or older models accept under another name. */
const OTHER_NAMES: Readonly<Record<string, string>> = {
  max_tokens: 'max_completion_tokens',
  max_completion_tokens: 'max_tokens',
};

/** Limits on the length of a reply. A model with a lower limit gets that limit: it cannot write a longer reply anyway. */
const REPLY_LIMITS: ReadonlySet<string> = new Set(['max_tokens', 'max_completion_tokens', 'max_output_tokens']);

export interface LearningOptions {
  readonly runtime: Pick<Runtime, 'nowMs' | 'elapsedMs'>;
  readonly models: Iterable<ResolvedModel>;
  /** Called once for every limit that is learned. */
  readonly learnt: (model: string, limit: Limit) => void;
}

export function learningTransforms({ runtime, models, learnt }: LearningOptions): ModelTransforms {
  const limits = learntLimits(runtime);
  const all = [...models];
  const smallestContext = Math.min(...all.map(({ contextTokens = Number.POSITIVE_INFINITY }) => contextTokens));

  function of(model: ResolvedModel, facts: RequestFacts): RequestChanges | undefined {
    const { name, transform } = model;
    const set = settingsOf(model, facts);
    const known = limits.any() ? limits.of(name) : [];
    const applied =
      known.length === 0 ? known : known.filter(({ limit }) => appliesTo(factsAsSent(model, facts), limit));
    const changes = applied.length === 0 ? transform : withLimits(transform, applied);
    return set === undefined ? changes : { ...changes, set };
  }

  function learn(model: ResolvedModel, limit: Limit): void {
    limits.learn(model.name, limit);
    learnt(model.name, limit);
  }

  return {
    of,
    learn({ model, transform: sentAs, request }, error) {
      const facts = factsAsSent(model, request.facts);
      let answer: 'resend' | 'unable' | undefined;
      for (const parameter of error.parameters ?? []) {
        const { name, combined } = parameter;
        // A combination that the request's own parameters do not show cannot be recognized in the next request.
        if (combined !== undefined && !(isPreference(name) && facts.parameter(combined) !== undefined)) {
          answer = 'unable';
          continue;
        }
        const limit = limitOf(parameter, facts, sentAs);
        if (limit === undefined) continue;
        // Another request may have taught this limit already.
        if (!limits.of(model.name).some(known => JSON.stringify(known.limit) === JSON.stringify(limit)))
          learn(model, limit);
        answer = limit.kind === 'refuses' ? 'unable' : (answer ?? 'resend');
      }
      if (error.about !== 'unable') return answer;
      const limit = lackOf(error, facts);
      if (limit !== undefined) learn(model, limit);
      return 'unable';
    },
    unable(facts) {
      const isLong = tokensOf(facts.chars) > smallestContext;
      if (!isLong && !limits.any()) return undefined;
      const isExcluded = (model: ResolvedModel): boolean => {
        const [first, ...others] = limits.of(model.name);
        return first !== undefined && [first, ...others].some(excludes(factsAsSent(model, facts)));
      };
      return model => (isLong && isTooLong(facts, model)) || isExcluded(model);
    },
    learnt: limits.of,
  };
}

/**
 * The limit that a refused parameter teaches; `undefined` when the request was already sent in accordance with it, or
 * did not have the parameter.
 */
function limitOf(
  { name, value: said, isValue, max, combined }: RefusedParameter,
  facts: RequestFacts,
  sentAs: RequestTransform = {},
): Limit | undefined {
  const isSent = (each: string): boolean => wasSent(each, facts, sentAs);
  if (max !== undefined && (isPreference(name) || REPLY_LIMITS.has(name))) {
    // The error may call the limit by another name than the request does.
    const parameter = REPLY_LIMITS.has(name) && !isSent(name) ? [...REPLY_LIMITS].find(isSent) : name;
    return parameter !== undefined && (sentAs.clamp?.[parameter] ?? Number.POSITIVE_INFINITY) > max
      ? { kind: 'clamp', parameter, max }
      : undefined;
  }
  const sent = isValue === true ? wordOf(facts, name) : max !== undefined ? valueOf(facts.parameter(name)) : undefined;
  const value = said === undefined ? sent : valueOf(said);
  const other = OTHER_NAMES[name];
  if (other !== undefined && sentAs.rename?.[name] === undefined && sentAs.rename?.[other] !== name) {
    return { kind: 'rename', parameter: name, to: other };
  }
  if (isPreference(name)) {
    const isDropped = sentAs.drop?.includes(name) === true;
    const isValueDropped = value !== undefined && sentAs.dropValues?.[name]?.includes(value) === true;
    if (isDropped || isValueDropped || !isSent(name)) return undefined;
    const beside = combined === undefined ? undefined : { parameter: combined, value: wordOf(facts, combined) };
    return { kind: 'drop', parameter: name, value, beside };
  }
  // Limits are kept by the name that callers write.
  const parameter = [name, other].find(each => each !== undefined && facts.parameter(each) !== undefined);
  return parameter === undefined ? undefined : { kind: 'refuses', parameter, value };
}

/** True where the request, as it was sent, had a parameter of this name. */
function wasSent(name: string, facts: RequestFacts, { rename = {} }: RequestTransform): boolean {
  // The router itself adds this parameter.
  if (name === 'stream_options' && facts.stream) return true;
  const origins = [name, ...Object.keys(rename)].filter(from => (rename[from] ?? from) === name);
  return origins.some(from => facts.parameter(from) !== undefined);
}

/** A refused value that the error does not quote is only learned if it is a word: a number could be any of many. */
function wordOf(facts: RequestFacts, name: string): string | undefined {
  const value = valueOf(facts.parameter(name));
  return typeof value === 'string' ? value : undefined;
}

/** False for a parameter that is only left out beside another one, where the request lacks that other one. */
function appliesTo(facts: RequestFacts, limit: Limit): boolean {
  return limit.kind !== 'drop' || limit.beside === undefined || hasParameter(facts, limit.beside);
}

function hasParameter(facts: RequestFacts, { parameter, value }: NamedParameter): boolean {
  const text = facts.parameter(parameter);
  return text !== undefined && (value === undefined || valueOf(text) === value);
}

function lackOf({ lacks }: ReplyError, facts: RequestFacts): Limit | undefined {
  // A filter refuses this content, not a kind of request.
  if (lacks === undefined || lacks === 'content-filter') return undefined;
  if (lacks === 'context') return { kind: 'too-long', chars: facts.chars };
  return facts.capabilities.has(lacks) ? { kind: 'lacks', capability: lacks } : undefined;
}

/** The configured transform with the changes that were learned. */
function withLimits(configured: RequestTransform = {}, learnt: readonly LearntLimit[]): RequestTransform {
  const rename: Record<string, string> = { ...configured.rename };
  const drop = [...(configured.drop ?? [])];
  const dropValues: Record<string, readonly ParameterValue[]> = { ...configured.dropValues };
  const clamp: Record<string, number> = { ...configured.clamp };
  for (const { limit } of learnt) {
    if (limit.kind === 'rename') rename[limit.parameter] = limit.to;
    else if (limit.kind === 'clamp') clamp[limit.parameter] = limit.max;
    else if (limit.kind === 'drop' && limit.value === undefined) drop.push(limit.parameter);
    else if (limit.kind === 'drop') {
      dropValues[limit.parameter] = [...(dropValues[limit.parameter] ?? []), limit.value as ParameterValue];
    }
  }
  return { rename, drop, dropValues, clamp };
}

function excludes(facts: RequestFacts): (learnt: LearntLimit) => boolean {
  return ({ limit }) => {
    if (limit.kind === 'lacks') return facts.capabilities.has(limit.capability);
    if (limit.kind === 'too-long') return facts.chars >= limit.chars;
    return limit.kind === 'refuses' && hasParameter(facts, limit);
  };
}

function tokensOf(requestChars: number): number {
  return estimateUsage({ requestChars, replyChars: 0 }).input ?? 0;
}

/** Characters that JSON's escapes add to the texts of a request: `\n` and `\u0001` stand for one. */
function escapeChars(facts: RequestFacts): number {
  const texts = ['messages', 'input', 'system'].map(name => facts.parameter(name)).join('');
  return texts.length - texts.replaceAll(/\\(?:u\w{4}|.)/g, 'x').length;
}

/** Pictures, audio and files are sent as many characters that stand for few tokens: only the model can say whether they fit. */
function isTooLong(facts: RequestFacts, { contextTokens }: ResolvedModel): boolean {
  if (contextTokens === undefined || tokensOf(facts.chars - escapeChars(facts)) <= contextTokens) return false;
  return !(['images', 'audio', 'files'] as const).some(media => facts.capabilities.has(media));
}

/** A value that can be compared; `undefined` for lists and objects, which then count as the parameter itself. */
function valueOf(json = ''): ParameterValue | undefined {
  const value = parseJson(json);
  return typeof value === 'object' ? undefined : (value as ParameterValue | undefined);
}
